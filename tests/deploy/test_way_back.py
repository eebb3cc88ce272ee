"""A report on its way back through the proxy, to a browser that takes it slowly."""

import ssl
import time
from collections.abc import Iterator
from contextlib import suppress
from http.client import HTTPSConnection
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from tests.deploy import proxy as proxies
from tests.deploy.proxy import SECONDS, SIGNED_IN, Proxy, SignIn, proxied, standing_in

A_REPORT = bytes(range(256)) * 65_536  # 16 MB: more than nginx and both sockets keep in memory
LOOKS = 10
AS_SHIPPED = "proxy_buffering off;"


class Reports(BaseHTTPRequestHandler):
    """A dashboard that has one to give away."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(A_REPORT)))
        self.end_headers()
        self.wfile.write(A_REPORT)

    def log_message(self, *_: object) -> None:
        """Tests print nothing."""


def lying(proxy: Proxy) -> Iterator[str]:
    """Files for answers that the proxy holds open; they have no name in any folder."""
    for handle in Path(f"/proc/{proxy.process}/fd").iterdir():
        with suppress(OSError):
            if (name := str(handle.readlink())).startswith(f"{proxy.folder}/proxied"):
                yield name


@pytest.mark.parametrize("buffering", ["off", "on"])
def test_a_report_on_its_way_back_never_lies_on_the_proxys_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, buffering: str
) -> None:
    """As it ships nothing lies there; with buffering something does, so that it would be seen."""
    shipped = proxies.CONFIG.read_text()
    assert AS_SHIPPED in shipped
    changed = tmp_path / "changed.conf"
    changed.write_text(shipped.replace(AS_SHIPPED, f"proxy_buffering {buffering};"))
    monkeypatch.setattr(proxies, "CONFIG", changed)
    with (
        standing_in(Reports) as port,
        standing_in(SignIn) as sign_in,
        proxied(tmp_path, [port], sign_in) as proxy,
    ):
        context = ssl.create_default_context(cafile=str(tmp_path / "certificate.pem"))
        browser = HTTPSConnection("localhost", proxy.port, context=context, timeout=SECONDS)
        browser.request("GET", "/media/0123456789abcdef.pdf", headers={"Cookie": SIGNED_IN})
        answer = browser.getresponse()
        found: set[str] = set()
        for _ in range(LOOKS):
            time.sleep(0.1)  # the browser takes nothing meanwhile
            found |= set(lying(proxy))
        assert answer.read() == A_REPORT
        browser.close()
    assert bool(found) == (buffering == "on")
