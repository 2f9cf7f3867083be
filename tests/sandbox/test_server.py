"""The process itself: quick to start, remembers across restarts, speaks HTTP as Odoo does."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.sandbox.process import ROOT, Sandbox

CPU_SECONDS_TO_START = 1.5


def test_start_costs_little(tmp_path: Path) -> None:
    """Measured in processor time: the machine may be busy with other tests."""
    code = (
        "import time, pathlib, sys\n"
        "from integrations.odoo.sandbox.__main__ import open_database\n"
        "open_database(pathlib.Path(sys.argv[1]), 18, 7)\n"
        "print(time.process_time())\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "data")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert float(ended.stdout) < CPU_SECONDS_TO_START


def test_restart_finds_the_same_records_keys_and_story(start: Callable[..., Sandbox], tmp_path: Path) -> None:
    fields = ["name", "date_order", "amount_total", "write_date", "partner_id"]
    first = start(18, folder=tmp_path / "kept")
    before = (first.keys, first.story, first.call("sale.order", "search_read", [], fields))
    first.stop()
    again = start(18, folder=tmp_path / "kept")
    assert (again.keys, again.story, again.call("sale.order", "search_read", [], fields)) == before


def test_same_seed_makes_the_same_retailer_another_seed_another(
    start: Callable[..., Sandbox], tmp_path: Path
) -> None:
    fields = ["name", "amount_total"]
    one, same, other = (
        start(18, "--seed", seed, folder=tmp_path / name).call("sale.order", "search_read", [], fields)
        for name, seed in (("one", "7"), ("same", "7"), ("other", "8"))
    )
    assert one == same != other


def test_two_dialects_tell_different_things_under_the_same_number(
    sandboxes: Callable[[int], Sandbox],
) -> None:
    fields = ["name", "amount_total", "partner_id"]
    name = sandboxes(18).order_name("delivered_and_paid")
    found = [
        sandboxes(s).call("sale.order", "search_read", [["name", "=", name]], fields)[0] for s in (17, 18, 19)
    ]
    assert len({row["partner_id"][1] for row in found}) == 3


def test_story_is_printed_on_demand(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "integrations.odoo.sandbox", "--data", str(tmp_path), "--print-story"]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert json.loads(ended.stdout) == json.loads((tmp_path / "story.json").read_text())


def test_prefork_closes_and_a_proxy_keeps_the_connection(
    start: Callable[..., Sandbox], odoo18: Sandbox
) -> None:
    request = (
        b"POST /jsonrpc HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
    )
    with odoo18.open_socket() as plain:
        plain.sendall(request)
        answer = b"".join(iter(lambda: plain.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.0 200 OK")
    assert b"Connection: close" in answer
    kept = start(18, "--keep-alive")
    with kept.open_socket() as line:
        for _ in range(2):
            line.sendall(request)
            assert line.recv(65536).startswith(b"HTTP/1.1 200 OK")


def test_fifty_parallel_trees_are_answered_quickly(odoo18: Sandbox) -> None:
    odoo18.user_id()
    specification = {
        "name": {},
        "order_line": {
            "fields": {"name": {}, "product_id": {"fields": {"display_name": {}, "free_qty": {}}}}
        },
        "picking_ids": {"fields": {"move_ids": {"fields": {"quantity": {}}}}},
        "invoice_ids": {"fields": {"amount_residual": {}, "invoice_payments_widget": {}}},
    }
    domain = [["name", "=", odoo18.order_name("return_received_and_refunded")]]
    statuses: list[int] = []

    def read() -> None:
        statuses.append(odoo18.execute("sale.order", "web_search_read", domain, specification).status)

    threads = [threading.Thread(target=read) for _ in range(50)]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [200] * 50
    assert time.monotonic() - began < 10


def test_json2_exists_only_in_19(odoo: Sandbox) -> None:
    headers = {"Authorization": f"bearer {odoo.keys['integration']['key']}", "X-Odoo-Database": odoo.database}
    answer = odoo.send("POST", "/json/2/res.partner/search_count", {"domain": []}, headers)
    assert answer.status == {17: 404, 18: 303, 19: 200}[odoo.serie]


def test_version_page_exists_only_in_19(odoo: Sandbox) -> None:
    assert odoo.send("GET", "/web/version").status == (200 if odoo.serie == 19 else 404)


def test_jsonrpc_wants_json(odoo: Sandbox) -> None:
    status = 415 if odoo.serie == 19 else 400
    assert odoo.send("GET", "/jsonrpc", headers={"Content-Type": "text/plain"}).status == status
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert odoo.send("POST", "/jsonrpc", b"a=1", form).status == status


@pytest.mark.parametrize("path", ["/sandbox/nothing", "/nowhere"])
def test_unknown_address_is_not_found(path: str, odoo18: Sandbox) -> None:
    assert odoo18.send("GET", path).status == 404


def test_json2_refuses_ids_on_a_method_of_the_model(odoo19: Sandbox) -> None:
    answer = odoo19.json2("sale.order", "search_count", domain=[], ids=[1])
    assert (answer.status, answer.body["name"]) == (422, "werkzeug.exceptions.UnprocessableEntity")


def test_method_only_odoo_has_is_not_answered(odoo: Sandbox) -> None:
    answer = odoo.execute("sale.order", "web_read_group", [], ["state"])
    expected = {"error": "the sandbox does not know the method sale.order.web_read_group"}
    assert (answer.status, answer.body) == (501, expected)
