"""Keep an assessment with what the clinician made of it: whole and on the trail, or not at all."""

import json
import re
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from sqlalchemy import Connection, insert, select

from face2bone import clock
from face2bone.clinical.pathway import Urgency
from face2bone.drawn.samples import is_sample
from face2bone.errors import RecordRefused
from face2bone.invalid_value import WHOLE, first_fault
from face2bone.modalities.modality import Picture
from face2bone.patient import AGE_RANGE
from face2bone.records.audit_trail import Action, Event, append, content_hash, salted, stamp
from face2bone.records.consent import ConsentBy, consent_text
from face2bone.records.store import Records
from face2bone.records.tables import ASSESSMENT, PATIENT, PHOTO
from face2bone.report.assessment.document import AssessmentDocument
from face2bone.report.assessment.document_parts import ROUNDING, PhotoPart, Share
from face2bone.report.assessment.upgrade import CLASSES, STUDY
from face2bone.typed import NAME_LIMIT, text_problems
from face2bone.words import CLAUSES, message, template, together

SALT_BYTES: Final = 32
REASON_LIMIT: Final = 1000  # characters
DECISIONS: Final = tuple(urgency.label for urgency in Urgency)
FORMER_DECISIONS: Final = ("routine: education and follow-up",)  # in exports of release 0.1.0
SAMPLE_NOT_KEPT: Final = template(
    "A sample patient cannot be saved: the picture is drawn, and the records and their follow-up "
    "are for the clinic's own patients."
)
_PSEUDONYM: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True, kw_only=True)
class Visit:
    """What the clinician adds to an assessment.

    patient_id: pseudonym, 1 to 64 letters, digits, '.', '-', '_'; never a name.
    decision: one of ``DECISIONS``. reason: needed when it differs from the suggestion.
    consent_by: who consented to ``consent_text()``; None means nobody, and nothing is kept.
    saved_by: name or initials of who saves, at most 80 characters.
    """

    patient_id: str
    decision: str
    saved_by: str
    consent_by: ConsentBy | None
    reason: str = ""


@dataclass(frozen=True)
class Person:
    """One row of the patient table: the random stand-in and the salt of all their hashes."""

    subject: str
    patient_id: str
    salt: bytes


class Facts(BaseModel):
    """The few entries of an assessment document that lists and follow-up need.

    Reads every schema version so far: what it does not name it leaves alone.
    """

    model_config = ConfigDict(frozen=True)

    class _Patient(BaseModel):
        sex: str = Field(pattern="^[FM]$")
        age_years: float = Field(ge=AGE_RANGE[0], le=AGE_RANGE[1])

    class _Referral(BaseModel):
        urgency: str
        class_headline_shown: bool
        pathway_version: str = Field(max_length=60)
        guideline: dict[str, str] = Field(default_factory=dict)

    class _Bundle(BaseModel):
        sha256: str = Field(pattern="^[0-9a-f]{64}$")

    schema_version: str = ""
    study: str = Field(STUDY, min_length=1, max_length=64)  # older documents do not say it
    classes: tuple[str, ...] = CLASSES
    photo_sha256: str = Field(pattern="^([0-9a-f]{64})?$")  # none: there was no photo
    patient: _Patient
    probabilities: dict[str, Share] | None  # none: there was no result
    referral: _Referral
    bundle: _Bundle

    @model_validator(mode="after")
    def _probabilities_of_the_classes(self) -> Self:
        shares = self.probabilities
        if shares is not None and set(shares) != set(self.classes):
            words = message("the probabilities are not of {classes}", classes=self.classes)
            raise ValueError(words)
        if shares is not None and abs(sum(shares.values()) - 1.0) > ROUNDING:
            raise ValueError(template("the probabilities do not add up to 1"))
        return self

    def columns(self) -> dict[str, Any]:
        """The same as columns of the assessment table."""
        shares = self.probabilities
        return {
            "study": self.study,
            "outputs": None if shares is None else outputs_text(shares),
            "sex": self.patient.sex,
            "age_years": self.patient.age_years,
            "class_shown": self.referral.class_headline_shown,
            "bundle_sha256": self.bundle.sha256,
            "guideline_version": " ".join(
                filter(None, (self.referral.guideline.get("id"), self.referral.pathway_version))
            )[:80],
        }


def save(
    records: Records, document: AssessmentDocument, visit: Visit, photo: Picture | None = None
) -> str:
    """Keep one assessment and return its id; on return it is on the disk.

    The document is kept with the hash of its photo salted. The photo itself is kept only where
    the site switched that on (``records.photos``), and sealed.

    Raises ``RecordRefused`` for a sample patient, and when consent, pseudonym, name, decision or
    a needed reason is missing; ``RecordsUnavailable`` when the database cannot take it. Then
    nothing is kept.
    """
    problems = list(visit_problems(visit, document.referral.urgency))
    hashes = {document.photo_sha256, *(one.photo_sha256 for one in document.photos)}
    problems = [*dict.fromkeys(p for one in hashes for p in sample_problems(one)), *problems]
    if problems:
        raise RecordRefused(together(problems))
    now, assessment_id = clock.now(), new_id()
    with records.writing() as connection:
        person = known_or_new(connection, visit.patient_id)
        photo_hash = document.photo_sha256
        own = salted(person.salt, photo_hash.encode()) if photo_hash else ""
        photos = [_of_person(one, person) for one in document.photos]
        update = {"photo_sha256": own, "photos": photos}
        text = document.model_copy(update=update).model_dump_json()
        row = _row(assessment_id, person, visit, now, text)
        sealed = b""
        if photo is not None and records.photos is not None:
            sealed = records.photos.seal(photo, assessment_id)
        event = keep_assessment(connection, person, row, Action.SAVED, visit.saved_by, sealed)
        if sealed and records.photos is not None:
            values = {"key_id": records.photos.key_id, "sealed": sealed}
            connection.execute(insert(PHOTO), values | {"assessment_id": assessment_id})
        append(connection, now, [event])
    return assessment_id


