"""Headers of every answer, and what an unexpected error looks like."""

import pytest
from starlette.types import Message, Receive, Scope, Send

from face2bone.dashboard.common.language import PAGE_LANGUAGE
from face2bone.dashboard.common.serving import INDEX, SecurityHeaders, content_security_policy


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
