"""Whoever signs out leaves no report at its address, and takes nobody else's away."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from face2bone.dashboard.common import made_files
from tests.dashboard.visit import Visitor, served

PAGE = """
from functools import partial

import streamlit as st

from face2bone.dashboard.common import made_files

visitor = made_files.visitor()
st.session_state.setdefault("face", f"a face of {visitor}".encode())
if "sign_out" in st.query_params:
    made_files.let_go()
    st.stop()
for name, data in (("report", st.session_state["face"]), ("list", b"of both")):
    make = partial(made_files.note, visitor, data)
    st.download_button(name, make, file_name=name, on_click="ignore", key=name)
"""


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    file = tmp_path / "page.py"
    file.write_text(PAGE)
    with served(file, sweep_seconds=600.0) as found:
        yield found


def test_at_sign_out_a_report_is_gone_from_its_address_and_anothers_is_not(port: int) -> None:
    goes, stays = Visitor(port), Visitor(port)
    gone, kept = goes.download(goes.downloads[0]), stays.download(stays.downloads[0])
    assert f"a face of {goes.session_id}".encode() == goes.get(gone)[2]
    goes.draw("sign_out=1")
    assert goes.get(gone)[0] == 404
    assert f"a face of {stays.session_id}".encode() == stays.get(kept)[2]
    assert list(made_files._made) == [stays.session_id]
    for visitor in (goes, stays):
        visitor.leave()


def test_what_was_made_again_is_gone_too_and_leaving_twice_does_nothing(port: int) -> None:
    visitor = Visitor(port)
    paths = {visitor.download(visitor.downloads[0]) for _ in range(2)}
    paths.add(visitor.download(visitor.downloads[1]))
    assert [visitor.get(path)[0] for path in paths] == [200] * len(paths)
    for _ in range(2):
        visitor.draw("sign_out=1")
        assert {visitor.get(path)[0] for path in paths} == {404}
    visitor.leave()


def test_of_a_session_that_has_ended_nothing_is_remembered() -> None:
    made_files.note("ended", b"a face")
    made_files.note(None, b"a face")  # where no server draws the page there is no address
    assert "ended" in made_files._made
    made_files.forget("ended")
    assert "ended" not in made_files._made
    assert made_files.visitor() is None
    made_files.let_go()
