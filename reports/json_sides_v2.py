"""What both sides together say, as `vpn-diagnosis/2` has it; see `reports.json_v2`.

Settings, contradictions and pairings; of a secret only whether there is one.
"""

from __future__ import annotations

from assistant.model.answer import Pivot, RepairPlan, Weight
from assistant.model.contradiction import Claim, Contradiction
from assistant.model.finding import Comparison, SideBySide
from assistant.model.pairing import ClockOffset, LostMessage, PairedNegotiation, Pairing
from assistant.model.setting import Secret, Shown
from assistant.model.source import Moment, Place

_SETTINGS = 100
"""Settings of one side of one comparison that are listed: a script may name a thousand networks."""


def side_by_side_object(both: SideBySide) -> dict[str, object]:
    """Two routers' settings for one tunnel."""
    return {
        "our_source": text(both.our_source),
        "their_source": text(both.their_source),
        "their_site": text(both.their_site),
        "reasons": list(both.reasons),
        "comparisons": [_comparison(one) for one in both.comparisons],
    }


def contradiction_object(one: Contradiction) -> dict[str, object]:
    """Two statements that cannot both be true."""
    return {
        "id": one.id,
        "incident": one.incident,
        "first": _claim(one.first),
        "second": _claim(one.second),
    }


def pairing_object(one: Pairing) -> dict[str, object]:
    """A trace of ours and one of the other side."""
    return {
        "our_source": text(one.our_source),
        "their_source": text(one.their_source),
        "offset": _offset(one.offset) if one.offset else None,
        "negotiations": [_paired(each) for each in one.negotiations],
        "more": one.more,
    }


def plan_object(plan: RepairPlan) -> dict[str, object]:
    """What to repair in which order."""
    return {
        "repairs": [
            {
                "remedy": one.remedy,
                "probability": round(one.probability, 4),
                "minutes": one.minutes,
            }
            for one in plan.repairs
        ],
        "expected_minutes": round(plan.expected_minutes, 1),
        "unrepaired": round(plan.unrepaired, 4),
    }


def pivot_object(pivot: Pivot) -> dict[str, object]:
    """The answer on which the first place depends."""
    return {
        "id": pivot.answer.id,
        "choice": pivot.answer.choice,
        "instead": pivot.instead,
        "instead_probability": round(pivot.instead_probability, 4),
    }


def weight_object(weight: Weight) -> dict[str, object]:
    """One piece of evidence in the comparison of the first two causes."""
    said: dict[str, object] = {"id": weight.id, "decibans": round(weight.decibans, 2)}
    if weight.choice is not None:
        said["choice"] = weight.choice
    return said


def place_object(place: Place) -> dict[str, object]:
    """Where something stands."""
    return {
        "source": text(place.source),
        "first_line": place.first_line,
        "last_line": place.last_line,
    }


def moment(one: Moment | None) -> str | None:
    """The device's time; null where it is not shown."""
    return str(one) if one is not None else None


def listed_settings(settings: tuple[Shown, ...]) -> tuple[Shown, ...]:
    """Those of one side of one comparison that are listed."""
    return settings[:_SETTINGS]


def text(value: str) -> str:
    """File names may hold bytes that are no text; JSON may not."""
    return value.encode("utf-8", "replace").decode("utf-8")


def _comparison(one: Comparison) -> dict[str, object]:
    return {
        "subject": one.subject.value,
        "match": one.match.value,
        "common": [text(each) for each in one.common[:_SETTINGS]],
        "ours": [_setting(each) for each in listed_settings(one.ours)],
        "theirs": [_setting(each) for each in listed_settings(one.theirs)],
    }


def _setting(one: Shown) -> dict[str, object]:
    value = one.value
    shown: str | int | bool
    if isinstance(value, Secret):
        shown = value.state
    else:
        shown = text(value) if isinstance(value, str) else value
    return {
        "table": text(one.table),
        "row": text(one.row),
        "column": text(one.column),
        "value": shown,
        "order": one.order.value,
        **place_object(one.place),
    }


def _claim(one: Claim) -> dict[str, object]:
    if one.choice is not None:
        return {"kind": "answer", "id": one.id, "choice": one.choice}
    return {
        "kind": "symptom",
        "id": one.id,
        "evidence": [place_object(place) for place in one.places],
    }


def _offset(one: ClockOffset) -> dict[str, object]:
    return {
        "seconds": round(one.seconds, 3),
        "uncertainty_s": round(one.uncertainty_s, 3),
        "events": one.events,
        "basis": list(one.basis),
    }


def _paired(one: PairedNegotiation) -> dict[str, object]:
    return {
        "verdict": one.verdict.value,
        "caller": one.caller.value,
        "remote_site": text(one.remote_site),
        "at": moment(one.at),
        "ours": place_object(one.ours) if one.ours else None,
        "theirs": place_object(one.theirs) if one.theirs else None,
        "reason": place_object(one.reason) if one.reason else None,
        "lost": _lost(one.lost) if one.lost else None,
    }


def _lost(one: LostMessage) -> dict[str, object]:
    return {
        "sender": one.sender.value,
        "exchange": text(one.exchange),
        "message": one.message,
        "times": one.times,
        "port": one.port,
        **place_object(one.place),
    }
