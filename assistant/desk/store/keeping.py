"""Writes what was found of some tickets, table by table: a thousand tickets are few statements."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import func, select, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.orm import Session

from assistant.desk.store.tables import (
    AnswerRow,
    DiagnosisInputRow,
    DiagnosisRow,
    InputRow,
    RankRow,
    RunRow,
    Table,
    TicketRow,
)
from assistant.desk.worker import Result
from assistant.model.ticket import Ticket, TicketInput
from assistant.model.triage import CaseSummary

_KEPT_BYTES = 64 << 20
"""Of one input; a larger one is known by its hash only."""
_SOME = 500
"""Values in one statement; SQLite takes more, but not everywhere."""


def keep_results(
    session: Session, run: RunRow, results: Sequence[Result], *, contents: bool
) -> None:
    """Keep tickets, inputs and diagnoses; whoever calls commits all of it or nothing."""
    found = [(one, one.summary) for one in results if one.summary is not None]
    for begin in range(0, len(found), _SOME):
        some = found[begin : begin + _SOME]
        tickets = [result.task.ticket for result, _ in some]
        _keep_tickets(session, tickets)
        inputs = [one for ticket in tickets for one in ticket.inputs]
        _keep_inputs(session, inputs)
        if contents:
            keep_contents(session, inputs)
        _keep_diagnoses(session, run, some)


def _keep_tickets(session: Session, tickets: Sequence[Ticket]) -> None:
    ids = {one.place: one.id for one in tickets}
    there = select(TicketRow.place, TicketRow.id).where(TicketRow.place.in_(ids))
    for place, ticket in session.execute(there).all():
        if ids[place] != ticket:
            # Whoever was in this place is somewhere else now, or gone.
            aside = update(TicketRow).where(TicketRow.id == ticket)
            session.execute(aside.values(place=f"{place}#{ticket}"))
    statement = insert(TicketRow)
    columns = ("place", "seed", "name", "kind", "subject")
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["id"], set_={name: statement.excluded[name] for name in columns}
        ),
        [
            {
                "id": one.id,
                "place": one.place,
                "seed": one.seed,
                "name": one.name,
                "kind": one.kind.value,
                "subject": one.subject,
            }
            for one in tickets
        ],
    )


def _keep_inputs(session: Session, inputs: Sequence[TicketInput]) -> None:
    session.execute(
        insert(InputRow).on_conflict_do_nothing(),
        [{"sha256": one.sha256, "size_bytes": one.size_bytes} for one in inputs],
    )


def keep_contents(session: Session, inputs: Sequence[TicketInput]) -> None:
    """Keep what known inputs hold, where it is not kept yet."""
    missing: set[str] = set()
    for begin in range(0, len(inputs), _SOME):
        some = [one.sha256 for one in inputs[begin : begin + _SOME]]
        wanted = select(InputRow.sha256).where(InputRow.content.is_(None))
        missing.update(session.scalars(wanted.where(InputRow.sha256.in_(some))))
    for one in inputs:
        content = _content(one) if one.sha256 in missing else None
        if content is not None:
            known = update(InputRow).where(InputRow.sha256 == one.sha256)
            session.execute(known.values(content=content))


def _content(one: TicketInput) -> bytes | None:
    if one.size_bytes > _KEPT_BYTES:
        return None
    try:
        data = one.path.read_bytes() if one.path else one.data or b""
    except OSError:
        return None
    # A file that changed since it was read is not what the diagnosis rests on.
    return zlib.compress(data) if hashlib.sha256(data).hexdigest() == one.sha256 else None


def _keep_diagnoses(
    session: Session, run: RunRow, found: Sequence[tuple[Result, CaseSummary]]
) -> None:
    known = _last(session, [result.task.ticket for result, _ in found])
    # Where the last diagnosis is the same, only its report was missing.
    new = [(one, summary) for one, summary in found if known.get(_id(one)) != _key(run, one)]
    rows = [_diagnosis(run, result, summary) for result, summary in new]
    session.add_all(rows)
    session.flush()
    inputs: list[dict[str, Any]] = []
    ranks: list[dict[str, Any]] = []
    answers: list[dict[str, Any]] = []
    for row, (result, _) in zip(rows, new, strict=True):
        ticket = result.task.ticket
        for place, one in enumerate(ticket.inputs):
            inputs.append(_part(row, place, name=one.name, sha256=one.sha256))
        for place, (cause, probability) in enumerate(result.ranking):
            ranks.append(_part(row, place, cause=cause, probability=probability))
        for place, (question, choice) in enumerate(ticket.answers):
            answers.append(_part(row, place, question=question, choice=choice, source="file"))
    tables: tuple[tuple[type[Table], list[dict[str, Any]]], ...] = (
        (DiagnosisInputRow, inputs),
        (RankRow, ranks),
        (AnswerRow, answers),
    )
    for table, values in tables:
        if values:
            session.execute(insert(table), values)


def _last(session: Session, tickets: Sequence[Ticket]) -> dict[str, tuple[str, ...]]:
    """Under which conditions each of these tickets was diagnosed last."""
    last = (
        select(func.max(DiagnosisRow.id))
        .where(DiagnosisRow.ticket_id.in_([one.id for one in tickets]))
        .group_by(DiagnosisRow.ticket_id)
    )
    wanted = select(
        DiagnosisRow.ticket_id,
        DiagnosisRow.digest,
        DiagnosisRow.knowledge,
        DiagnosisRow.program,
        DiagnosisRow.language,
    ).where(DiagnosisRow.id.in_(last))
    return {ticket: tuple(key) for ticket, *key in session.execute(wanted)}


def _id(result: Result) -> str:
    return result.task.ticket.id


def _key(run: RunRow, result: Result) -> tuple[str, ...]:
    return (result.task.ticket.digest, run.knowledge, run.program, result.task.language)


def _diagnosis(run: RunRow, result: Result, summary: CaseSummary) -> DiagnosisRow:
    digest, knowledge, program, language = _key(run, result)
    return DiagnosisRow(
        ticket_id=_id(result),
        run_id=run.id,
        digest=digest,
        knowledge=knowledge,
        program=program,
        language=language,
        verdict=summary.verdict.value,
        fingerprint=str(summary.fingerprint),
        summary=msgspec.json.encode(summary),
        document=zlib.compress(result.document.encode("utf-8", "replace")),
    )


def _part(row: DiagnosisRow, position: int, **values: object) -> dict[str, Any]:
    return {"diagnosis_id": row.id, "position": position, **values}
