"""Real web processes, a real database, workers that die, an Odoo in which people work too: one approval, one effect."""

from __future__ import annotations

import pytest

from tests.crash.crowd import run


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_fifty_approvals_at_once_are_one_effect_and_a_changed_order_is_judged_anew() -> None:
    crowd = run()

    assert crowd.returncode == 0, crowd.stdout + crowd.stderr[-3000:]
    assert "approvals at once=50" in crowd.stdout
    assert "lost=0 duplicated=0 stuck=0" in crowd.stdout
    assert "state=awaiting_approval cause=order_changed round=2" in crowd.stdout
