"""Tickets, what they hold, what was found of them, what they really were.

Written out, not taken from `tables`: this is what the first stores have, whatever comes later.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_SHA256 = sa.String(64)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "runs",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("scope", _SHA256, nullable=False),
        sa.Column("paths", sa.String, nullable=False),
        sa.Column("program", sa.String, nullable=False),
        sa.Column("knowledge", sa.String, nullable=False),
        sa.Column("began", sa.DateTime, nullable=False),
        sa.Column("ended", sa.DateTime),
        sa.Column("bad", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_runs"),
    )
    op.create_index("ix_runs_scope", "runs", ["scope"])
    op.create_table(
        "tickets",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("place", sa.String, nullable=False),
        sa.Column("seed", _SHA256, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("subject", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_tickets"),
        sa.UniqueConstraint("place", name="uq_tickets_place"),
    )
    op.create_index("ix_tickets_seed", "tickets", ["seed"])
    op.create_table(
        "inputs",
        sa.Column("sha256", _SHA256, nullable=False),
        sa.Column("size_bytes", sa.Integer, nullable=False),
        sa.Column("content", sa.LargeBinary),
        sa.PrimaryKeyConstraint("sha256", name="pk_inputs"),
    )
    op.create_table(
        "diagnoses",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("ticket_id", sa.String(64), nullable=False),
        sa.Column("run_id", sa.Integer, nullable=False),
        sa.Column("digest", _SHA256, nullable=False),
        sa.Column("knowledge", sa.String, nullable=False),
        sa.Column("program", sa.String, nullable=False),
        sa.Column("language", sa.String, nullable=False),
        sa.Column("verdict", sa.String, nullable=False),
        sa.Column("fingerprint", sa.String, nullable=False),
        sa.Column("summary", sa.LargeBinary, nullable=False),
        sa.Column("document", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_diagnoses"),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk_diagnoses_ticket_id"),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_diagnoses_run_id"),
    )
    op.create_index("ix_diagnoses_ticket_id", "diagnoses", ["ticket_id"])
    op.create_index("ix_diagnoses_fingerprint", "diagnoses", ["fingerprint"])
    op.create_table(
        "diagnosis_inputs",
        sa.Column("diagnosis_id", sa.Integer, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("sha256", _SHA256, nullable=False),
        sa.PrimaryKeyConstraint("diagnosis_id", "position", name="pk_diagnosis_inputs"),
        sa.ForeignKeyConstraint(
            ["diagnosis_id"], ["diagnoses.id"], name="fk_diagnosis_inputs_diagnosis_id"
        ),
        sa.ForeignKeyConstraint(["sha256"], ["inputs.sha256"], name="fk_diagnosis_inputs_sha256"),
    )
    op.create_index("ix_diagnosis_inputs_sha256", "diagnosis_inputs", ["sha256"])
    op.create_table(
        "ranks",
        sa.Column("diagnosis_id", sa.Integer, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("cause", sa.String, nullable=False),
        sa.Column("probability", sa.Float, nullable=False),
        sa.PrimaryKeyConstraint("diagnosis_id", "position", name="pk_ranks"),
        sa.ForeignKeyConstraint(["diagnosis_id"], ["diagnoses.id"], name="fk_ranks_diagnosis_id"),
    )
    op.create_table(
        "run_tickets",
        sa.Column("run_id", sa.Integer, nullable=False),
        sa.Column("ticket_id", sa.String(64), nullable=False),
        sa.Column("digest", _SHA256, nullable=False),
        sa.PrimaryKeyConstraint("run_id", "ticket_id", name="pk_run_tickets"),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_run_tickets_run_id"),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk_run_tickets_ticket_id"),
    )
    op.create_table(
        "resolutions",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("ticket_id", sa.String(64), nullable=False),
        sa.Column("diagnosis_id", sa.Integer),
        sa.Column("cause", sa.String, nullable=False),
        sa.Column("remedy", sa.String),
        sa.Column("helped", sa.Boolean),
        sa.Column("note", sa.String, nullable=False),
        sa.Column("who", sa.String, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_resolutions"),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk_resolutions_ticket_id"),
        sa.ForeignKeyConstraint(
            ["diagnosis_id"], ["diagnoses.id"], name="fk_resolutions_diagnosis_id"
        ),
    )
    op.create_index("ix_resolutions_ticket_id", "resolutions", ["ticket_id"])
