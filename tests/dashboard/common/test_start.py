"""The load at the start: begun with the server, told in a sentence, and done once."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from face2bone.assess import Assessor
from face2bone.bundle import Bundle, load_bundle
from face2bone.dashboard.common import session, start
from face2bone.dashboard.common.literal import JOINER

SECONDS = 120


@pytest.fixture(autouse=True)
def nothing_begun() -> Iterator[None]:
    yield
    for thread in start._loads:
        thread.join(SECONDS)
    start._loads.clear()


def test_a_visitor_who_comes_early_waits_for_the_same_load(
    tiny_model: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, may_go_on = threading.Event(), threading.Event()
    loads: list[Path] = []

    def slow(root: Path) -> Bundle:
        loads.append(root)
        asked.set()
        assert may_go_on.wait(SECONDS)
        return load_bundle(root)

    monkeypatch.setattr("face2bone.bundle.load_bundle", slow)
    start.begin()
    assert asked.wait(SECONDS)
    threading.Timer(0.5, may_go_on.set).start()
    app = AppTest.from_file("../../../pages/review.py", default_timeout=SECONDS).run()
    assert not app.exception
    assert may_go_on.is_set()  # the page was drawn to its end only after the load
    assert "sample patient" in app.info[0].value
    assert loads == [tiny_model.root]


def test_the_server_says_what_it_does_and_answers_meanwhile(
    tiny_model: Bundle, capsys: pytest.CaptureFixture[str]
) -> None:
    async def serve() -> str:
        async with start.lifespan(None):
            return capsys.readouterr().out

    # In a thread of its own: a browser test may have left a loop behind in this one.
    with ThreadPoolExecutor(1) as own:
        said = own.submit(lambda: asyncio.run(serve())).result()
    assert said.startswith("The model is being loaded; the dashboard can be opened meanwhile.\n")
    for thread in start._loads:
        thread.join(SECONDS)
    assert "The model is loaded.\n" in said + capsys.readouterr().out
    assert session.assessor().facts.name == tiny_model.card.name


def test_a_bundle_that_is_refused_is_told_on_the_command_line_and_on_the_page(
    fresh_settings: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fresh_settings.setenv("FACE2BONE_BUNDLE", str(tmp_path / "nothing"))
    for shared in (session.loaded_bundle, session.loaded_assessor):
        shared.clear()
    start.begin()
    app = AppTest.from_file("../../../pages/review.py", default_timeout=SECONDS).run()
    assert not app.exception
    (told,) = [error.value for error in app.error]
    assert told.replace("\\", "").replace(JOINER, "") in capsys.readouterr().out
    assert app.title[0].value == "Review"


def test_an_explanation_is_only_begun_and_by_then_the_model_is_said_to_be_loaded(
    tiny_model: Bundle, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    begun, reached = threading.Event(), list[float]()

    def explain(_: object, located: object, progress: Callable[[str, float], None]) -> None:
        progress("regions", 0.0)
        begun.set()
        progress("regions", 0.01)
        reached.append(0.01)

    monkeypatch.setattr(Assessor, "explain", explain)
    start.begin()
    assert begun.wait(SECONDS)
    assert "The model is loaded." in capsys.readouterr().out
    assert reached == []
