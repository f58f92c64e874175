"""The answers that a diagnosis counted with: tickets bring them in a file beside their traces."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "answers",
        sa.Column("diagnosis_id", sa.Integer, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("question", sa.String, nullable=False),
        sa.Column("choice", sa.String, nullable=False),
        sa.Column("source", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("diagnosis_id", "position", name="pk_answers"),
        sa.ForeignKeyConstraint(["diagnosis_id"], ["diagnoses.id"], name="fk_answers_diagnosis_id"),
    )
