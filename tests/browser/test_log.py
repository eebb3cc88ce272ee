"""What a served dashboard logs of visitors, of those who meet a fault and of odd requests."""

import json
import re
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from face2bone.bundle import Bundle
from face2bone.drawn.face.samples import sample_patients
from tests.browser.acts import expect_assessed, fill_patient, settled, turn_to
from tests.browser.conftest import ROOT, served

pytestmark = [pytest.mark.browser, pytest.mark.slow]

UPLOAD = r"(?<=upload_file/)[^/]+"  # the session, in the address of an upload
NAME, FILE = "Ekanari-Wei", "ekanari-face.jpg"
FAULTY = """
import sys
sys.path.insert(0, ROOT)
from face2bone.dashboard.review import page as broken

def fails(patient):
    import streamlit
    raise RuntimeError(f"{patient} {streamlit.session_state.to_dict()} at {__file__}")

broken._answer = fails
"""
"""Before the script of the dashboard: a page that fails and says all it knows."""


def faulty_script(folder: Path) -> Path:
    usual = (ROOT / "streamlit_app.py").read_text("utf-8")
    script = folder / "faulty.py"
    script.write_text(
        f"ROOT = {str(ROOT)!r}\n{FAULTY}{usual.replace('Path(__file__).parent', 'Path(ROOT)')}"
    )
    return script


def patient_typed(page: Page) -> None:
    """A pseudonym, four details and a photo of somebody."""
    page.get_by_role("textbox", name="Pseudonym").fill(NAME)
    fill_patient(page)
    page.get_by_label("Weight (kg)").fill("52.375")
    page.keyboard.press("Enter")
    photo = sample_patients()[0].photo_bytes()
    turn_to(page, "Upload")
    page.locator("input[type=file]").set_input_files(
        {"name": FILE, "mimeType": "image/jpeg", "buffer": photo}
    )
    settled(page)


def odd_requests(address: str) -> None:
    """Of which servers like to log the path."""
    for path in ("media/ekanari.png", "_stcore/upload_file/ekanari/x", "%00ekanari", "../ekanari"):
        for method in ("GET", "PUT", "POST"):
            request = urllib.request.Request(f"{address}/{path}", b"ekanari", method=method)  # noqa: S310
            try:
                urllib.request.urlopen(request, timeout=20).close()  # noqa: S310
            except urllib.error.HTTPError as error:
                error.close()


def lines_of(output: Path, *secrets: str) -> list[dict[str, Any]]:
    """The lines of the log, of which none holds any of these; the rest tells whoever started it."""
    written = output.read_text("utf-8")
    for secret in ("ekanari", "52.37", "Traceback", "session_", *secrets):
        assert secret.lower() not in written.lower(), secret
    return [json.loads(one) for one in written.splitlines() if one.startswith("{")]


def visit(browser: Browser, address: str) -> tuple[Page, list[str]]:
    """A visitor who has typed and given everything; and the keys that the browser was given."""
    keys: list[str] = []
    context = browser.new_context(base_url=address)
    page = context.new_page()
    page.on("request", lambda one: keys.extend(re.findall(UPLOAD, one.url)))
    page.goto("/?full=true")
    patient_typed(page)
    return page, keys


def test_of_an_ordinary_visit_nothing_is_logged(
    browser: Browser, tiny_bundle: Bundle, tmp_path: Path
) -> None:
    output = tmp_path / "log"
    url = f"sqlite:///{tmp_path / 'records.sqlite'}"
    with served(tiny_bundle, url, "torch", output=output) as address:
        page, keys = visit(browser, address)
        expect_assessed(page)
        odd_requests(address)
        page.context.close()
    assert keys
    assert lines_of(output, str(tmp_path), *keys) == []


def test_a_fault_has_an_id_on_the_page_and_in_the_log(
    browser: Browser, tiny_bundle: Bundle, tmp_path: Path
) -> None:
    output, script = tmp_path / "log", faulty_script(tmp_path)
    url = f"sqlite:///{tmp_path / 'records.sqlite'}"
    with served(tiny_bundle, url, "torch", script=script, output=output) as address:
        page, keys = visit(browser, address)
        said = page.get_by_text("Something went wrong.", exact=False)
        expect(said).to_be_visible(timeout=60_000)
        shown = re.findall(r"[0-9A-F]{4}-[0-9A-F]{4}", said.inner_text())
        page.context.close()
    found = lines_of(output, str(tmp_path), *keys)
    (line,) = [one for one in found if one["error"] in shown]
    assert (line["type"], line["level"]) == ("RuntimeError", "ERROR")
    assert any(one.startswith("face2bone.dashboard.review.page:") for one in line["at"])
