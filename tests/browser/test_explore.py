"""What a person sees on the Explore page."""

import pytest
from playwright.sync_api import Page, expect

from face2bone.bundle import Bundle
from tests.browser.acts import choose, keep_picture, settled

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def explore(demo_page: Page) -> Page:
    demo_page.get_by_role("link", name="Explore", exact=True).click()
    expect(demo_page.get_by_role("heading", name="Patients")).to_be_visible()
    return demo_page


def view(page: Page, name: str) -> None:
    settled(page)
    page.get_by_role("radio", name=name, exact=True).click()
    expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible()
    settled(page)


@pytest.mark.slow
def test_it_opens_on_drawn_patients_and_says_so(explore: Page) -> None:
    expect(explore.get_by_text("nobody here exists")).to_be_visible()
    expect(explore.get_by_text("DEMO MODEL", exact=True)).to_be_visible()
    expect(explore.get_by_test_id("stDataFrame")).to_be_visible()
    keep_picture(explore, "explore-patients")


@pytest.mark.slow
def test_groups_can_be_chosen_and_every_face_is_described(explore: Page) -> None:
    view(explore, "Groups")
    faces = explore.get_by_role("img", name="Mean region values for severity")
    expect(faces).to_have_count(3)
    expect(explore.locator(".js-plotly-plot")).to_have_count(2)
    keep_picture(explore, "explore-groups")
    choose(explore, "One region", "left nasolabial")
    axis = explore.locator(".js-plotly-plot").last.get_by_text("mean value of left nasolabial")
    expect(axis).to_be_visible()


@pytest.mark.slow
def test_a_bar_chooses_its_region(explore: Page) -> None:
    view(explore, "Groups")
    chart = explore.locator(".js-plotly-plot").first
    top = chart.locator(".yaxislayer-above .ytick text").last.text_content()
    bar = chart.locator(".barlayer .point").last
    bar.evaluate("bar => bar.scrollIntoView({block: 'center'})")  # clear of the banner
    box = bar.bounding_box()
    assert box is not None
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    explore.mouse.move(*middle)  # plotly looks under the pointer before it takes a click
    explore.mouse.click(*middle)
    axis = explore.locator(".js-plotly-plot").last.get_by_text(f"mean value of {top}")
    expect(axis).to_be_visible()


@pytest.mark.slow
def test_two_patients_are_told_apart(explore: Page) -> None:
    view(explore, "Two patients")
    expect(explore.get_by_text("The answers differ most in the probability")).to_be_visible()
    keep_picture(explore, "explore-pair")


@pytest.mark.slow
def test_a_moved_slider_redraws_the_face(explore: Page) -> None:
    view(explore, "Change a face")
    expect(explore.get_by_text("Move a slider")).to_be_visible()
    faces = explore.get_by_role("img", name="a drawn face")
    before = faces.last.get_attribute("src")
    handle = explore.get_by_role("slider", name="Jaw")
    handle.press("Home")
    expect(explore.get_by_role("button", name="Explain the changed face")).to_be_visible()
    settled(explore)
    assert faces.last.get_attribute("src") != before
    keep_picture(explore, "explore-change")


@pytest.mark.slow
def test_concepts_have_cards(explore: Page, demo_bundle: Bundle) -> None:
    view(explore, "Concepts")
    for name in demo_bundle.concepts.names:
        expect(explore.get_by_text(name, exact=True).first).to_be_visible()
    keep_picture(explore, "explore-concepts")


@pytest.mark.slow
def test_no_face_is_served_from_the_public_store(explore: Page) -> None:
    served: list[str] = []
    explore.on("request", lambda request: served.append(request.url))
    for name in ("Groups", "Two patients", "Change a face", "Concepts", "Patients"):
        view(explore, name)
        if name == "Change a face":  # it is drawn anew
            drawn = explore.get_by_role("img", name="a drawn face").last
            before = drawn.get_attribute("src") or ""
            explore.get_by_role("slider", name="Jaw").press("Home")
            expect(drawn).not_to_have_attribute("src", before)
    assert served
    assert not [url for url in served if "/media/" in url and "/static/" not in url]
