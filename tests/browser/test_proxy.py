"""A patient behind the clinic's proxy: sign-in, websocket and upload, through nginx and TLS."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, expect

from face2bone.drawn.face.samples import sample_patients
from tests.browser.acts import assess_upload, downloaded_report
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
        assess_upload(page, sample_patients()[1].photo_bytes())
        assert downloaded_report(page).startswith(b"%PDF")
        expect(page.get_by_text("Suggestion:")).to_be_visible()
        context.close()
        assert "upload_file" not in proxy.logs()
