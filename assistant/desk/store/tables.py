"""The tables of the store, as the newest migration leaves them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Float, ForeignKey, Index, MetaData, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

_NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
"""Every constraint has a name, so that a later migration can speak of it."""
_SHA256 = String(64)


class Table(DeclarativeBase):
    """What all tables share."""

    metadata = MetaData(naming_convention=_NAMING)


class RunRow(Table):
    """One run through paths; the only place with times of our own clock beside resolutions."""

    __tablename__ = "runs"

    id: Mapped[int] = mapped_column(primary_key=True)
    scope: Mapped[str] = mapped_column(_SHA256, index=True)
    """SHA-256 of the paths, sorted."""
    paths: Mapped[str]
    """One a line."""
    program: Mapped[str]
    knowledge: Mapped[str]
    began: Mapped[datetime]
    ended: Mapped[datetime | None]
    """UTC, like all times here; None of a run that was ended before its end."""
    bad: Mapped[int] = mapped_column(default=0)


class TicketRow(Table):
    """One ticket, whatever became of it since."""

    __tablename__ = "tickets"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    place: Mapped[str] = mapped_column(unique=True)
    seed: Mapped[str] = mapped_column(_SHA256, index=True)
    name: Mapped[str]
    kind: Mapped[str]
    subject: Mapped[str]
    diagnoses: Mapped[list[DiagnosisRow]] = relationship(
        back_populates="ticket", order_by="DiagnosisRow.id"
    )
    resolutions: Mapped[list[ResolutionRow]] = relationship(
        back_populates="ticket", order_by="ResolutionRow.id"
    )


class InputRow(Table):
    """One content, however many tickets have it."""

    __tablename__ = "inputs"

    sha256: Mapped[str] = mapped_column(_SHA256, primary_key=True)
    size_bytes: Mapped[int]
    content: Mapped[bytes | None]
    """zlib; only where it was asked to be kept."""


class DiagnosisRow(Table):
    """One diagnosis of a ticket; the last is what is shown, earlier ones tell how it came about."""

    __tablename__ = "diagnoses"
    __table_args__ = (
        Index("ix_diagnoses_ticket_id", "ticket_id"),
        Index("ix_diagnoses_fingerprint", "fingerprint"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[str] = mapped_column(ForeignKey("tickets.id"))
    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"))
    digest: Mapped[str] = mapped_column(_SHA256)
    knowledge: Mapped[str]
    program: Mapped[str]
    language: Mapped[str]
    verdict: Mapped[str]
    fingerprint: Mapped[str]
    summary: Mapped[bytes]
    """JSON of `CaseSummary`, as the program of that version has it."""
    document: Mapped[bytes] = mapped_column(deferred=True)
    """zlib of the JSON `vpn-diagnosis/2`: the evidence; read only where it is asked for."""
    ticket: Mapped[TicketRow] = relationship(back_populates="diagnoses")
    inputs: Mapped[list[DiagnosisInputRow]] = relationship(order_by="DiagnosisInputRow.position")
    ranking: Mapped[list[RankRow]] = relationship(order_by="RankRow.position")
    answers: Mapped[list[AnswerRow]] = relationship(order_by="AnswerRow.position")


class DiagnosisInputRow(Table):
    """What a diagnosis rests on."""

    __tablename__ = "diagnosis_inputs"

    diagnosis_id: Mapped[int] = mapped_column(ForeignKey("diagnoses.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    sha256: Mapped[str] = mapped_column(ForeignKey("inputs.sha256"), index=True)


class RankRow(Table):
    """One place of the ranking as it was shown."""

    __tablename__ = "ranks"

    diagnosis_id: Mapped[int] = mapped_column(ForeignKey("diagnoses.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    cause: Mapped[str]
    probability: Mapped[float] = mapped_column(Float)


class AnswerRow(Table):
    """One answer that a diagnosis counted with."""

    __tablename__ = "answers"

    diagnosis_id: Mapped[int] = mapped_column(ForeignKey("diagnoses.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    question: Mapped[str]
    """Or `tried:<remedy>`."""
    choice: Mapped[str]
    source: Mapped[str]


class RunTicketRow(Table):
    """What a run that came to its end had: the next one says what is new, gone, changed."""

    __tablename__ = "run_tickets"

    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"), primary_key=True)
    ticket_id: Mapped[str] = mapped_column(ForeignKey("tickets.id"), primary_key=True)
    digest: Mapped[str] = mapped_column(_SHA256)


class ResolutionRow(Table):
    """What somebody said it really was; never changed, a later one counts more."""

    __tablename__ = "resolutions"

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[str] = mapped_column(ForeignKey("tickets.id"), index=True)
    diagnosis_id: Mapped[int | None] = mapped_column(ForeignKey("diagnoses.id"))
    """What was shown when it was said."""
    cause: Mapped[str]
    remedy: Mapped[str | None]
    helped: Mapped[bool | None]
    note: Mapped[str]
    who: Mapped[str]
    at: Mapped[datetime]
    ticket: Mapped[TicketRow] = relationship(back_populates="resolutions")
