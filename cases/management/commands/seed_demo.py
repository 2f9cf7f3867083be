"""Fills an empty installation with connections, people and rights, so that the demo has something to show."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path
from typing import Any

from asgiref.sync import async_to_sync
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from cases.audit.anchor import make_anchor_key
from cases.demo.actions import switch_on_actions
from cases.demo.brands import seed_brands
from cases.demo.connections import UnclearEnvironment, store_connections, wanted_connections
from cases.demo.people import Known, seed_people
from cases.demo.sample_orders import find_sample_orders
from cases.demo.seed_cases import Orders, case_opener, find_story_orders, has_cases, is_told, seed_cases
from cases.people.viewer import Viewer
from cases.schedules import sync_schedules
from integrations.http import close_clients
from integrations.odoo.probe import ProbeReport, probe


class Command(BaseCommand):
    help = (
        "Make the demo's connections, people, tokens and schedules. A second run keeps passwords and tokens."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        state_file = _state_file()
        state = _read_state(state_file)
        try:
            wanted = wanted_connections(os.environ)
        except (UnclearEnvironment, OSError, ValueError) as error:
            raise CommandError(str(error)) from error
        if not wanted:
            raise CommandError("No Odoo is named: set ODOO_URL, ODOO_DB, ODOO_LOGIN and ODOO_API_KEY.")
        store_connections(wanted)
        companies, sample_orders = async_to_sync(_look_around)(
            {server.slug: server.story for server in wanted}
        )
        if settings.AUDIT_ANCHOR_DIR:
            make_anchor_key(Path(settings.AUDIT_ANCHOR_DIR))
        sync_schedules()
        told = {server.slug for server in wanted if server.story}
        if settings.ODOO_WRITES:
            switch_on_actions(companies, at=timezone.now())
        brands = seed_brands({slug: found for slug, found in companies.items() if slug in told})
        people = seed_people(companies=companies, brands=brands, known=_known(state), at=timezone.now())
        _fill_queues({server.slug: server.story for server in wanted}, companies)
        state = {
            "url": os.environ.get("DEMO_URL", state.get("url", "")),
            "users": people,
            "connection": wanted[0].slug,
            "connections": [server.slug for server in wanted],
            "sample_orders": sample_orders,
        }
        _write_state(state_file, state)


async def _look_around(stories: dict[str, Path | None]) -> tuple[dict[str, list[tuple[int, str]]], list[str]]:
    """Companies of every connection, and orders to open on the first connection that has some."""
    try:
        reports = await asyncio.gather(*(probe(slug) for slug in stories))
        for report in reports:
            if not report.companies:
                raise CommandError(f"Odoo connection {report.connection}: {_reasons(report)}")
        companies = {report.connection: sorted(report.companies) for report in reports}
        for slug, story in stories.items():
            first, _ = companies[slug][0]
            if samples := await find_sample_orders(slug, company_id=first, story=story):
                return companies, samples
        return companies, []
    finally:
        await close_clients()


def _fill_queues(stories: dict[str, Path | None], companies: dict[str, list[tuple[int, str]]]) -> None:
    if not is_told(stories) or has_cases():
        return
    opener = case_opener()
    orders = async_to_sync(_story_orders)(opener, stories)
    seed_cases(opener, companies=companies, orders=orders, at=timezone.now())


async def _story_orders(opener: Viewer, stories: dict[str, Path | None]) -> Orders:
    try:
        return await find_story_orders(opener, stories)
    finally:
        await close_clients()


def _reasons(report: ProbeReport) -> str:
    return " ".join(f"{finding.says} {finding.advice}" for finding in report.findings)


def _state_file() -> Path:
    if os.environ.get("DEMO_STATE"):
        return Path(os.environ["DEMO_STATE"])
    return Path(os.environ.get("DEMO_DIR", ".demo")) / "state.json"


def _read_state(file: Path) -> dict[str, Any]:
    try:
        state: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return state


def _known(state: dict[str, Any]) -> dict[str, Known]:
    return {
        user["username"]: Known(password=user["password"], token=user["token"])
        for user in state.get("users", [])
    }


def _write_state(file: Path, state: dict[str, Any]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_name(f".{file.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as text:
        json.dump(state, text, indent=2)
        text.write("\n")
    unfinished.replace(file)
