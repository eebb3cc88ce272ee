"""Films in a real browser: DICOM files of every kind, and a photograph of a film, to the report."""

import io

import cv2
import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from face2bone.drawn.film.film import DrawnFilm
from face2bone.drawn.film.patients import draw_film_patient
from face2bone.drawn.film.write import DICOM_BITS
from face2bone.drawn.hand import HAND, draw_hand
from face2bone.drawn.knee import KNEE, draw_knee
from face2bone.drawn.knee.pair import draw_both_knees
from face2bone.drawn.worlds import World
from tests.browser.acts import fill_patient, keep_picture, open_tab, settled
from tests.modalities.radiograph.films import LOSSLESS, UNCOMPRESSED, dataset, saved

pytestmark = pytest.mark.browser
SEED = 900_777
QUICK = {"explicit": False, "jpeg-ls": True, "jpeg 2000": False}
"""Syntax -> whether bone is stored dark; the quick suite's."""
EVERY = [(s, dark) for s in (*UNCOMPRESSED, *LOSSLESS) for dark in (False, True)]
LONG = [
    pytest.param(syntax, dark, marks=pytest.mark.long)
    for syntax, dark in EVERY
    if QUICK.get(syntax) is not dark
]


@pytest.fixture
def page(demo_page: Page) -> Page:
    """A visitor where every demonstration is offered."""
    return demo_page


def knee() -> DrawnFilm:
    return draw_knee(draw_film_patient(KNEE.model, SEED, World.PLANTED))


def dicom(film: DrawnFilm, part: str, syntax: str, dark: bool) -> bytes:
    """Of one syntax, 12 bits, bone stored bright or dark."""
    levels = film.pixels(DICOM_BITS).astype(np.uint16)
    stored = (2**DICOM_BITS - 1 - levels).astype(np.uint16) if dark else levels
    seen_as = "MONOCHROME1" if dark else "MONOCHROME2"
    tags = {"PhotometricInterpretation": seen_as, "BodyPartExamined": part}
    return saved(dataset(stored, DICOM_BITS, **tags), syntax)


def photographed(film: DrawnFilm) -> bytes:
    """A phone's picture of a film on a light box: a little turned, unevenly lit, JPEG."""
    grey = film.pixels(8)
    big = cv2.resize(grey, None, fx=2.5, fy=2.5, interpolation=cv2.INTER_CUBIC)
    height, width = big.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), 1.5, 0.97)
    turned = cv2.warpAffine(big, turn, (width, height), borderValue=12).astype(np.float32)
    light = np.linspace(0.9, 1.05, width, dtype=np.float32)[None]
    buffer = io.BytesIO()
    lit = np.clip(turned * light, 0, 255).astype(np.uint8)
    Image.fromarray(np.repeat(lit[..., None], 3, axis=2)).save(buffer, "JPEG", quality=88)
    return buffer.getvalue()


def choose_study(page: Page, study: str) -> None:
    settled(page)
    page.locator(".st-key-study").get_by_text(study, exact=True).click()
    expect(page.get_by_text("Film from")).to_be_visible()
    settled(page)
    page.get_by_text("Upload", exact=True).click()
    expect(page.get_by_text("DICOM, PNG, JPEG or TIFF", exact=False)).to_be_visible()
    settled(page)


def through_review(page: Page, study: str, name: str, data: bytes) -> None:
    """The film through every step to an answer with its index."""
    choose_study(page, study)
    page.locator("input[type=file]").set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": data}
    )
    expect(page.get_by_text(name)).to_be_visible()
    settled(page)
    fill_patient(page)
    for heading in ("Film", "Result of the film", "Red flags"):
        expect(page.get_by_role("heading", name=heading, exact=True)).to_be_visible()
    crop = page.get_by_alt_text(f"The aligned {study.lower()} that the model read")
    expect(crop).to_be_visible()
    expect(page.get_by_role("note")).to_contain_text("never drives a referral")
    expect(page.get_by_text("Suggestion:")).to_be_visible()


