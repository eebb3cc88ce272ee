"""The tables of the records database, the same for SQLite and PostgreSQL.

    patient 1 ── n assessment 1 ── n dxa_result
                            1 ── 0..1 photo
            1 ── n assessment_change    also of an assessment that is gone
            1 ── n broken_glass
    dxa_result 1 ── 0..1 dxa_change
    failed_opening          on its own: it found nobody
    audit_entry             on its own: it outlives every person it speaks of

Times are text, ISO 8601 in UTC with microseconds, days YYYY-MM-DD: both databases then return
what was put in, to the byte, which the audit trail's hashes rely on.
"""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

METADATA: Final = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
    }
)

PATIENT: Final = Table(
    "patient",
    METADATA,
    # ``subject`` stands for the person in the audit trail, ``salt`` keys every hash there;
    # both are random and die with this row, which leaves the trail about nobody.
    Column("subject", String(32), primary_key=True),
    Column("patient_id", String(64), nullable=False, unique=True),
    Column("salt", LargeBinary, nullable=False),
)


def _of(table: str, column: str) -> ForeignKey:
    return ForeignKey(f"{table}.{column}", ondelete="CASCADE")


ASSESSMENT: Final = Table(
    "assessment",
    METADATA,
    Column("assessment_id", String(32), primary_key=True),
    Column("subject", String(32), _of("patient", "subject"), nullable=False, index=True),
    Column("saved_at", String(32), nullable=False, index=True),
    Column("saved_by", String(80), nullable=False),
    Column("decision", String(80), nullable=False),
    Column("reason", Text, nullable=False),
    Column("consent_by", String(32), nullable=False),
    Column("consent_at", String(32), nullable=False),
    Column("consent_version", String(80), nullable=False),
    Column("bundle_sha256", String(64), nullable=False),
    Column("guideline_version", String(80), nullable=False),
    Column("document", Text, nullable=False),
    # Taken from the document, so that a list need not parse every one.
    Column("sex", String(1), nullable=False),
    Column("age_years", Double, nullable=False),
    Column("class_shown", Boolean, nullable=False),
    # What was asked of what kind of picture; face2bone before there were others.
    Column("study", String(64), nullable=False, server_default="face2bone"),
    # One number a name as JSON, as ``outputs_text`` writes it; NULL without a result.
    Column("outputs", Text),
)

ASSESSMENT_CHANGE: Final = Table(
    "assessment_change",
    METADATA,
    # Why an assessment is kept under this person's pseudonym now ("moved"), or is gone ("deleted").
    # ``saved_at`` is when it was saved: of one that is gone nothing else says which it was.
    Column("change_id", String(32), primary_key=True),
    Column("subject", String(32), _of("patient", "subject"), nullable=False, index=True),
    Column("assessment_id", String(32), nullable=False, index=True),
    Column("saved_at", String(32), nullable=False),
    Column("what", String(16), nullable=False),
    Column("reason", Text, nullable=False),
    Column("changed_at", String(32), nullable=False),
    Column("changed_by", String(80), nullable=False),
)

DXA_RESULT: Final = Table(
    "dxa_result",
    METADATA,
    # Never overwritten: a result that does not hold has a row in ``dxa_change``. Before that
    # table was there a newer row for the same site took the place of an earlier one.
    Column("dxa_id", String(32), primary_key=True),
    Column(
        "assessment_id",
        String(32),
        _of("assessment", "assessment_id"),
        nullable=False,
        index=True,
    ),
    Column("site", String(32), nullable=False),
    Column("t_score", Double, nullable=False),
    Column("measured_on", String(10), nullable=False),
    Column("entered_at", String(32), nullable=False),
    Column("entered_by", String(80), nullable=False),
)

DXA_CHANGE: Final = Table(
    "dxa_change",
    METADATA,
    # Why a result no longer counts: corrected by ``replaced_by``, or withdrawn where that is NULL.
    Column("change_id", String(32), primary_key=True),
    Column("dxa_id", String(32), _of("dxa_result", "dxa_id"), nullable=False, unique=True),
    Column("replaced_by", String(32), _of("dxa_result", "dxa_id")),
    Column("reason", Text, nullable=False),
    Column("changed_at", String(32), nullable=False),
    Column("changed_by", String(80), nullable=False),
)

BROKEN_GLASS: Final = Table(
    "broken_glass",
    METADATA,
    # Why somebody opened this person's records outside their role.
    Column("glass_id", String(32), primary_key=True),
    Column("subject", String(32), _of("patient", "subject"), nullable=False, index=True),
    Column("reason", Text, nullable=False),
    Column("opened_at", String(32), nullable=False),
    Column("opened_by", String(80), nullable=False),
)

FAILED_OPENING: Final = Table(
    "failed_opening",
    METADATA,
    # Why somebody asked for a pseudonym that is nobody's, which is not kept. Of no person, so the
    # salt of its hash in the trail stands here.
    Column("attempt_id", String(32), primary_key=True),
    Column("salt", LargeBinary, nullable=False),
    Column("reason", Text, nullable=False),
    Column("asked_at", String(32), nullable=False),
    Column("asked_by", String(80), nullable=False),
)

PHOTO: Final = Table(
    "photo",
    METADATA,
    Column("assessment_id", String(32), _of("assessment", "assessment_id"), primary_key=True),
    Column("key_id", String(16), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
)

AUDIT_ENTRY: Final = Table(
    "audit_entry",
    METADATA,
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    Column("at", String(32), nullable=False),
    Column("actor", String(80), nullable=False),
    Column("action", String(16), nullable=False),
    Column("subject", String(32), nullable=False),
    Column("record_id", String(32), nullable=False),
    Column("bundle_sha256", String(64), nullable=False),
    Column("photo_hash", String(64), nullable=False),
    Column("content_hash", String(64), nullable=False),
    Column("previous_hash", String(64), nullable=False, unique=True),  # so no chain can fork
    Column("entry_hash", String(64), nullable=False, unique=True),
    Column("chain_version", Integer, nullable=False, server_default="1"),
)