def _of_person(photo: PhotoPart, person: Person) -> PhotoPart:
    """With its hash salted, so that nobody is found by a photo."""
    own = salted(person.salt, photo.photo_sha256.encode())
    return photo.model_copy(update={"photo_sha256": own})


def sample_problems(photo_sha256: str) -> Iterator[str]:
    """Says why the assessment of a photo that ships with the program is not kept.

    Only an exact copy is known: one that was saved anew by another program is anybody's photo.
    """
    if is_sample(photo_sha256):
        yield SAMPLE_NOT_KEPT


def visit_problems(visit: Visit, suggested: str) -> Iterator[str]:
    """What keeps this visit from being saved, one sentence each."""
    if visit.consent_by is None:
        yield template("Nothing is kept without consent. Ask for it and tick the box.")
    yield from pseudonym_problems(visit.patient_id)
    for rule in text_problems(visit.saved_by, NAME_LIMIT):
        if visit.saved_by.strip():
            yield message("Your name {rule}. Write it again.", rule=rule)
        else:
            yield template("Enter your name or initials.")
    if visit.decision not in (*DECISIONS, *FORMER_DECISIONS):
        decisions = together(DECISIONS, CLAUSES)
        yield message("The decision is none of: {decisions}. Choose one.", decisions=decisions)
    if visit.reason:
        for rule in text_problems(visit.reason, REASON_LIMIT):
            yield message("The reason {rule}. Write it again.", rule=rule)
    elif visit.decision != suggested:
        yield template("The decision differs from the suggestion. Give the reason in a few words.")


def pseudonym_problems(patient_id: str) -> Iterator[str]:
    """What keeps a word from being a pseudonym, one sentence."""
    if not _PSEUDONYM.fullmatch(patient_id):
        yield template(
            "The pseudonym is 1 to 64 letters, digits, '.', '-' or '_'. "
            "Enter one that is not a name."
        )


def new_id() -> str:
    """Thirty-two random hexadecimal digits."""
    return secrets.token_hex(16)


def known_or_new(connection: Connection, patient_id: str) -> Person:
    """The person with this pseudonym, made on first sight."""
    row = connection.execute(select(PATIENT).where(PATIENT.c.patient_id == patient_id)).first()
    if row is not None:
        return Person(row.subject, row.patient_id, row.salt)
    person = Person(new_id(), patient_id, secrets.token_bytes(SALT_BYTES))
    connection.execute(insert(PATIENT), vars(person))
    return person


def keep_assessment(
    connection: Connection,
    person: Person,
    row: dict[str, Any],
    action: Action,
    actor: str,
    sealed: bytes = b"",
) -> Event:
    """Insert one complete row; returns what the trail must say about it and its sealed photo."""
    connection.execute(insert(ASSESSMENT), row)
    return Event(
        action=action,
        actor=actor,
        subject=row["subject"],
        record_id=row["assessment_id"],
        bundle_sha256=row["bundle_sha256"],
        photo_hash=facts_of(row["document"]).photo_sha256,
        content_hash=content_hash(person.salt, row, person.patient_id, sealed),
    )


def outputs_text(outputs: Mapping[str, float]) -> str:
    """Numbers by name as the table holds them: the same on every database, to the byte."""
    return json.dumps(dict(outputs), sort_keys=True, separators=(",", ":"), allow_nan=False)


def facts_of(text: str) -> Facts:
    """The facts in an assessment document; raises ``RecordRefused`` when it is none."""
    try:
        return Facts.model_validate_json(text)
    except ValidationError as error:
        where, reason = first_fault(error)
        raise RecordRefused(
            "The document is not an assessment ({where}: {reason}). Take it from an export "
            "as it is.",
            where=where or WHOLE,
            reason=reason,
        ) from error


def _row(
    assessment_id: str, person: Person, visit: Visit, now: datetime, text: str
) -> dict[str, Any]:
    given_by = visit.consent_by
    return {
        "assessment_id": assessment_id,
        "subject": person.subject,
        "saved_at": stamp(now),
        "saved_by": visit.saved_by,
        "decision": visit.decision,
        "reason": visit.reason,
        "consent_by": given_by.value if given_by else "",
        "consent_at": stamp(now),
        "consent_version": consent_text().version,
        "document": text,
        **facts_of(text).columns(),
    }
