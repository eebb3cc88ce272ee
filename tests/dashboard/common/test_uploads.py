"""A photo that is sent stays in memory, within the limit, and is the only one its session holds."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.runtime import Runtime

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


def test_a_refused_upload_leaves_the_one_before_it(visitor: Visitor) -> None:
    assert visitor.upload("first", b"x") == 204
    assert visitor.upload("too_large", b"x" * 13 * MB) in (0, 413)
    assert held(visitor) == {"first": 1}


def test_a_body_that_hides_its_length_is_counted(visitor: Visitor) -> None:
    assert visitor.upload("endless", b"x" * 40 * MB, chunked=True) in (0, 413)
    assert held(visitor) == {}
