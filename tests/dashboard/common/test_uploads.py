"""A photo that is sent stays in memory, within the limit, and is the only one its session holds."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime import Runtime
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue

from face2bone.dashboard.common import uploads
from tests.dashboard.visit import Visitor, served

MB = 2**20


@pytest.fixture
def visitor(tmp_path: Path) -> Iterator[Visitor]:
    page = tmp_path / "page.py"
    page.write_text("import streamlit as st\nst.file_uploader('Photo', key='upload')\n")
    with served(page) as port:
        one = Visitor(port)
        yield one
        one.leave()


def held(visitor: Visitor) -> dict[str, int]:
    """Bytes of every file the server holds for this visitor."""
    files = Runtime.instance().uploaded_file_mgr.file_storage.get(visitor.session_id, {})  # type: ignore[attr-defined]
    return {name: len(file.data) for name, file in files.items()}


def test_a_photo_over_one_megabyte_is_never_written_to_the_disk(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[str] = []
    monkeypatch.setattr(
        tempfile.SpooledTemporaryFile, "rollover", lambda _: written.append("to the disk")
    )
    assert visitor.upload("photo", b"x" * (11 * MB)) == 204
    assert held(visitor) == {"photo": 11 * MB}
    assert written == []


def test_a_session_holds_one_file(visitor: Visitor) -> None:
    for name in ("first", "second", "third"):
        assert visitor.upload(name, b"x" * 3 * MB) == 204
    assert held(visitor) == {"third": 3 * MB}


@pytest.mark.slow
def test_the_file_of_a_former_patient_goes_and_no_other(tmp_path: Path) -> None:
    page = tmp_path / "page.py"
    page.write_text(
        "from face2bone.dashboard.common import uploads\n"
        "uploads.this_page_takes(cohorts=True)\n"
        "uploads.let_go_of({'former', 'never sent'})\n"
    )
    with served(page) as port:
        one, other = Visitor(port), Visitor(port)
        for visitor, name in ((one, "former"), (one, "next"), (other, "former")):
            assert visitor.upload(name, b"x") == 204
        one.draw()
        assert (held(one), held(other)) == ({"next": 1}, {"former": 1})
        one.leave()
        other.leave()


def test_a_refused_upload_leaves_the_one_before_it(visitor: Visitor) -> None:
    assert visitor.upload("first", b"x") == 204
    assert visitor.upload("too_large", b"x" * 13 * MB) in (0, 413)
    assert held(visitor) == {"first": 1}


def test_a_session_that_may_send_nothing_is_refused(visitor: Visitor) -> None:
    uploads._sends_large[visitor.session_id] = 0
    assert visitor.upload("photo", b"x" * 2 * MB) in (0, 413)
    assert held(visitor) == {}


def undelivered() -> ForwardMsgQueue:
    """What a session has not been told: an element, and where to send a file."""
    queue, element, address = ForwardMsgQueue(), ForwardMsg(), ForwardMsg()
    element.delta.new_element.text.body = "of the run before"
    address.file_urls_response.response_id = "asked"
    for message in (element, address):
        queue.enqueue(message)
    return queue


@pytest.mark.parametrize("fragments", [None, ["one"]])
def test_who_asked_where_to_send_a_photo_is_told_though_the_page_is_drawn_anew(
    visitor: Visitor, fragments: list[str] | None
) -> None:
    queue = undelivered()
    queue.clear(retain_lifecycle_msgs=True, fragment_ids_this_run=fragments)
    told = [one.WhichOneof("type") for one in queue.flush()]
    assert told.count("file_urls_response") == 1
    assert ("delta" in told) == (fragments is not None)


def test_a_session_that_is_over_is_told_nothing_more(visitor: Visitor) -> None:
    queue = undelivered()
    queue.clear()
    assert queue.is_empty()


@pytest.fixture
def with_a_cohort(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> Iterator[Visitor]:
    """The visitor looks at the page that takes cohorts, of at most 20 MB."""
    monkeypatch.setattr(uploads, "COHORT_BYTES", 20 * MB)
    uploads.send_many(visitor.session_id, True)
    yield visitor
    uploads.send_many(visitor.session_id, False)


def test_a_cohorts_files_are_all_held_up_to_their_limit_together(with_a_cohort: Visitor) -> None:
    assert with_a_cohort.upload("first", b"x" * 8 * MB) == 204
    assert with_a_cohort.upload("second", b"x" * 8 * MB) == 204
    assert with_a_cohort.upload("third", b"x" * 8 * MB) in (0, 413)
    assert held(with_a_cohort) == {"first": 8 * MB, "second": 8 * MB}


def test_back_on_another_page_a_session_holds_one_file(with_a_cohort: Visitor) -> None:
    for name in ("first", "second"):
        assert with_a_cohort.upload(name, b"x") == 204
    uploads.send_many(with_a_cohort.session_id, False)
    assert with_a_cohort.upload("photo", b"y") == 204
    assert held(with_a_cohort) == {"photo": 1}


def test_a_body_that_hides_its_length_is_counted(visitor: Visitor) -> None:
    assert visitor.upload("endless", b"x" * 40 * MB, chunked=True) in (0, 413)
    assert held(visitor) == {}


@pytest.mark.parametrize(
    ("came_with", "called"),
    [
        ("clinic 7.csv", "clinic 7.csv"),
        ("骨密度.csv", "骨密度.csv"),
        ("../../etc/passwd", "passwd"),
        ("C:\\dxa\\clinic.csv", "clinic.csv"),
        ("..", "table.csv"),
        ("", "table.csv"),
        ("a\0\nb.csv", "ab.csv"),
        ("测" * 300 + ".csv", "测" * 56 + ".csv"),
    ],
)
def test_a_file_keeps_its_own_name_and_lies_where_it_is_put(
    came_with: str, called: str, tmp_path: Path
) -> None:
    assert uploads.name_of(came_with, "table.csv") == called
    (tmp_path / called).write_bytes(b"")
    assert [path.name for path in tmp_path.iterdir()] == [called]
