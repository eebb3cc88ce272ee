"""Fills a database with assessments of which only the figures matter."""

import json
from datetime import datetime

from face2bone import clock
from face2bone.records import Records
from face2bone.records.audit_trail import Action, append, stamp
from face2bone.records.saving import facts_of, keep_assessment, known_or_new, new_id


def keep(
    records: Records,
    patient_id: str,
    sha256: str,
    p: tuple[float, float, float],
    sex: str = "F",
    age_years: float = 67.0,
    decision: str = "DXA",
    at: datetime | None = None,
) -> str:
    """Keep one assessment with only what follow-up reads of a document; returns its id.

    ``at``, in UTC, is when it is saved: now by default.
    """
    text = json.dumps(
        {
            "photo_sha256": "0" * 64,
            "patient": {"sex": sex, "age_years": age_years},
            "probabilities": dict(zip(("normal", "osteopenia", "osteoporosis"), p, strict=True)),
            "referral": {"urgency": "DXA", "class_headline_shown": True, "pathway_version": "1"},
            "bundle": {"sha256": sha256},
        }
    )
    today = at or clock.now()
    now = stamp(today)
    with records.writing() as connection:
        person = known_or_new(connection, patient_id)
        row = facts_of(text).columns() | {
            "assessment_id": new_id(),
            "subject": person.subject,
            "saved_at": now,
            "saved_by": "Dr. Li",
            "decision": decision,
            "reason": "" if decision == "DXA" else "Patient's wish",
            "consent_by": "patient",
            "consent_at": now,
            "consent_version": "1",
            "document": text,
        }
        event = keep_assessment(connection, person, row, Action.SAVED, "Dr. Li")
        append(connection, today, [event])
    return str(row["assessment_id"])