@pytest.mark.slow
def test_a_photograph_of_a_knees_film_is_answered(page: Page) -> None:
    through_review(page, "Knee", "film.jpg", photographed(knee()))
    expect(page.get_by_text("Cortical index of the femur:", exact=False).first).to_be_visible()
    open_tab(page, "How far to trust it")
    expect(page.get_by_alt_text("The film with the parts")).to_be_visible()
    keep_picture(page, "knee-photographed")


@pytest.mark.long
def test_a_photograph_of_a_knees_film_is_explained(page: Page) -> None:
    through_review(page, "Knee", "film.jpg", photographed(knee()))
    open_tab(page, "Why")
    expect(page.get_by_role("heading", name="Concepts")).to_be_visible()
    expect(page.get_by_role("img", name="femoral shaft").first).to_be_visible()
    keep_picture(page, "knee-explained")


@pytest.mark.slow
def test_the_other_knee_of_a_photographed_film_is_chosen(page: Page) -> None:
    """The crop, what is told and the indices change with it, and come back with the first."""
    patient = draw_film_patient(KNEE.model, SEED, World.PLANTED)
    through_review(page, "Knee", "knees.jpg", photographed(draw_both_knees(patient)))
    index = page.get_by_text("Cortical index of the femur:", exact=False).first
    told = {}
    for called in ("Right knee", "Left knee", "Right knee"):
        page.get_by_role("button", name=called, exact=True).click()
        expect(page.get_by_text(f"{called}, by its place", exact=False).first).to_be_visible()
        settled(page)
        assert told.setdefault(called, index.inner_text()) == index.inner_text()
    assert told["Right knee"] != told["Left knee"]
    keep_picture(page, "knee-chosen")


@pytest.mark.slow
@pytest.mark.parametrize(("syntax", "dark"), [*QUICK.items(), *LONG])
def test_a_dicom_knee_of_any_syntax_and_polarity(page: Page, syntax: str, dark: bool) -> None:
    through_review(page, "Knee", "film.dcm", dicom(knee(), "KNEE", syntax, dark))
    expect(page.get_by_text("Cortical index of the femur:", exact=False).first).to_be_visible()
    with page.expect_download() as report:
        page.get_by_role("button", name="Download report").click()
    assert report.value.suggested_filename.endswith(".pdf")
    keep_picture(page, f"knee-{syntax.replace(' ', '-')}-{'dark' if dark else 'bright'}")


def hand() -> bytes:
    """A photograph of a film of a hand."""
    return photographed(draw_hand(draw_film_patient(HAND.model, SEED, World.PLANTED), 0.35))


@pytest.mark.long
def test_a_photograph_of_a_hands_film_is_explained(page: Page) -> None:
    through_review(page, "Hand", "film.jpg", hand())
    open_tab(page, "Why")
    expect(page.get_by_role("heading", name="Concepts")).to_be_visible()
    expect(page.get_by_role("img", name="distal radius").first).to_be_visible()
    keep_picture(page, "hand-explained")


@pytest.mark.slow
def test_a_photograph_of_a_hands_film_is_answered(page: Page) -> None:
    through_review(page, "Hand", "film.jpg", hand())
    expect(page.get_by_text("ndex of", exact=False).first).to_be_visible()
    open_tab(page, "How far to trust it")
    expect(page.get_by_alt_text("The film with the parts")).to_be_visible()
    keep_picture(page, "hand-photographed")


@pytest.mark.slow
def test_another_study_begins_empty(page: Page) -> None:
    through_review(page, "Knee", "film.dcm", dicom(knee(), "KNEE", "explicit", False))
    page.locator(".st-key-study").get_by_text("Face", exact=True).click()
    expect(page.get_by_text("Photo from")).to_be_visible()
    settled(page)
    expect(page.get_by_role("heading", name="Result of the film")).to_have_count(0)
    expect(page.get_by_label("Age (years)")).to_have_value("")
