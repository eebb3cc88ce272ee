"""A patient behind the clinic's proxy: sign-in, websocket and upload, through nginx and TLS."""

import re
from pathlib import Path
from urllib.parse import urlsplit
from uuid import NAMESPACE_DNS, uuid5

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from face2bone.bundle import Bundle
from face2bone.drawn.face.samples import sample_patients
from tests.browser.acts import assess_upload, downloaded_report
from tests.browser.conftest import PATIENCE_MS, served
from tests.deploy.proxy import ROOT, SignIn, free_port, proxied, standing_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]
# As directories name them: nothing that a cookie could be packed by.
GROUPS = [str(uuid5(NAMESPACE_DNS, f"{number}.clinic.example")) for number in range(150)]
LONGEST_LINE = "WEBSOCKETS_MAX_LINE_LENGTH"


def context_of(browser: Browser, port: int) -> BrowserContext:
    context = browser.new_context(base_url=f"https://localhost:{port}", ignore_https_errors=True)
    context.set_default_timeout(PATIENCE_MS)
    return context


def test_a_photo_and_a_report_pass_through_the_proxy(
    browser: Browser, dashboard: str, tmp_path: Path
) -> None:
    port = urlsplit(dashboard).port
    assert port is not None
    with standing_in(SignIn) as sign_in, proxied(tmp_path, [port], sign_in) as proxy:
        context = context_of(browser, proxy.port)
        page = context.new_page()
        page.goto("/")  # by way of the sign-in
        assess_upload(page, sample_patients()[1].photo_bytes())
        assert downloaded_report(page).startswith(b"%PDF")
        expect(page.get_by_text("Suggestion:")).to_be_visible()
        context.close()
        assert "upload_file" not in proxy.logs()


def test_somebody_of_many_groups_signs_in_behind_the_proxy(
    browser: Browser,
    tiny_bundle: Bundle,
    records_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pytest.importorskip("authlib", reason="`pip install -r requirements-signin.txt` runs this too")
    from tests.browser.provider import provider, secrets_file, sign_in

    as_shipped = re.search(rf"{LONGEST_LINE}=(\d+)", (ROOT / "deploy" / "Dockerfile").read_text())
    assert as_shipped is not None
    monkeypatch.setenv(LONGEST_LINE, as_shipped[1])
    with provider() as directory, standing_in(SignIn) as before_it:
        outside = free_port()
        secrets = secrets_file(tmp_path, directory)
        told = secrets.read_text().replace(
            "http://localhost:{port}", f"https://localhost:{outside}"
        )
        secrets.write_text(told)
        options = ["--secrets.files", str(secrets)]
        with served(tiny_bundle, records_url, "torch", options) as address:
            inside = urlsplit(address).port
            assert inside is not None
            with proxied(tmp_path, [inside], before_it, outside):
                context = context_of(browser, outside)
                page = context.new_page()
                page.goto("/")
                sign_in(page, directory, "Li Wei", "clinician", *GROUPS)
                expect(page.get_by_role("heading", name="Review")).to_be_visible()
                own = [one for one in context.cookies() if one["name"].startswith("_streamlit")]
                assert sum(len(one["value"]) for one in own) > 8192
                assert all(one["secure"] for one in own)
                context.close()
