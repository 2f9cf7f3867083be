"""A viewer's grants as a condition on rows of our own that carry a connection, a company, a brand and a region."""

from __future__ import annotations

from django.db.models import Q

from cases.people.viewer import Viewer


def within_grants(viewer: Viewer) -> Q:
    """Rows within what the viewer may see; none at all without a grant."""
    covered = Q(pk__in=[])
    for grant in viewer.grants:
        within = Q(connection=grant.connection, company_id=grant.company_id)
        if grant.brand:
            within &= Q(brand=grant.brand)
        if grant.region:
            within &= Q(region=grant.region)
        covered |= within
    return covered
