"""An action as JSON, and what its use cases refuse as answers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from cases import approvals, casework
from cases.actions.proposing import AlreadyOpen, KeyUsed, Refused, UnclearWish
from cases.actions.records import masked_action, masked_verdict
from cases.casework import CaseNotVisible
from cases.failures import OdooFailure
from cases.models import Action
from cases.orders.workspace import AmbiguousOrder, NotVisible
from cases.people.viewer import Viewer
from console.api.orders import _candidates, _unavailable
from console.api.problems import Problem
from console.api.records import record_json
from console.api.schemas import ProblemShape

PROBLEMS: dict[int, type[ProblemShape]] = dict.fromkeys(
    (300, 400, 401, 403, 404, 409, 422, 429, 503), ProblemShape
)


def action_json(action: Action, viewer: Viewer) -> dict[str, Any]:
    record = masked_action(action, viewer)
    return {**record_json(record), "masked": list(record.masked_paths)}


@contextmanager
def action_problems(viewer: Viewer, *, case_id: int | None = None) -> Iterator[None]:
    """What the use cases refuse, as answers."""
    try:
        yield
    except CaseNotVisible:
        if case_id is not None:
            casework.record_not_visible(viewer, case_id)
        raise Problem(404, "not_found") from None
    except (NotVisible, approvals.ActionNotVisible):
        raise Problem(404, "not_found") from None
    except casework.NotPermitted:
        raise Problem(403, "permission_denied") from None
    except approvals.NotPermitted as refused:
        raise Problem(403, refused.reason) from None
    except approvals.StepUpRequired:
        raise Problem(
            403, "step_up_required", "Give the password again first: POST /api/v1/step-up."
        ) from None
    except approvals.Conflict as conflict:
        raise Problem(
            409, conflict.reason, state=conflict.action.state, content_hash=conflict.action.content_hash
        ) from None
    except KeyUsed:
        raise Problem(409, "idempotency_key_used", "This key belongs to another request.") from None
    except AlreadyOpen as already:
        raise Problem(409, "already_open", reference=already.reference) from None
    except UnclearWish as unclear:
        raise Problem(400, "invalid", reason=unclear.reason) from None
    except Refused as refused:
        raise Problem(422, "refused", verdict=record_json(masked_verdict(refused.verdict, viewer))) from None
    except AmbiguousOrder as found:
        raise Problem(300, "several_orders", candidates=_candidates(found)) from None
    except OdooFailure as failure:
        raise _unavailable(failure) from None
