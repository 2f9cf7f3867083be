"""The pages about people: found by name, changed by small forms, told what comes of it."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from cases.masking.roles import Role
from cases.models import Scope, User
from cases.people.access import viewer_for

BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def admin(ada: User) -> Client:
    client = Client()
    client.force_login(ada, backend=BACKEND)
    return client


def change(client: Client, user: User, do: str, **form: object) -> object:
    return client.post(f"/settings/people/{user.pk}/change/", {"do": do, **form}, follow=True)


def test_people_are_listed_and_found_by_a_name_in_the_body(admin: Client, amy: User, sam: User) -> None:
    page = admin.get("/settings/people/").content.decode()
    assert f"/settings/people/{amy.pk}/" in page
    assert f"/settings/people/{sam.pk}/" in page
    found = admin.post("/settings/people/", {"named": "sa"}).content.decode()
    assert f"/settings/people/{sam.pk}/" in found
    assert f"/settings/people/{amy.pk}/" not in found
    assert "Nobody of that name" in admin.post("/settings/people/", {"named": "zz"}).content.decode()


def test_a_persons_page_says_what_comes_of_roles_and_teams(admin: Client, amy: User) -> None:
    Scope.objects.filter(company_id=1).update(brand="Lumen", company_name="Retail")
    page = admin.get(f"/settings/people/{amy.pk}/").content.decode()
    assert "sees Retail on main" in page
    assert "brand Lumen only" in page
    assert "as Agent" in page
    assert "through team: amy" in page


def test_roles_teams_and_access_are_changed(admin: Client, amy: User, sam: User) -> None:
    page = change(admin, amy, "roles", role=["finance", "supervisor"])
    assert viewer_for(amy).roles == {Role.FINANCE, Role.SUPERVISOR}
    assert "Roles: Agent → Supervisor, Finance" in page.content.decode()  # type: ignore[attr-defined]
    change(admin, amy, "teams", team=[Group.objects.get(name="team: sam").pk])
    assert {grant.company_id for grant in viewer_for(amy).grants} == {1, 2}
    page = change(admin, amy, "deactivate")
    assert "they cannot sign in" in page.content.decode()  # type: ignore[attr-defined]
    amy.refresh_from_db()
    assert not amy.is_active
    change(admin, amy, "activate")
    amy.refresh_from_db()
    assert amy.is_active


def test_ones_own_page_has_no_way_to_change_and_a_made_up_form_none_either(admin: Client, ada: User) -> None:
    page = admin.get(f"/settings/people/{ada.pk}/").content.decode()
    assert "This is you" in page
    assert 'value="deactivate"' not in page
    assert 'name="do" value="roles"' not in page
    answer = admin.post(f"/settings/people/{ada.pk}/change/", {"do": "roles", "role": list(Role)})
    assert answer.status_code == 403
    assert "Nobody changes their own rights" in answer.content.decode()
    assert viewer_for(ada).roles == {Role.ADMIN}


def test_what_is_made_up_changes_nothing(admin: Client, amy: User) -> None:
    assert admin.post(f"/settings/people/{amy.pk}/change/", {"do": "fly"}).status_code == 422
    assert (
        admin.post(f"/settings/people/{amy.pk}/change/", {"do": "teams", "team": ["9999"]}).status_code == 409
    )
    change(admin, amy, "roles", role=["emperor"])
    assert viewer_for(amy).roles == frozenset()
    assert admin.get("/settings/people/999999/").status_code == 404
    assert admin.post("/settings/people/999999/change/", {"do": "roles"}).status_code == 404
