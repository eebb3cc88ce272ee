"""What a clinic keeps: assessments, decisions, consent, DXA results, and who did what.

One database, SQLite by default and PostgreSQL by URL; docs/clinic/records.md says what is in it.
"""

from face2bone.records.assessment_changes import correct_pseudonym, delete_assessment
from face2bone.records.audit_trail import Verification, verify
from face2bone.records.backup import back_up
from face2bone.records.clinic import ClinicReport, clinic_report, write_results
from face2bone.records.consent import ConsentBy, consent_text
from face2bone.records.corrections import (
    DxaChange,
    DxaEntry,
    correct_dxa,
    dxa_history,
    withdraw_dxa,
)
from face2bone.records.deletion import delete_person, expire
from face2bone.records.dxa_table import import_dxa
from face2bone.records.followup import (
    DxaResult,
    StoredAssessment,
    enter_dxa,
    kept_assessments,
    waiting,
)
from face2bone.records.import_export import export_records, import_records
from face2bone.records.openings import Opening, break_glass, failed_openings, note_opened, openings
from face2bone.records.photos import write_key
from face2bone.records.saved_assessments import (
    AssessmentChange,
    SavedAssessment,
    assessment_changes,
    count_saved,
    known_pseudonyms,
    saved_assessments,
)
from face2bone.records.saving import DECISIONS, Visit, save
from face2bone.records.store import Records, open_records

__all__ = [
    "DECISIONS",
    "AssessmentChange",
    "ClinicReport",
    "ConsentBy",
    "DxaChange",
    "DxaEntry",
    "DxaResult",
    "Opening",
    "Records",
    "SavedAssessment",
    "StoredAssessment",
    "Verification",
    "Visit",
    "assessment_changes",
    "back_up",
    "break_glass",
    "clinic_report",
    "consent_text",
    "correct_dxa",
    "correct_pseudonym",
    "count_saved",
    "delete_assessment",
    "delete_person",
    "dxa_history",
    "enter_dxa",
    "expire",
    "export_records",
    "failed_openings",
    "import_dxa",
    "import_records",
    "kept_assessments",
    "known_pseudonyms",
    "note_opened",
    "open_records",
    "openings",
    "save",
    "saved_assessments",
    "verify",
    "waiting",
    "withdraw_dxa",
    "write_key",
    "write_results",
]
