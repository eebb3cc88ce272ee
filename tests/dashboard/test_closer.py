"""What step 5 of Review offers on request."""

import pytest
from streamlit.testing.v1 import AppTest

from tests.dashboard.acts import SECONDS, done


@pytest.fixture
def app(tiny_model: object) -> AppTest:
    """A sample patient, explained."""
    page = AppTest.from_file("../../pages/review.py", default_timeout=SECONDS).run()
    return done(page.button(key="sample_0").click().run())


def captions(app: AppTest) -> str:
    assert not app.exception
    return "\n".join(caption.value for caption in app.caption)


def keys(app: AppTest) -> set[str | None]:
    return {button.key for button in app.button}


def test_a_third_fill_is_computed_when_asked_for_and_joins_the_agreement(app: AppTest) -> None:
    assert "three ways" not in captions(app)
    assert "save_assessment" in keys(done(app.button(key="ask_mean_face").click().run()))
    assert "three ways" in captions(app)
    assert "ask_mean_face" not in keys(app)


def test_a_region_is_looked_into_when_asked_for_and_each_by_itself(app: AppTest) -> None:
    assert "Owen" not in captions(app)
    region = app.selectbox(key="closer_region").value
    done(app.button(key="ask_closer").click().run())
    assert f"they add up to the {region.label}'s own" in captions(app)
    other = next(r for r in type(region) if r is not region)
    app.selectbox(key="closer_region").set_value(other).run()
    assert "Owen" not in captions(app)
    app.selectbox(key="closer_region").set_value(region).run()
    assert "Owen" in captions(app)


def test_another_photo_forgets_what_was_asked_for(app: AppTest) -> None:
    done(app.button(key="ask_mean_face").click().run())
    done(app.button(key="sample_1").click().run())
    assert "three ways" not in captions(app)
    assert "ask_mean_face" in keys(app)
