"""Review by keyboard alone, from the open page to Save; and what a screen reader is told."""

import pytest
from playwright.sync_api import Page, expect

from face2bone.drawn.face.samples import sample_patients
from tests.browser.acts import choose_sample, settled

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MOST_STOPS = 30
FOCUSED = """() => {
  const at = document.activeElement;
  return at.getAttribute('aria-label') || at.innerText || at.value || '';
}"""
DETAILS = {
    "Age (years)": "67",
    "Height (cm)": "158",
    "Sex": "F",
    "Weight (kg)": "52",
    "Pseudonym": "P-KEYS",
    "Your initials": "KW",
}


class Walk:
    """Tab by tab, counted."""

    def __init__(self, page: Page) -> None:
        self.page, self.stops, self.seen = page, 0, list[str]()

    def to(self, name: str) -> None:
        """Press Tab until what has the focus is called this, or begins so."""
        while self.stops < 2 * MOST_STOPS:
            self.page.keyboard.press("Tab")
            self.stops += 1
            self.seen.append(str(self.page.evaluate(FOCUSED)).replace("\n", " "))
            if self.seen[-1].startswith(name):
                return
        raise AssertionError(f"no stop is called {name}: {self.seen}")

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)
        settled(self.page)


@pytest.mark.slow
def test_save_is_reached_in_thirty_stops(demo_page: Page) -> None:
    """A photo, the four details, pseudonym and initials on the way, as it is where all ships."""
    page = demo_page
    page.goto("/")  # the view that clinicians have
    expect(page.get_by_role("button", name="Find saved assessments")).to_be_visible()
    expect(page.get_by_text("Choose a sample patient", exact=False)).to_be_visible()
    settled(page)
    walk = Walk(page)
    walk.to("Skip to main content")
    walk.press("Enter")
    walk.to("Sample patient")
    walk.press("ArrowRight")
    walk.press("Enter")
    expect(page.get_by_text("Photo of the face", exact=False)).to_be_visible()
    settled(page)
    with page.expect_file_chooser() as chooser:
        walk.to("upload")
        page.keyboard.press("Enter")
    photo = sample_patients()[0].photo_bytes() + b" "  # a visitor's own file, not the sample's
    chooser.value.set_files({"name": "own.jpg", "mimeType": "image/jpeg", "buffer": photo})
    expect(page.get_by_text("own.jpg")).to_be_visible()
    settled(page)
    for name, typed in DETAILS.items():
        walk.to(name)
        page.keyboard.type(typed)
        walk.press("Enter")
        if name == "Sex":  # asks one thing more, above what comes next
            expect(page.get_by_role("combobox", name="Menopausal status")).to_be_visible()
    expect(page.get_by_text("Suggestion:")).to_be_visible()
    settled(page)
    walk.to("save")
    walk.press("Enter")
    expect(page.get_by_test_id("stPopoverBody")).to_be_visible()
    assert walk.stops <= MOST_STOPS, "\n".join(["", *walk.seen])


def _fill(page: Page, name: str, typed: str) -> None:
    page.get_by_label(name, exact=True).fill(typed)
    page.keyboard.press("Enter")
    settled(page)


@pytest.mark.slow
def test_what_comes_and_goes_above_takes_no_field_from_under_the_hand(page: Page) -> None:
    """On a slow machine an answer is drawn while somebody types in a field below."""
    page.goto("/")
    page.get_by_text("Upload", exact=True).click()
    expect(page.get_by_text("Photo of the face", exact=False)).to_be_visible()
    settled(page)
    for name in ("Pseudonym", "Your initials"):
        page.get_by_label(name, exact=True).evaluate("field => { field.same = true; }")
    _fill(page, "Age (years)", "12")
    expect(page.get_by_text("12 is not between", exact=False)).to_be_visible()
    page.get_by_role("combobox", name="Sex").click()
    page.get_by_role("option", name="Female", exact=True).click()
    expect(page.get_by_role("combobox", name="Menopausal status")).to_be_visible()
    for name, typed in [*list(DETAILS.items())[:2], ("Weight (kg)", "52")]:
        _fill(page, name, typed)
    expect(page.get_by_text("are required", exact=False)).to_have_count(0)
    for name in ("Pseudonym", "Your initials"):
        assert page.get_by_label(name, exact=True).evaluate("field => field.same"), name


@pytest.mark.slow
def test_a_screen_reader_is_told_the_answer_and_what_changes_it(page: Page) -> None:
    choose_sample(page)
    told = page.locator(".st-key-heard [role=status]")
    expect(told).to_contain_text("Result of the photo: no class is named")
    settled(page)
    page.get_by_text("Vertebral fracture within 2 years", exact=True).click()
    expect(told).to_contain_text("Suggested: urgent clinician review.")
    page.get_by_role("button", name="New patient").click()
    expect(page.get_by_text("Suggestion:")).to_have_count(0)
    expect(told).to_have_text("")
    expect(told).to_have_attribute("aria-live", "polite")
