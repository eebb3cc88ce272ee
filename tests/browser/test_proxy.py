"""A patient behind the clinic's proxy: sign-in, websocket and upload, through nginx and TLS."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, expect

from face2bone.drawn.face.samples import sample_patients
from tests.browser.acts import expect_assessed, fill_patient, turn_to, unfold
from tests.browser.conftest import PATIENCE_MS
from tests.deploy.proxy import SignIn, proxied, standing_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_photo_and_a_report_pass_through_the_proxy(
    browser: Browser, dashboard: str, tmp_path: Path
) -> None:
    port = urlsplit(dashboard).port
    assert port is not None
    with standing_in(SignIn) as sign_in, proxied(tmp_path, [port], sign_in) as proxy:
        context = browser.new_context(
            base_url=f"https://localhost:{proxy.port}", ignore_https_errors=True
        )
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.goto("/")  # by way of the sign-in
        turn_to(page, "Upload")
        page.locator("input[type=file]").set_input_files(
            {
                "name": "p.jpg",
                "mimeType": "image/jpeg",
                "buffer": sample_patients()[1].photo_bytes(),
            }
        )
        fill_patient(page)
        expect_assessed(page)
        unfold(page, "Report")
        with page.expect_download() as download:
            page.get_by_role("button", name="Download report").click()
        assert Path(download.value.path()).read_bytes().startswith(b"%PDF")
        expect(page.get_by_text("Suggestion:")).to_be_visible()
        context.close()
        assert "upload_file" not in proxy.logs()
