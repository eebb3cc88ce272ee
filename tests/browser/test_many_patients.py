"""Two clinicians, patients each, their clicks in random order: nobody's in another's record.

Every patient has an age, a height, a weight and a photo that no other has, so that whatever is
kept under a pseudonym tells whose it is. Three patients each in continuous integration, fifty by
hand; `FACE2BONE_PATIENTS` sets another number for that.
"""

import hashlib
import io
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect
from sqlalchemy import select

from face2bone.clinical.questions import load_questions
from face2bone.drawn.face.samples import sample_patients
from face2bone.patient import RedFlag
from face2bone.records import Records, verify
from face2bone.records.audit_trail import salted
from face2bone.records.tables import ASSESSMENT, PATIENT
from face2bone.report.assessment.document import AssessmentDocument, read_document
from tests.browser.acts import settled, turn_to, unfold
from tests.browser.conftest import visiting

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FEW: Final = 3
MANY: Final = int(os.environ.get("FACE2BONE_PATIENTS", "50"))
FLAGS: Final = (RedFlag.VERTEBRAL_FRACTURE_RECENT, RedFlag.HEIGHT_LOSS, RedFlag.KYPHOSIS_WITH_PAIN)
FRAX_LABELS: Final = ("Major fracture, 10 years (%)", "Hip fracture, 10 years (%)")
PRESSES: Final = 6
Random = np.random.Generator


@dataclass(frozen=True)
class Person:
    """What one patient says, and the photo; every number is nobody else's."""

    pseudonym: str
    age: float
    height: float
    weight: float
    sex: str
    flags: frozenset[RedFlag]
    frax: tuple[float, float] | None
    photo: bytes | None

    @classmethod
    def drawn(cls, desk: str, number: int, rng: Random) -> "Person":
        """The person of a desk with this number."""
        own = 2 * number + "AB".index(desk)
        frax = (round(10 + 0.1 * own, 1), round(1 + 0.02 * own, 2)) if rng.random() < 0.4 else None
        return cls(
            pseudonym=f"{desk}-{number:03d}",
            age=round(50.0 + 0.1 * own, 1),
            height=round(150.0 + 0.1 * own, 1),
            weight=round(50.0 + 0.1 * own, 1),
            sex="Female" if rng.random() < 0.5 else "Male",
            flags=frozenset(flag for flag in FLAGS if rng.random() < 0.3),
            frax=frax,
            photo=_photo(own) if rng.random() < 0.85 else None,
        )


def _photo(own: int) -> bytes:
    """A drawn face as a file that is nobody else's: one pixel in the corner says whose."""
    samples = sample_patients()
    with Image.open(io.BytesIO(samples[own % len(samples)].photo_bytes())) as opened:
        picture = opened.convert("RGB")
    picture.putpixel((0, 0), (own, 0, 0))
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()


def at_a_desk(page: Page, people: list[Person], rng: Random) -> Iterator[None]:
    """One clinician's day; yields after every click, and hurries in three of ten."""
    turn_to(page, "Upload")
    for person in people:
        steps = ["age", "height", "weight", "sex", *(["photo"] if person.photo else [])]
        for step in rng.permutation(steps):
            _enter(page, person, step)
            yield from _breath(page, rng)
        expect(page.get_by_text("Suggestion:")).to_be_visible()
        later = [*(f"flag {flag.value}" for flag in person.flags)]
        later += ["frax major", "frax hip"] if person.frax else []
        later += ["look away"] if rng.random() < 0.2 else []
        for step in rng.permutation(later) if later else ():
            _answer(page, person, step)
            yield from _breath(page, rng)
        yield from _save(page, person, rng)
        settled(page)
        page.get_by_role("button", name="New patient").click()
        expect(page.get_by_role("textbox", name="Age (years)")).to_have_value("")
        settled(page)
        expect(page.get_by_text("Suggestion:")).to_have_count(0)
        yield


def _breath(page: Page, rng: Random) -> Iterator[None]:
    if rng.random() < 0.7:
        settled(page)
    yield


def _enter(page: Page, person: Person, step: str) -> None:
    if step == "photo":
        picture = {"name": f"{person.pseudonym}.png", "mimeType": "image/png"}
        page.locator("input[type=file]").set_input_files([picture | {"buffer": person.photo}])  # type: ignore[list-item]
        expect(page.get_by_text(f"{person.pseudonym}.png")).to_be_visible()
    elif step == "sex":
        settled(page)
        page.get_by_role("combobox", name="Sex").click()
        page.get_by_role("option", name=person.sex, exact=True).click()
    else:
        label = {"age": "Age (years)", "height": "Height (cm)", "weight": "Weight (kg)"}[step]
        _typed(page, label, f"{getattr(person, step):g}")


def _typed(page: Page, label: str, text: str) -> None:
    field = page.get_by_role("textbox", name=label)
    field.fill(text)
    field.press("Enter")


def _typed_again_where_empty(page: Page, person: Person) -> None:
    """Look the form over before it is saved, as one does.

    A photo that arrives draws the steps anew, and takes along what is half typed there; it must
    never put something else in its place.
    """
    texts = {"Pseudonym": person.pseudonym}
    if person.frax is not None:
        texts |= dict(zip(FRAX_LABELS, (f"{percent:g}" for percent in person.frax), strict=True))
    for label, text in texts.items():
        stands = page.get_by_role("textbox", name=label).input_value()
        assert stands in ("", text)
        if not stands:
            _typed(page, label, text)
    settled(page)


