"""Signing in and out, and the person's own preferences."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django import forms
from django.conf import settings
from django.contrib.auth import login, logout
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRefresh

from cases import audit
from cases.models import Density, Theme, User
from console import metrics
from console.security import hashed_username, viewer_required


class SignInForm(AuthenticationForm):
    error_messages = {
        "invalid_login": _("User name or password is wrong."),
        "inactive": _("User name or password is wrong."),  # tells nobody which accounts there are
    }


class SignInView(LoginView):
    """The one way in with a password. Every try is audited, failed ones under a keyed hash of the name."""

    authentication_form = SignInForm
    template_name = "registration/sign_in.html"
    redirect_authenticated_user = True

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        user = form.get_user()
        with transaction.atomic():
            login(self.request, user)  # gives the session a new key
            audit.record(
                actor=f"user:{user.pk}",
                action=audit.Action.SIGN_IN,
                object_kind="user",
                object_ref=str(user.pk),
                at=timezone.now(),
            )
        return HttpResponseRedirect(self.get_success_url())

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        is_locked_out = bool(getattr(self.request, "axes_locked_out", False))
        reason = "locked_out" if is_locked_out else "wrong"
        metrics.sign_in_failures_total.labels(reason).inc()
        audit.record_alone(
            actor=audit.NOBODY,
            action=audit.Action.SIGN_IN_FAILED,
            object_kind="user_name",
            object_ref=hashed_username(self.request),
            decision=audit.Decision.DENIED,
            reason=reason,
        )
        context = self.get_context_data(form=form, locked_out=is_locked_out)
        return self.render_to_response(context, status=429 if is_locked_out else 200)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{"locked_out": False, **kwargs})


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    viewer = request.viewer  # type: ignore[attr-defined]
    with transaction.atomic():
        logout(request)
        if viewer is not None:
            audit.record(
                actor=viewer.actor,
                action=audit.Action.SIGN_OUT,
                object_kind="user",
                object_ref=str(viewer.user_id),
            )
    return HttpResponseRedirect(resolve_url(settings.LOGOUT_REDIRECT_URL))


class PreferencesForm(forms.Form):
    """Any part of the preferences: a switch in the page sends only its own value."""

    theme = forms.ChoiceField(choices=Theme.choices, required=False)
    density = forms.ChoiceField(choices=Density.choices, required=False)
    language = forms.ChoiceField(choices=settings.LANGUAGES, required=False)
    time_zone = forms.CharField(max_length=64, required=False)

    def clean_time_zone(self) -> str:
        name: str = self.cleaned_data["time_zone"]
        if name:
            try:
                ZoneInfo(name)
            except (ZoneInfoNotFoundError, ValueError, OSError):
                raise ValidationError(_("There is no such time zone."), code="unknown_zone") from None
        return name


@require_POST
@viewer_required
def preferences(request: HttpRequest) -> HttpResponse:
    form = PreferencesForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=422)
    sent = {name: value for name, value in form.cleaned_data.items() if name in request.POST}
    # An empty language or zone means "as the browser" or "as the installation"; looks have no such value.
    chosen = {name: value for name, value in sent.items() if value or name in ("language", "time_zone")}
    if chosen:
        User.objects.filter(pk=request.viewer.user_id).update(**chosen)  # type: ignore[attr-defined]
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponseClientRefresh()
    return HttpResponseRedirect(_safe_next(request))


def _safe_next(request: HttpRequest) -> str:
    target = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        return target
    return resolve_url(settings.LOGIN_REDIRECT_URL)
