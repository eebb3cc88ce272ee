"""The Explore page in Streamlit's own test runner; what it looks like: tests/browser."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from face2bone.bundle import Bundle, bundle_hash, load_bundle
from face2bone.cohort_explanations.folder import SHIPPED, write_explained
from face2bone.cohort_explanations.pair import difference
from face2bone.cohort_explanations.table import explored
from face2bone.dashboard.explore import change
from face2bone.dashboard.explore import page as explore_page
from face2bone.dashboard.explore.browse import NO_PICTURE
from face2bone.dashboard.explore.page import VIEWS
from face2bone.drawn.face.patients import draw_patient
from face2bone.drawn.people import patient_seed
from face2bone.drawn.worlds import World
from face2bone.modalities.face.parts import FACE_PARTS
from tests.cohort_explanations.made import LAYOUT, cohort_of, figures
from tests.dashboard.acts import done, named, tables

SECONDS = 120
NOBODY = pd.DataFrame({"row": [], "patient_id": [], "reason": []})
PHOTOS = 30


@pytest.fixture
def with_cohort(bundle_root: Path, tiny_bundle: Bundle) -> Path:
    write_explained(cohort_of(PHOTOS, tiny_bundle.sha256), NOBODY, bundle_root / SHIPPED)
    return bundle_root


def page(view: str = "Patients") -> AppTest:
    app = AppTest.from_file("../../../pages/explore.py", default_timeout=SECONDS)
    app.session_state["explore_view"] = view
    return app.run()


def words(app: AppTest) -> str:
    shown = (*app.markdown, *app.caption, *app.info, *app.warning)
    return " ".join(element.value for element in shown)


@pytest.mark.slow
@pytest.mark.parametrize("view", VIEWS)
def test_every_view_draws_and_says_the_faces_are_drawn(with_cohort: Path, view: str) -> None:
    app = page(view)
    assert not app.exception
    assert [heading.value for heading in app.header] == [view]
    assert "nobody here exists" in words(app)


def test_the_table_shows_pictures_only_where_one_is_kept(with_cohort: Path) -> None:
    app = page()
    (table,) = [frame.value for frame in app.dataframe]
    assert len(table) == 25
    assert f"{PHOTOS} of {PHOTOS} photos" in words(app)
    assert not table.isna().to_numpy().any()  # a cell without a value would read None
    kept = table["picture"].str.startswith("data:image/jpeg;base64,")
    assert 0 < kept.sum() < 25
    assert set(table["picture"][~kept]) == {NO_PICTURE}
    app.selectbox(key="explore_page").set_value(2).run()
    assert len(app.dataframe[0].value) == PHOTOS - 25


def test_filters_and_order_reach_the_table(with_cohort: Path) -> None:
    app = page()
    app.multiselect(key="explore_class").set_value(["osteoporosis"]).run()
    app.multiselect(key="explore_sex").set_value(["F"]).run()
    app.selectbox(key="explore_sort").select("uncertainty").run()
    table = app.dataframe[0].value
    assert set(table["measured"]) == {"osteoporosis"}
    assert set(table["sex"]) == {"woman"}
    assert table["uncertainty"].is_monotonic_decreasing
    app.slider(key="explore_error").set_value(1.0).run()
    assert "No patient passes" in words(app)


def test_a_cohort_of_the_site_is_chosen_by_its_name(
    with_cohort: Path, tiny_bundle: Bundle, tmp_path: Path, fresh_settings: pytest.MonkeyPatch
) -> None:
    other = cohort_of(6, tiny_bundle.sha256)
    real = replace(other, about=replace(other.about, world=None, description="6 patients"))
    real.table["thumbnail"] = None
    write_explained(real, NOBODY, tmp_path / "site" / "clinic-2026")
    write_explained(cohort_of(6, "0" * 64), NOBODY, tmp_path / "site" / "other-model")
    fresh_settings.setenv("FACE2BONE_EXPLAINED", str(tmp_path / "site"))
    app = page()
    assert "nobody here exists" in words(app)
    assert app.selectbox(key="explore_site").options == ["clinic-2026", "other-model"]
    app.selectbox(key="explore_site").set_value("clinic-2026").run()
    assert not app.exception
    assert set(app.dataframe[0].value["picture"]) == {NO_PICTURE}
    assert "only where consent is recorded" in words(app)
    app.selectbox(key="explore_site").set_value("other-model").run()
    assert "of another model" in app.error[0].value
    assert not app.dataframe


def test_nobody_types_a_path_of_the_server(with_cohort: Path) -> None:
    app = page()
    assert not app.text_input
    assert "explore_site" not in {box.key for box in app.selectbox}


@pytest.mark.parametrize(("name", "said"), [("empty", "holds no"), ("nothing", "cannot be read")])
def test_a_folder_of_the_site_without_cohorts_is_one_sentence(
    with_cohort: Path,
    tmp_path: Path,
    fresh_settings: pytest.MonkeyPatch,
    name: str,
    said: str,
) -> None:
    (tmp_path / "empty").mkdir()
    fresh_settings.setenv("FACE2BONE_EXPLAINED", str(tmp_path / name))
    app = page()
    (refusal,) = app.error
    assert said in refusal.value
    assert len(app.dataframe) == 1  # the model's own cohort is there all the same


def test_a_model_without_a_cohort_says_how_to_make_one(bundle_root: Path) -> None:
    app = page()
    assert not app.exception
    assert "face2bone explain" in app.info[0].value


def test_groups_show_a_face_each_and_one_region_across_them(with_cohort: Path) -> None:
    app = page("Groups")
    assert len(app.get("html")) == 3  # a face for each true class
    assert "Only 10 patients" in words(app)
    app.selectbox(key="explore_region").select(FACE_PARTS[4]).run()
    assert not app.exception
    assert FACE_PARTS[4].label in app.get("plotly_chart")[1].proto.spec
    app.selectbox(key="explore_by").select("age").run()
    assert not app.exception


def test_two_patients_are_told_apart_in_words(with_cohort: Path) -> None:
    app = page("Two patients")
    app.selectbox(key="pair_a").select(3).run()
    app.selectbox(key="pair_b").select(8).run()
    assert not app.exception
    for sentence in difference(figures(3), figures(8), "severity", LAYOUT).words:
        assert sentence in words(app)


def pictures(app: AppTest) -> list[str]:
    """The sources of the pictures."""
    bodies = [element.proto.body for element in app.get("html")]
    return [body.split('src="')[1].split('"')[0] for body in bodies if "src=" in body]


@pytest.fixture
def quick_change(monkeypatch: pytest.MonkeyPatch) -> Callable[..., object]:
    """The background work without 1,024 passes."""

    def explained(assessor: object, variant: object, progress: Callable[[str, float], None]):  # type: ignore[no-untyped-def]
        progress("regions", 0.5)
        return figures(77)

    monkeypatch.setattr(change, "explained_variant", explained)
    return explained


@pytest.mark.slow
def test_a_moved_slider_changes_the_face_and_the_answer(
    with_cohort: Path, quick_change: object
) -> None:
    app = page("Change a face")
    assert "Move a slider" in words(app)
    assert pictures(app)[0] == pictures(app)[1]
    assert all(line.endswith("+0.0 points") for line in tables(app)[0].splitlines()[1:])
    drawn = draw_patient(patient_seed(400_900, 0), World.PLANTED).ageing.orbit
    assert f"As drawn: {drawn:.1f}" in words(app)
    named(app.slider, "change_orbit").set_value(8.5).run()
    assert not app.exception
    assert pictures(app)[0] != pictures(app)[1]
    app.button(key="change_explain").click().run()
    app = done(app)
    assert not app.exception
    words_of = difference(
        figures(0), figures(77), "severity", LAYOUT, ("As drawn", "Changed")
    ).words
    assert all(sentence in words(app) for sentence in words_of)
    named(app.slider, "change_orbit").set_value(0.0).run()
    assert app.button(key="change_explain")  # another face: asked for anew


def test_a_concepts_name_is_kept_with_the_model_or_refused_beside_its_box(
    with_cohort: Path,
) -> None:
    app = page("Concepts")
    sha = load_bundle(with_cohort).sha256
    app.text_input(key="name_1").set_value("Deep fold").run()
    assert "Who gives the name" in app.error[0].value
    assert load_bundle(with_cohort).concepts.names[1] != "Deep fold"
    app.text_input(key="saver_name").set_value("Dr. Li").run()
    assert not app.exception
    assert not app.error
    assert "**Deep fold**" in words(app)
    renamed = load_bundle(with_cohort)
    assert renamed.concepts.names[1] == "Deep fold"
    assert any(renamed.naming(1) in caption.value for caption in app.caption)
    assert renamed.sha256 == sha
    app.text_input(key="name_2").set_value("deep fold").run()
    assert not app.exception
    assert "called" in app.error[0].value
    assert load_bundle(with_cohort).concepts.names == renamed.concepts.names
    app.text_input(key="name_2").set_value(renamed.concepts.names[2]).run()
    assert not app.error, "typed back: nothing is refused any more"


def test_cards_come_by_importance(with_cohort: Path, tiny_bundle: Bundle) -> None:
    app = page("Concepts")
    names = [m.value.strip("*") for m in app.markdown if m.value.startswith("**Concept")]
    order = np.argsort(-tiny_bundle.concepts.importance[:, 2], kind="stable")
    # Cards go left and right in turn, and the page lists its columns one after the other.
    expected = [tiny_bundle.concepts.names[i] for i in (*order[::2], *order[1::2])]
    assert names == expected


@pytest.mark.slow
def test_every_photos_values_are_drawn_by_shap_when_asked(with_cohort: Path) -> None:
    app = page("Groups")
    assert not any("Beeswarm" in str(drawn.body) for drawn in app.get("html"))
    app.session_state["explore_shap"] = True
    app.run()
    assert not app.exception


def test_a_cohort_explained_on_the_cohort_page_is_shown_first(
    with_cohort: Path, tiny_bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = cohort_of(6, tiny_bundle.sha256)
    mine = explored(replace(own, about=replace(own.about, world=None, description="6 of mine")))
    facts = SimpleNamespace(sha256=bundle_hash(load_bundle(with_cohort)))
    work = SimpleNamespace(facts=facts, explained=mine)
    monkeypatch.setattr(explore_page.jobs, "work_of", lambda _: work)
    app = page()
    assert not app.exception
    assert "6 of mine" in words(app)
    app.segmented_control(key="explore_which").set_value(explore_page.BROUGHT).run()
    assert f"{PHOTOS} of {PHOTOS} photos" in words(app)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("running", "done", "busy", "told"),
    [
        (True, False, True, "still being scored"),
        (False, False, False, "paused: 4 of 6 photos are scored. Resume it"),
        (False, True, True, "is being explained"),
        (False, True, False, "scored but not explained"),
    ],
)
def test_how_far_the_visitors_own_cohort_is(
    with_cohort: Path,
    monkeypatch: pytest.MonkeyPatch,
    running: bool,
    done: bool,
    busy: bool,
    told: str,
) -> None:
    facts = SimpleNamespace(sha256=bundle_hash(load_bundle(with_cohort)))
    work = SimpleNamespace(
        facts=facts, explained=None, running=running, done=done, busy=busy, count_done=4,
        listed=range(6),
    )  # fmt: skip
    led = list[str]()
    monkeypatch.setattr(explore_page.jobs, "work_of", lambda _: work)
    monkeypatch.setattr(explore_page.st, "page_link", lambda page, **_: led.append(page))
    app = page()
    assert not app.exception
    assert told in app.info[0].value
    assert led == ["pages/cohort.py"]


def test_one_photo_is_not_compared_with_itself(with_cohort: Path) -> None:
    app = page("Two patients")
    chosen = app.selectbox(key="pair_b").value
    app.selectbox(key="pair_a").set_value(chosen).run()
    assert not app.exception
    assert "A and B are the same photo" in words(app)
    assert not app.subheader
    app.selectbox(key="pair_a").set_value((chosen + 1) % PHOTOS).run()
    assert [heading.value for heading in app.subheader] == ["What sets B apart from A"]
    assert "two photos of the same patient" not in words(app)


def test_two_photos_of_one_patient_are_said_to_be(bundle_root: Path, tiny_bundle: Bundle) -> None:
    cohort = cohort_of(PHOTOS, tiny_bundle.sha256)
    cohort.table["patient_id"] = "P-1"
    write_explained(cohort, NOBODY, bundle_root / SHIPPED)
    app = page("Two patients")
    assert not app.exception
    assert "A and B are two photos of the same patient." in words(app)
    assert app.subheader
