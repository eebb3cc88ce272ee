"""What a visitor brought is gone soon after they are, though nobody else comes or goes."""

import gc
import weakref
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from threading import current_thread
from typing import ClassVar

import pytest
import streamlit as st
from streamlit import config
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.runtime import Runtime

from face2bone.dashboard.common import heap, session, visitors
from tests.dashboard.visit import Visitor, served, until

PAGE = """
import streamlit as st
from tests.dashboard.common.test_visitors import Kept
st.session_state.setdefault("review_case", Kept())
st.file_uploader("Photo", key="upload")
st.download_button("Report", lambda: b"a face", file_name="report.pdf", on_click="ignore")
"""


class Kept:
    """Stands for a visitor's case."""

    living: ClassVar["weakref.WeakSet[Kept]"] = weakref.WeakSet()

    def __init__(self) -> None:
        self.living.add(self)
        self.photo, self.itself = bytes(3 * 2**20), self  # a cycle: only a collection frees it


@pytest.fixture
def page(tmp_path: Path) -> Path:
    file = tmp_path / "page.py"
    file.write_text(PAGE)
    return file


@pytest.fixture
def port(page: Path) -> Iterator[int]:
    before = config.get_option("server.disconnectedSessionTTL")
    config.set_option("server.disconnectedSessionTTL", 1)
    with served(page) as found:
        yield found
    config.set_option("server.disconnectedSessionTTL", before)


def uploaders() -> list[str]:
    """The sessions of which the server holds a file."""
    return list(Runtime.instance().uploaded_file_mgr.file_storage)  # type: ignore[attr-defined]


@pytest.mark.slow
def test_the_last_visitor_of_the_day_leaves_nothing_in_memory(port: int) -> None:
    visitor = Visitor(port)
    assert visitor.upload("photo", b"x" * (3 * 2**20)) == 204
    assert uploaders() == [visitor.session_id]
    assert len(Kept.living) == 1
    visitor.leave()
    assert until(lambda: not uploaders() and not Kept.living)


@pytest.mark.slow
def test_who_stays_keeps_what_they_brought(port: int) -> None:
    stays, goes = Visitor(port), Visitor(port)
    for visitor in (stays, goes):
        visitor.upload("photo", b"x" * 10)
    assert len(Kept.living) == 2
    goes.leave()
    assert until(lambda: uploaders() == [stays.session_id] and len(Kept.living) == 1)
    stays.leave()


@pytest.mark.slow
def test_a_report_can_be_fetched_and_is_soon_gone_from_its_address(port: int) -> None:
    visitor = Visitor(port)
    for _ in range(2):
        path = visitor.download(visitor.downloads[0])
        assert visitor.get(path)[2] == b"a face"
        assert until(partial(gone, visitor, path))
    path = visitor.download(visitor.downloads[0])
    visitor.leave()
    assert until(partial(gone, visitor, path))


def test_pages_that_are_drawn_meanwhile_take_nobodys_report_away(page: Path) -> None:
    with served(page, sweep_seconds=600.0) as port:
        visitor, other = Visitor(port), Visitor(port)
        path = visitor.download(visitor.downloads[0])
        for _ in range(3):  # as an explanation that is computed draws its bar
            visitor.draw()
            other.draw()
        assert visitor.get(path)[2] == b"a face"
        # What was still shown when it was pressed, though the page has been drawn again since.
        assert visitor.get(visitor.download(visitor.downloads[0]))[2] == b"a face"
        visitor.leave()
        other.leave()


def gone(visitor: Visitor, path: str) -> bool:
    return visitor.get(path)[0] == 404


@pytest.mark.slow
def test_nothing_is_left_out_of_collections_once_somebody_has_brought_something(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visitors, "_brought", [])
    visitor = Visitor(port)
    assert visitors.nothing_brought()  # who only looks at a page has brought nothing
    visitor.upload("photo", b"x" * 10)
    assert not visitors.nothing_brought()
    before = gc.get_freeze_count()
    session.settle()
    assert gc.get_freeze_count() == before
    visitor.leave()


@pytest.mark.slow
def test_a_visitor_cannot_empty_everybodys_cache(port: int) -> None:
    made: list[int] = []

    @st.cache_resource
    def model() -> int:
        made.append(1)
        return len(made)

    model()
    visitor = Visitor(port)
    visitor.socket.send(BackMsg(clear_cache=True).SerializeToString())
    visitor.download(visitor.downloads[0])  # answered after it
    assert model() == 1
    visitor.leave()


def test_what_was_typed_or_chosen_is_brought() -> None:
    message = BackMsg()
    message.rerun_script.page_script_hash = "a"
    assert not visitors.brings({"type": "websocket.receive", "bytes": message.SerializeToString()})
    message.rerun_script.widget_states.widgets.add(id="age", string_value="67")
    assert visitors.brings({"type": "websocket.receive", "bytes": message.SerializeToString()})


def test_what_is_no_message_is_left_to_streamlit() -> None:
    assert not visitors.clears_cache({"type": "websocket.receive", "bytes": b"\xff\xff"})
    assert not visitors.clears_cache({"type": "websocket.receive", "text": "clear_cache"})
    assert not visitors.clears_cache({"type": "websocket.disconnect"})
    assert not visitors.brings({"type": "websocket.receive", "bytes": b"\xff\xff"})


@pytest.mark.slow
def test_memory_that_nobody_uses_is_handed_back_again_and_again(
    page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    handed: list[str] = []
    monkeypatch.setattr(heap, "hand_back", lambda: handed.append(current_thread().name))
    with served(page):
        assert until(lambda: len(handed) > 1)
        assert all(name.startswith("asyncio_") for name in handed), "the server goes on meanwhile"
