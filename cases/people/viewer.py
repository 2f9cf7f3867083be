"""The person who is looking, reduced to what decisions need; built once per request by ``cases.people.access``.

Pure: no Django.
"""

from __future__ import annotations

from dataclasses import dataclass

from cases.masking import Matrix
from cases.masking.roles import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """Orders a person may see: of one company, of one brand or region where these are not empty."""

    connection: str
    company_id: int
    brand: str = ""
    region: str = ""

    def covers(self, connection: str, company_id: int, brand: str | None, region: str | None) -> bool:
        return (
            (connection, company_id) == (self.connection, self.company_id)
            and self.brand in ("", brand)
            and self.region in ("", region)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """Without a role or a grant a viewer sees nothing, and every order answers as if it were not there."""

    user_id: int
    name: str  # for the page's header and for texts in other systems; never for logs
    roles: frozenset[Role]
    matrix: Matrix
    grants: frozenset[Grant]
    language: str  # empty: the browser's
    time_zone: str  # empty: the installation's
    policy_version: int = 0  # of the matrix
    token_id: int | None = None  # of the API token that speaks for this person
    token_scopes: frozenset[str] = frozenset()
    frame: str = ""  # the embedding in whose frame this person is; empty: in a window of their own
    is_hinted: bool = False  # nothing proves the ticket around the frame: search alone, and masked

    @property
    def actor(self) -> str:
        """How audit entries and logs name this person: a reference, not a name."""
        return f"user:{self.user_id}"

    def companies_in(self, connection: str) -> frozenset[int]:
        """Companies of which at least some orders may be seen: what a search may ask Odoo for."""
        return frozenset(grant.company_id for grant in self.grants if grant.connection == connection)

    @property
    def connections(self) -> frozenset[str]:
        return frozenset(grant.connection for grant in self.grants)

    def narrow_grants_in(self, connection: str) -> frozenset[Grant]:
        """All grants on a connection where one of them says more than the company; none where companies say it all."""
        here = frozenset(grant for grant in self.grants if grant.connection == connection)
        return here if any(grant.brand or grant.region for grant in here) else frozenset()

    def may_see(
        self, connection: str, company_id: int, *, brand: str | None = None, region: str | None = None
    ) -> bool:
        """Whether one order may be seen. An unknown brand or region is covered by unrestricted grants only."""
        return any(grant.covers(connection, company_id, brand, region) for grant in self.grants)
