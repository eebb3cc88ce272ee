"""Fills a database: with assessments of which only the figures matter, or with whole ones."""

import json
from dataclasses import replace
from datetime import datetime

from face2bone import clock
from face2bone.records import DxaResult, Records, Visit, enter_dxa, kept_assessments, save
from face2bone.records.audit_trail import Action, append, stamp
from face2bone.records.saving import facts_of, keep_assessment, known_or_new, new_id
from face2bone.report.assessment.document import AssessmentDocument


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


def five_entries(records: Records, assessed: AssessmentDocument, visit: Visit) -> Records:
    """Four saved assessments of two people, and a DXA result: five entries of the trail."""
    for patient_id in ("P-1", "P-2", "P-1", "P-2"):
        save(records, assessed, replace(visit, patient_id=patient_id))
    first = kept_assessments(records)[0]
    result = DxaResult("total_hip", -1.5, first.saved_on)
    enter_dxa(records, first.assessment_id, [result], "Dr. Li")
    return records
