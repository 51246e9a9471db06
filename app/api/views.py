"""Cases as the API shows them: personal data masked, always."""

from __future__ import annotations

from collections.abc import Sequence

from app.api.schemas import CallerOut, CaseOut, CaseWithEvents, EventOut
from app.callers import Caller
from app.personal import mask_name, mask_phone, mask_text
from routing.casework.cases import Case, CaseEvent


def case_out(case: Case, caller: Caller | None = None) -> dict[str, object]:
    """Return one case as JSON."""
    return _case(case, caller).model_dump(mode="json")


def case_with_events(
    case: Case, events: Sequence[CaseEvent], caller: Caller | None
) -> dict[str, object]:
    """Return one case with its history, oldest first."""
    shown = [EventOut.of(event) for event in events]
    return CaseWithEvents(
        **dict(_case(case, caller)),
        events=[event.model_copy(update={"reason": mask_text(event.reason)}) for event in shown],
    ).model_dump(mode="json")


def _case(case: Case, caller: Caller | None) -> CaseOut:
    masked = (
        CallerOut(name=mask_name(caller.name), phone=mask_phone(caller.phone)) if caller else None
    )
    shown = CaseOut.of(case, mask_text(case.complaint.text), masked)
    words = mask_text(shown.decision.matched_text)
    return shown.model_copy(
        update={"decision": shown.decision.model_copy(update={"matched_text": words})}
    )
