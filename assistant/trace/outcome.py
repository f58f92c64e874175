"""What became of a negotiation, and how far it got (contract: `outcome`, `stage`)."""

from __future__ import annotations

from itertools import groupby

from assistant.catalog.error_code import layer_of
from assistant.model.event import ErrorCode
from assistant.model.negotiation import Outcome, Stage
from assistant.model.source import Place
from assistant.trace.negotiation import ENDS_IN_A_FAULT, Draft, PollRun, is_over

TIME_OUT_CODES = frozenset(map(ErrorCode, ("0x1106", "0x1206")))
POLLING_CODE = ErrorCode("0x1307")
_FLAP_S = 300.0
FLAPS = 3
"""Contract: three or more 0x4301 within 5 minutes after `connected` are a fault."""
_REMOTE_DISCONNECTED = ErrorCode("0x4301")


def outcome_of(draft: Draft, end: Place | None) -> Outcome:
    """Contract, `outcome`: the first fault decides."""
    if draft.fault is not None:
        always_lost = draft.fault in ENDS_IN_A_FAULT or draft.fault in ("polling", POLLING_CODE)
        return Outcome.LOST if draft.was_up or always_lost else Outcome.FAILED
    if draft.normal_end is not None:
        return Outcome.DISCONNECTED
    if draft.disconnect_seen:
        was_started = draft.started and not draft.was_up
        return Outcome.FAILED if was_started else Outcome.DISCONNECTED
    if draft.was_up:
        return Outcome.UNFINISHED if pending_run(draft, end) else Outcome.ESTABLISHED
    return Outcome.FAILED if draft.superseded else Outcome.UNFINISHED


def pending_run(draft: Draft, end: Place | None) -> PollRun | None:
    """The last run of missed polls, if the trace ends before its end could be in it."""
    run = draft.polls[-1] if draft.polls else None
    if run is None or run.exhausted:
        return None
    after = draft.superseded or end
    return None if after is not None and is_over(run, after) else run


def mark_flapping(one_site: list[Draft], outcomes: dict[int, Outcome], *, before: int = 0) -> None:
    """Tunnels that the peer takes down again and again right after they came up are lost.

    `outcomes` is by the number of the negotiation; `before` negotiations in a row, just before
    these, were taken down so as well.
    """
    for flapping, run in groupby(one_site, key=flaps):
        drafts = list(run)
        if flapping and before + len(drafts) >= FLAPS:
            for draft in drafts:
                outcomes[draft.number] = Outcome.LOST
        before = 0


def flaps(draft: Draft) -> bool:
    """Whether the peer took the tunnel down right after it came up."""
    if draft.normal_end != _REMOTE_DISCONNECTED or draft.fault is not None:
        return False
    up, down = draft.connected_at, draft.ended
    if up is None or down is None or up.time is None or down.time is None:
        return False
    return 0 <= down.time.seconds_since(up.time) <= _FLAP_S


def stage_of(draft: Draft) -> Stage | None:
    """The furthest stage; an error code proves the one of its layer too (contract: `stage`)."""
    stage = draft.stage
    for code in draft.codes:
        implied = _stage_of_code(code)
        only_code = stage is None or code not in TIME_OUT_CODES
        if implied is not None and only_code and (stage is None or implied.rank > stage.rank):
            stage = implied
    if stage is None and draft.fault == "no-response":
        return Stage.IKE_SA
    return stage


def _stage_of_code(code: ErrorCode) -> Stage | None:
    if code in TIME_OUT_CODES:
        return Stage.IKE_SA
    if code == POLLING_CODE:
        return Stage.CONNECTED
    if code == "0x1105":
        return Stage.DYNAMIC_VPN
    return {
        "interface": Stage.CALLED,
        "ike": Stage.IKE_SA,
        "ipsec": Stage.CHILD_SA,
    }.get(layer_of(code))
