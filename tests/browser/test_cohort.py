"""What a researcher does on the Cohort page: a ZIP file in, a reload in the middle, a table out."""

import io
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import Page, expect

from face2bone.drawn.face.samples import sample_patients
from tests.browser.acts import keep_picture, settled

pytestmark = [pytest.mark.browser, pytest.mark.slow]

COUNT = 60
PATIENCE = 600_000  # milliseconds: a busy machine takes seconds a picture


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """So many pictures, every one its own bytes: four drawn faces, and one that is no picture."""
    path = tmp_path_factory.mktemp("zip") / "cohort.zip"
    photos = [sample.photo_bytes() for sample in sample_patients()]
    with zipfile.ZipFile(path, "w") as packed:
        for i in range(COUNT - 1):
            # What follows a JPEG's end is no part of it, but of its bytes.
            packed.writestr(f"ward/{i:03d}.jpg", photos[i % len(photos)] + str(i).encode())
        packed.writestr("ward/zzz.jpg", b"no picture")
    return path


@pytest.mark.slow
def test_a_reload_in_the_middle_loses_nothing_and_does_nothing_twice(
    page: Page, archive: Path
) -> None:
    page.get_by_role("link", name="Cohort", exact=True).click()
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(archive)
    page.get_by_role("button", name=f"Score {COUNT} pictures").click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    page.get_by_role("link", name="About", exact=True).click()  # a reload of a page below
    settled(page)  # looks for the server's own files where there are none
    page.goto("/")
    page.get_by_role("link", name="Cohort", exact=True).click()
    done = page.get_by_text(f"{COUNT} of {COUNT} done · 1 rejected")
    expect(done).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_role("heading", name="Rejected pictures")).to_be_visible()
    keep_picture(page, "cohort")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download CSV").click()
    data = Path(download.value.path()).read_bytes()
    table = pd.read_csv(io.BytesIO(data), dtype={"patient_id": str}, encoding="utf-8-sig")
    assert list(table["patient_id"]) == [*(f"{i:03d}" for i in range(COUNT - 1)), "zzz"]
    assert set(table["status"]) == {"demo"}
    page.get_by_role("button", name="Close this cohort").click()
    page.get_by_role("button", name="Delete and close").click()
    expect(page.get_by_test_id("stFileUploaderDropzoneInput")).to_be_attached()
