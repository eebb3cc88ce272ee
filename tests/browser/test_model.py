"""What a person sees on the Model page."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from face2bone.bundle import Bundle
from face2bone.report.model.evaluation_text import PLOT_TEXTS
from tests.browser.acts import choose

pytestmark = pytest.mark.browser

HEADINGS = [
    "All figures",
    "Does it rank patients rightly?",
    "Do its percentages hold?",
    "Is it worth a scan?",
    "For whom?",
    "Beside the published study",
    "Model Facts",
    "Downloads",
]


@pytest.fixture
def model_page(demo_page: Page) -> Page:
    demo_page.get_by_role("link", name="Model", exact=True).click()
    expect(demo_page.get_by_role("heading", name="Downloads")).to_be_visible()
    return demo_page


@pytest.mark.slow
def test_plots_stand_under_their_questions_with_words_beside_them(model_page: Page) -> None:
    for heading in HEADINGS:
        expect(model_page.get_by_role("heading", name=heading, exact=True)).to_be_visible()
    expect(model_page.locator(".js-plotly-plot")).to_have_count(5)
    for name in ("confusion", "roc", "reliability", "decision"):
        expect(model_page.get_by_text(PLOT_TEXTS[name])).to_be_visible()
    expect(model_page.get_by_text("DEMO MODEL", exact=True)).to_be_visible()


@pytest.mark.slow
def test_choosing_a_figure_redraws_the_groups(model_page: Page) -> None:
    choose(model_page, "Figure", "kappa, quadratic")
    axis = model_page.locator(".js-plotly-plot").last.get_by_text("kappa, quadratic")
    expect(axis).to_be_visible()


@pytest.mark.slow
def test_the_report_downloads_and_opens_by_itself(
    model_page: Page, demo_bundle: Bundle, tmp_path: Path
) -> None:
    with model_page.expect_download() as waiting:
        model_page.get_by_role("button", name="Evaluation report (HTML)").click()
    report = tmp_path / "report.html"
    waiting.value.save_as(report)
    requests: list[str] = []
    opened = model_page.context.new_page()
    opened.on("request", lambda request: requests.append(request.url))
    opened.goto(report.as_uri())
    expect(opened.get_by_role("heading", name="Calibration")).to_be_visible()
    expect(opened.get_by_text(demo_bundle.sha256).first).to_be_visible()
    assert requests == [report.as_uri()]  # nothing was fetched
    opened.close()


@pytest.mark.slow
def test_the_card_downloads_as_it_is(model_page: Page, demo_bundle: Bundle, tmp_path: Path) -> None:
    with model_page.expect_download() as waiting:
        model_page.get_by_role("button", name="Model card").click()
    card = tmp_path / "card.yaml"
    waiting.value.save_as(card)
    assert card.read_bytes() == (demo_bundle.root / "card.yaml").read_bytes()
