"""What a person sees when saving an assessment and when DXA results come back."""

from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from face2bone import clock
from face2bone.bundle import Bundle
from face2bone.records import DxaResult, Records, enter_dxa, kept_assessments, verify
from tests.browser.acts import close_window, fill_patient, keep_picture, turn_to, unfold
from tests.records.fill import keep

pytestmark = pytest.mark.browser

T_SCORES = (0.4, -1.8, -3.1)
PATIENCE_MS = 150_000


@pytest.fixture
def records(records_url: str) -> Iterator[Records]:
    opened = Records(records_url)
    yield opened
    opened.close()


def fill_clinic(records: Records, bundle: Bundle, results: int) -> None:
    """Patients at half the osteoporosis that is predicted for them, and three who wait."""
    rng = np.random.default_rng(7)
    for i in range(results + 3):
        p = rng.dirichlet((1.0, 1.2, 0.9)).round(4)
        probabilities = (float(p[0]), float(p[1]), float(1 - p[0] - p[1]))
        age = float(50 + i % 38)
        made = keep(records, f"P-{i:04d}", bundle.sha256, probabilities, "FM"[i % 4 == 0], age)
        if i < results:
            k = int(rng.choice(3, p=np.array([p[0] + p[2] / 2, p[1], p[2] / 2]) / p.sum()))
            score = DxaResult("lowest", T_SCORES[k], clock.today())
            enter_dxa(records, made, [score], "Dr. Li")


def test_an_assessment_is_saved_with_consent_only(page: Page, records: Records) -> None:
    turn_to(page, "Camera")
    page.get_by_role("button", name="Take Photo").click()
    fill_patient(page)
    expect(page.get_by_text("Suggestion:")).to_be_visible(timeout=2 * PATIENCE_MS)
    for label, value in (("Pseudonym", "P-SAVED"), ("Your initials", "Dr. Li")):
        field = page.get_by_role("textbox", name=label)
        field.fill(value)
        field.press("Enter")
    unfold(page, "Save")
    save = page.get_by_role("button", name="Save assessment")
    save.click()
    expect(page.get_by_text("Nothing is kept without consent", exact=False)).to_be_visible()
    page.get_by_text("I agree that the answers", exact=False).click()
    save.click()
    expect(page.get_by_text("Saved under P-SAVED", exact=False)).to_be_visible()
    keep_picture(page, "save")
    assert "P-SAVED" in {one.patient_id for one in kept_assessments(records)}
    assert verify(records).faults == ()


@pytest.mark.slow
def test_follow_up_shows_who_waits_and_raises_the_alarm(
    page: Page, records: Records, tiny_bundle: Bundle
) -> None:
    fill_clinic(records, tiny_bundle, 120)
    page.get_by_role("link", name="Follow-up").click(timeout=2 * PATIENCE_MS)
    expect(page.get_by_role("heading", name="5. Recalibration")).to_be_visible(
        timeout=2 * PATIENCE_MS
    )
    expect(page.get_by_text("wait for a DXA result", exact=False)).to_be_visible()
    expect(page.get_by_text("DEMO MODEL", exact=True)).to_be_visible()
    expect(page.get_by_text("Alarm at result", exact=False)).to_be_visible()
    keep_picture(page, "follow-up")


@pytest.mark.slow
def test_what_is_saved_is_read_in_a_window_and_the_patient_at_hand_stays(
    page: Page, records: Records, tiny_bundle: Bundle
) -> None:
    keep(records, "P-EARLIER", tiny_bundle.sha256, (0.2, 0.5, 0.3))
    turn_to(page, "Upload")
    fill_patient(page)
    expect(page.get_by_text("Suggestion:")).to_be_visible()
    field = page.get_by_role("textbox", name="Pseudonym")
    field.fill("P-EARLIER")
    field.press("Enter")
    page.get_by_role("button", name="1 saved assessment").press("Enter")
    window = page.get_by_role("dialog")
    expect(window.get_by_text("read-only.", exact=False)).to_be_visible()
    expect(window.get_by_text("Suggested then:")).to_be_visible()
    window.get_by_text("Correct or delete this assessment").click()
    window.get_by_role("textbox", name="Your name or initials").fill("Dr. Wu")
    window.get_by_role("textbox", name="Reason (kept with the change)").fill("A test")
    window.get_by_role("button", name="Delete for good").click()
    expect(window.get_by_text("was deleted by Dr. Wu", exact=False)).to_be_visible()
    close_window(page)
    expect(page.get_by_role("button", name="Find saved assessments")).to_be_visible()
    expect(page.get_by_text("Suggestion:")).to_be_visible()
    expect(page.get_by_label("Age (years)")).to_have_value("67")
    assert "P-EARLIER" not in {one.patient_id for one in kept_assessments(records)}
    assert verify(records).faults == ()
