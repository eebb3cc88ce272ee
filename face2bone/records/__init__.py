"""What a clinic keeps: assessments, decisions, consent, DXA results, and who did what.

One database, SQLite by default and PostgreSQL by URL; docs/records.md says what is in it.
"""

from face2bone.records.chain import Verification, verify
from face2bone.records.consent import ConsentBy, consent_text
from face2bone.records.deletion import delete_person, expire
from face2bone.records.exchange import export_records, import_records
from face2bone.records.photos import write_key
from face2bone.records.saving import DECISIONS, Visit, save
from face2bone.records.store import Records, open_records

__all__ = [
    "DECISIONS",
    "ConsentBy",
    "Records",
    "Verification",
    "Visit",
    "consent_text",
    "delete_person",
    "expire",
    "export_records",
    "import_records",
    "open_records",
    "save",
    "verify",
    "write_key",
]
