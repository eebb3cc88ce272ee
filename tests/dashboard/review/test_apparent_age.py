"""How old the face looks: of the photo at hand, after everything else, and never of another's."""

import io
from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from face2bone.apparent_age import AgeAssessor
from face2bone.dashboard.common import session
from face2bone.explain.baselines import Baseline
from face2bone.explain.coalitions import all_coalitions
from face2bone.explain.shapley import RegionAttribution
from face2bone.modalities.photo import Photo
from face2bone.modalities.prepared import Prepared
from face2bone.progress import FractionDone
from face2bone.records import Records, saved_assessments
from face2bone.report.apparent_age import headline
from face2bone.settings import get_settings
from tests.dashboard.acts import at_records, done, opened
from tests.dashboard.review.test_save_step import fill
from tests.dashboard.test_same_patient import jpeg, typed, uploaded

SECONDS = 120
LINE = "How old the face looks to this model: "
TAB = "How old it looks"


@pytest.fixture
def page(records: Records, tiny_model: object) -> Iterator[AppTest]:
    session.age_assessor.clear()
    yield AppTest.from_file("../../../pages/review.py", default_timeout=SECONDS).run()
    session.age_assessor.clear()


@pytest.fixture
def astronaut(astronaut_photo: Photo) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(astronaut_photo.pixels).save(buffer, format="PNG")
    return buffer.getvalue()


def set_up(monkeypatch: pytest.MonkeyPatch, folder: str) -> None:
    """Another face age bundle, or none, from now on."""
    monkeypatch.setenv("FACE2BONE_FACE_AGE", folder)
    get_settings.cache_clear()
    session.age_assessor.clear()


def line(app: AppTest) -> str:
    """What the page says of the age, or nothing."""
    assert not app.exception
    found = [c.value for c in app.caption if c.value.startswith(LINE)]
    return "".join(found).removeprefix(LINE).strip("*")


def test_what_is_saved_holds_what_the_line_says(
    page: AppTest, astronaut: bytes, records: Records
) -> None:
    app = fill(typed(uploaded(page, astronaut, "photo.png")), "P-1")
    app = app.button(key="save_assessment").click().run()
    (kept,) = saved_assessments(records, "P-1")
    assert kept.document is not None
    age = kept.document.apparent_age
    assert age is not None
    assert headline(age) == line(app)
    assert age.bundle.name == "face-age-public"
    assert "age" not in " ".join(r.rule for r in kept.document.referral.reasons).split("_")


def test_a_real_photo_gets_one_line_and_its_limits(page: AppTest, astronaut: bytes) -> None:
    app = typed(uploaded(page, astronaut, "photo.png"))
    assert "years (the network's own spread" in line(app)
    assert "not calibrated" in line(app)
    (shown,) = [c for c in app.caption if c.value.startswith(LINE)]
    assert "no measure of health" in (shown.help or "")
    assert "7.1 years" in (shown.help or "")
    assert at_records(app)


def test_the_next_patient_never_has_the_former_ones_age(
    page: AppTest, astronaut: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = typed(uploaded(page, astronaut, "photo.png"))
    former = line(app)
    assert former
    app = uploaded(app, jpeg(3), "other.jpg")
    assert line(app) == ""  # whose details these are is not known yet
    app.button(key="same_patient").click().run()
    assert line(app) not in ("", former)
    app.button(key="new_patient").click().run()
    assert line(app) == ""

    def forbidden(*_: object) -> None:
        raise AssertionError("computed without a photo")

    monkeypatch.setattr(AgeAssessor, "estimate", forbidden)
    assert line(typed(app)) == ""
    assert not any("years old" in m.value for m in opened(app, TAB).markdown)


@pytest.fixture
def two_faces(astronaut_photo: Photo) -> bytes:
    """A drawn face at the left, the astronaut at the right."""
    pixels = np.full((512, 1024, 3), 150, np.uint8)
    drawn = Image.open(io.BytesIO(jpeg(3))).resize((512, 512))
    pixels[:, :512], pixels[:, 512:] = drawn, astronaut_photo.pixels
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, format="PNG")
    return buffer.getvalue()


def chosen(app: AppTest, number: int) -> AppTest:
    button = next(b for b in app.button if f"face_{number}_" in str(b.key))
    return button.click().run()


def test_of_two_faces_the_age_is_that_of_the_one_chosen(
    page: AppTest, two_faces: bytes, records: Records
) -> None:
    app = chosen(typed(uploaded(page, two_faces, "photo.png")), 1)
    left = line(app)
    app = chosen(app, 2)
    right = line(app)
    assert left
    assert right not in ("", left)
    assert line(chosen(app, 1)) == left
    app = fill(chosen(app, 2), "P-2").button(key="save_assessment").click().run()
    (kept,) = saved_assessments(records, "P-2")
    assert kept.document is not None
    assert kept.document.apparent_age is not None
    assert headline(kept.document.apparent_age) == right


def test_a_drawn_sample_has_no_age(page: AppTest) -> None:
    app = opened(page.button(key="sample_0").click().run(), TAB)
    assert line(app) == ""
    assert any("drawn sample face" in c.value for c in app.caption)


def test_the_tab_holds_limits_and_the_parts_once_asked_for(page: AppTest, astronaut: bytes) -> None:
    app = opened(typed(uploaded(page, astronaut, "photo.png")), TAB)
    words = "\n".join(m.value for m in app.markdown)
    assert "face-age-public" in words
    assert "published no reference" in words
    assert "Shares of the years" in words
    app = done(app.button(key="ask_age_parts").click().run())
    shown = "\n".join(str(e.value) for e in (*app.markdown, *app.caption))
    assert "younger ← years → older" in shown
    assert "Years that each part adds" in shown


def test_parts_are_withheld_where_two_ways_of_hiding_disagree(
    page: AppTest, astronaut: bytes, fresh_settings: pytest.MonkeyPatch
) -> None:
    def at_odds(_: object, aligned: Prepared, fill: Baseline, told: FractionDone) -> object:
        sign = 1.0 if fill.name == "blur" else -1.0
        table = all_coalitions(10) @ np.arange(10.0)[:, None]
        return RegionAttribution(sign * table, fill.name, aligned.parts)

    fresh_settings.setattr("face2bone.apparent_age.region_shapley", at_odds)
    app = opened(typed(uploaded(page, astronaut, "photo.png")), TAB)
    app = done(app.button(key="ask_age_parts").click().run())
    assert any("withheld" in info.value for info in app.info)
    assert "younger ← years → older" not in "\n".join(m.value for m in app.markdown)


def test_without_a_face_age_bundle_nothing_is_said(
    page: AppTest, astronaut: bytes, fresh_settings: pytest.MonkeyPatch
) -> None:
    set_up(fresh_settings, "/nowhere")
    app = opened(typed(uploaded(page, astronaut, "photo.png")), TAB)
    assert line(app) == ""
    assert any("No face age model" in c.value for c in app.caption)


def test_a_bundle_that_cannot_be_read_is_a_sentence_and_the_rest_stays(
    page: AppTest, astronaut: bytes, fresh_settings: pytest.MonkeyPatch, tiny_model: object
) -> None:
    set_up(fresh_settings, str(getattr(tiny_model, "root")))  # noqa: B009
    app = opened(typed(uploaded(page, astronaut, "photo.png")), TAB)
    assert any("does not say how old" in c.value for c in app.caption)
    assert at_records(app)
