"""Headers of every answer, and what an unexpected error looks like."""

import asyncio
import gzip
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
from starlette.types import Message, Receive, Scope, Send

from face2bone.dashboard.common.language import PAGE_LANGUAGE
from face2bone.dashboard.common.serving import (
    ASSETS,
    INDEX,
    PREFIX,
    CompressedAssets,
    SecurityHeaders,
    content_security_policy,
)


async def _answer(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b""})


def headers_of(path: str) -> dict[str, str]:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.request"}

    scope = {"type": "http", "path": path, "headers": []}
    # Nothing here waits, so one step runs it all, also where a browser test left a loop behind.
    with pytest.raises(StopIteration):
        SecurityHeaders(_answer)(scope, receive, send).send(None)
    return {k.decode(): v.decode() for k, v in sent[0]["headers"]}


def test_no_answer_may_be_framed_or_sniffed() -> None:
    headers = headers_of("/")
    assert headers["x-frame-options"] == "DENY"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


def test_media_is_never_kept_by_a_proxy() -> None:
    assert headers_of("/media/abc.png")["cache-control"] == "no-store"
    assert "cache-control" not in headers_of("/")


def test_policy_keeps_everything_on_this_host_and_evaluates_nothing() -> None:
    policy = content_security_policy(INDEX.read_text("utf-8"))
    assert "unsafe-eval" not in policy
    assert "http:" not in policy
    assert "https:" not in policy
    script = policy.split("script-src", 1)[1].split(";", 1)[0]
    assert "unsafe-inline" not in script


def test_inline_scripts_are_allowed_by_hash_alone() -> None:
    page = "<script src='a.js'></script><script>go()</script>"
    without = content_security_policy("<script src='a.js'></script>")
    own = len(PAGE_LANGUAGE)  # the only scripts that the dashboard itself brings
    assert without.count("'sha256-") == own
    assert content_security_policy(page).count("'sha256-") == own + 1
    assert "'sha256-5KYv+PUboo5h+0+YAtGRPbwv5d/QxzHslP4YGnUaxRw='" in content_security_policy(page)


SCRIPT = b"let answer = 42;\n" * 200
URL = "/static/js/index.8f3a.js"
PASSED_ON = b"passed on"


@dataclass(frozen=True)
class Answer:
    headers: dict[str, str]
    body: bytes


async def _app(scope: Scope, receive: Receive, send: Send) -> None:
    kind = scope["type"]
    await send({"type": f"{kind}.response.start", "status": 200, "headers": []})
    await send({"type": f"{kind}.response.body", "body": PASSED_ON})


class Served:
    """The middleware as the dashboard stacks it, asked one request at a time."""

    def __init__(self, folder: Path) -> None:
        self.app = SecurityHeaders(CompressedAssets(_app, folder=folder))

    def ask(
        self,
        path: str = URL,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        kind: str = "http",
    ) -> Answer:
        sent: list[Message] = []

        async def send(message: Message) -> None:
            sent.append(message)

        async def receive() -> Message:
            return {"type": "http.request"}

        asked = {"accept-encoding": "gzip, deflate, br"} | dict(headers or {})
        raw = [(name.encode(), value.encode()) for name, value in asked.items()]
        scope = {"type": kind, "method": method, "path": path, "headers": raw}
        # In a thread of its own: a browser test may have left a loop behind in this one.
        with ThreadPoolExecutor(1) as thread:
            thread.submit(lambda: asyncio.run(self.app(scope, receive, send))).result()
        names = {name.decode().lower(): value.decode() for name, value in sent[0]["headers"]}
        return Answer(names, b"".join(message.get("body", b"") for message in sent[1:]))


@pytest.fixture
def served(tmp_path: Path) -> Served:
    (tmp_path / "js").mkdir()
    (tmp_path / "js" / "index.8f3a.js").write_bytes(SCRIPT)
    (tmp_path / "face.woff2").write_bytes(b"packed already")
    return Served(tmp_path)


def test_an_asset_comes_compressed_and_whole(served: Served) -> None:
    answer = served.ask()
    assert gzip.decompress(answer.body) == SCRIPT
    assert len(answer.body) < len(SCRIPT) / 3
    assert answer.headers["content-encoding"] == "gzip"
    assert int(answer.headers["content-length"]) == len(answer.body)
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["vary"] == "Accept-Encoding"
    assert answer.headers["cache-control"] == "public, immutable, max-age=31536000"


def test_an_asset_is_compressed_once(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    first = served.ask()

    def forbidden(*_: object, **__: object) -> bytes:
        raise AssertionError("compressed again")

    monkeypatch.setattr("face2bone.dashboard.common.serving.gzip.compress", forbidden)
    assert served.ask() == first


def test_the_security_headers_stay(served: Served) -> None:
    headers = served.ask().headers
    assert headers["x-content-type-options"] == "nosniff"
    assert "default-src 'self'" in headers["content-security-policy"]


@pytest.mark.parametrize(
    "path",
    [
        "/media/4b1c.png",
        "/_stcore/upload_file/a/b",
        "/static/face.woff2",
        f"{URL}.map",
        "/static/../secrets.js",
        "/static/js/../js/index.8f3a.js",
        "/",
    ],
)
def test_everything_else_is_passed_on(served: Served, path: str) -> None:
    answer = served.ask(path)
    assert answer.body == PASSED_ON
    assert "content-encoding" not in answer.headers
    assert answer.headers.get("cache-control") == ("no-store" if "media" in path else None)


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("GET", {"accept-encoding": "identity"}),
        ("GET", {"range": "bytes=0-9"}),
        ("HEAD", {}),
        ("POST", {}),
    ],
)
def test_whoever_cannot_take_it_gets_it_as_before(
    served: Served, method: str, headers: dict[str, str]
) -> None:
    answer = served.ask(method=method, headers=headers)
    assert answer.body == PASSED_ON
    assert "content-encoding" not in answer.headers


def test_the_websocket_is_not_touched(served: Served) -> None:
    assert served.ask(kind="websocket") == Answer({}, PASSED_ON)


def test_streamlit_keeps_its_assets_where_they_are_looked_for() -> None:
    index = (ASSETS.parent / "index.html").read_text("utf-8")
    assert any(f"{PREFIX}js/{path.name}"[1:] in index for path in ASSETS.rglob("*.js"))
