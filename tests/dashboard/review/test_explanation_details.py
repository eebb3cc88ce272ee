"""What *Why* offers on request."""

import threading
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from face2bone.assess import Assessor
from face2bone.bone import CLASS_LABELS
from face2bone.errors import EngineError
from face2bone.modalities.face import FACE_PARTS
from tests.dashboard.acts import SECONDS, at_records, done, explained, in_full, named

QUARTERS = "The quarters add up to the"


@pytest.fixture
def app(tiny_model: object) -> AppTest:
    """A sample patient, explained."""
    page = AppTest.from_file("../../../pages/review.py", default_timeout=SECONDS)
    page = in_full(page).run()
    return explained(page.button(key="sample_0").click().run())


@pytest.mark.slow
@pytest.mark.parametrize("button", ["ask_third_way", "ask_closer"])
def test_the_page_stays_whole_while_it_is_computed(
    app: AppTest, monkeypatch: pytest.MonkeyPatch, button: str
) -> None:
    """Before its first report a computation had a step without words, and the page broke off."""
    go_on = threading.Event()

    def waits(*_: Any) -> None:
        assert go_on.wait(SECONDS)
        raise EngineError("Enough. Nothing to do.")

    for step in ("explain_in_third_way", "look_closer"):
        monkeypatch.setattr(Assessor, step, waits)
    app.button(key=button).click().run()
    assert not app.exception
    assert at_records(app)
    assert any(h.value == "Concepts" for h in app.subheader)
    go_on.set()
    done(app)


def test_after_a_third_fill_the_switch_still_says_what_is_plotted(app: AppTest) -> None:
    switch = named(app.button_group, "explained_class")
    other = next(k for k in range(3) if k != switch.value)
    switch.set_value(other).run()
    done(app.button(key="ask_third_way").click().run())
    assert named(app.button_group, "explained_class").value == other
    assert any(f"← {CLASS_LABELS[other]} → more likely" in m.value for m in app.markdown)


def captions(app: AppTest) -> str:
    assert not app.exception
    return "\n".join(caption.value for caption in app.caption)


def keys(app: AppTest) -> set[str | None]:
    return {button.key for button in app.button}


def test_a_third_fill_is_computed_when_asked_for_and_joins_the_agreement(app: AppTest) -> None:
    assert "three ways" not in captions(app)
    assert at_records(done(app.button(key="ask_third_way").click().run()))
    assert "three ways" in captions(app)
    assert "ask_third_way" not in keys(app)


@pytest.mark.slow
def test_a_region_is_looked_into_when_asked_for_and_each_by_itself(app: AppTest) -> None:
    assert QUARTERS not in captions(app)
    region = named(app.selectbox, "closer_region").value
    done(app.button(key="ask_closer").click().run())
    assert f"{QUARTERS} {region.label}'s own" in captions(app)
    other = next(part for part in FACE_PARTS if part.id != region.id)
    named(app.selectbox, "closer_region").set_value(other).run()
    assert QUARTERS not in captions(app)
    named(app.selectbox, "closer_region").set_value(region).run()
    assert QUARTERS in captions(app)


@pytest.mark.slow
def test_another_photo_forgets_what_was_asked_for(app: AppTest) -> None:
    done(app.button(key="ask_third_way").click().run())
    explained(app.button(key="sample_1").click().run())
    assert "three ways" not in captions(app)
    assert "ask_third_way" in keys(app)