def _answer(page: Page, person: Person, step: str) -> None:
    if step == "look away":
        page.get_by_role("link", name="About").click()
        expect(page.get_by_text("It is not a medical device.")).to_be_visible()
        page.get_by_role("link", name="Review").click()
        expect(page.get_by_text("Suggestion:")).to_be_visible()
    elif step.startswith("flag"):
        label = load_questions().red_flags[RedFlag(step.removeprefix("flag "))].label
        page.get_by_text(label, exact=True).click()
        expect(page.get_by_text("Suggestion: urgent clinician review")).to_be_visible()
    elif person.frax is not None:
        which = 0 if step == "frax major" else 1
        _typed(page, FRAX_LABELS[which], f"{person.frax[which]:g}")


def _in_view(page: Page, button: Locator) -> None:
    """Open what stands behind Save; typing beside it, or the photo's arrival, closes it."""
    settled(page)
    if not button.is_visible():
        unfold(page, "Save")
    expect(button).to_be_visible()


def _save(page: Page, person: Person, rng: Random) -> Iterator[None]:
    """Fill the last form and press Save until it says so: a hurried press may come too early."""
    settled(page)
    _typed(page, "Pseudonym", person.pseudonym)
    yield from _breath(page, rng)
    _typed(page, "Your initials", f"Dr. {person.pseudonym[0]}")
    yield from _breath(page, rng)
    if person.photo:  # until it has arrived, answers alone are offered for saving
        expect(page.get_by_role("heading", name="Photo", exact=True)).to_be_visible()
    button = page.get_by_role("button", name="Save assessment")
    _in_view(page, button)
    yield
    _in_view(page, button)
    page.get_by_text("I agree that the answers", exact=False).click()
    settled(page)
    yield
    done = page.get_by_text(f"Saved under {person.pseudonym}", exact=False)
    for _ in range(PRESSES):
        _typed_again_where_empty(page, person)
        _in_view(page, button)
        button.click()
        settled(page)
        if done.is_visible():
            break
        yield
    expect(done).to_be_visible()


def test_nothing_of_one_patient_is_in_anothers_record(
    browser: Browser, dashboard: str, records_url: str
) -> None:
    nobodys_in_anothers(browser, dashboard, records_url, range(FEW))


@pytest.mark.long
def test_nothing_of_any_of_a_hundred_patients_is_in_anothers_record(
    browser: Browser, dashboard: str, records_url: str
) -> None:
    others = range(FEW, FEW + MANY)  # the records may hold those few
    nobodys_in_anothers(browser, dashboard, records_url, others)


def nobodys_in_anothers(browser: Browser, dashboard: str, records_url: str, numbers: range) -> None:
    rng = np.random.default_rng(20_261_128)
    people = {desk: [Person.drawn(desk, i, rng) for i in numbers] for desk in "AB"}
    with visiting(browser, dashboard) as first, visiting(browser, dashboard) as second:
        desks = [
            at_a_desk(page, people[desk], np.random.default_rng(ord(desk)))
            for page, desk in ((first, "A"), (second, "B"))
        ]
        while desks:
            desk = desks[int(rng.integers(len(desks)))]
            if next(desk, "over") == "over":
                desks.remove(desk)
    records = Records(records_url)
    kept = kept_by_pseudonym(records)
    for person in (*people["A"], *people["B"]):
        ((document, photo_hash),) = kept[person.pseudonym]
        assert said(document) == wanted(person)
        assert document.photo_sha256 == photo_hash(person.photo)
    assert verify(records).faults == ()
    records.close()


class _PhotoHash:
    """The hash under which a person's photo is kept: salted with that person's own salt."""

    def __init__(self, salt: bytes) -> None:
        self.salt = salt

    def __call__(self, photo: bytes | None) -> str:
        return salted(self.salt, hashlib.sha256(photo).hexdigest().encode()) if photo else ""


def kept_by_pseudonym(records: Records) -> dict[str, list[tuple[AssessmentDocument, _PhotoHash]]]:
    found: dict[str, list[tuple[AssessmentDocument, _PhotoHash]]] = {}
    query = select(PATIENT.c.patient_id, PATIENT.c.salt, ASSESSMENT.c.document).join(ASSESSMENT)
    with records.reading() as connection:
        for pseudonym, salt, text in connection.execute(query):
            found.setdefault(pseudonym, []).append((read_document(text), _PhotoHash(salt)))
    return found


def said(document: AssessmentDocument) -> tuple[object, ...]:
    patient, frax = document.patient, document.frax
    return (
        (patient.age_years, patient.height_cm, patient.weight_kg, patient.sex),
        sorted(patient.red_flags),
        (frax.major_percent, frax.hip_percent) if frax else None,
        document.referral.urgency_level == "urgent",
    )


def wanted(person: Person) -> tuple[object, ...]:
    return (
        (person.age, person.height, person.weight, person.sex[0]),
        sorted(flag.value for flag in person.flags),
        person.frax,
        bool(person.flags),
    )
