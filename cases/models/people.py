"""The people who sign in."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Theme(models.TextChoices):
    SYSTEM = "system", _("As the system")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


class Density(models.TextChoices):
    COMFORTABLE = "comfortable", _("Comfortable")
    COMPACT = "compact", _("Compact")


class User(AbstractUser):
    """A person who signs in. Rights come from groups alone: roles, and teams that may see scopes."""

    language = models.CharField(_("language"), max_length=10, blank=True, default="")  # empty: the browser's
    time_zone = models.CharField(
        _("time zone"), max_length=64, blank=True, default=""
    )  # empty: the installation's
    theme = models.CharField(_("theme"), max_length=10, choices=Theme, default=Theme.SYSTEM)
    density = models.CharField(_("density"), max_length=12, choices=Density, default=Density.COMPACT)

    class Meta(AbstractUser.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(theme__in=Theme.values), name="user_theme_known"),
            models.CheckConstraint(condition=Q(density__in=Density.values), name="user_density_known"),
        ]
