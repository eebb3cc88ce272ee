"""Between which studies a page lets choose, told from the cards alone."""

import os
from pathlib import Path

import pytest

from face2bone.dashboard.common.offered import named, offered, study_of
from tests.conftest import ROOT

MODELS = ROOT / "models"


def ids() -> list[str]:
    return [one.study.id for one in offered()]


def test_the_demonstrations_that_ship_are_all_offered(fresh_settings: pytest.MonkeyPatch) -> None:
    assert ids() == ["face2bone", "bone_net", "osteoai"]


def test_whoever_names_a_model_is_offered_no_other(fresh_settings: pytest.MonkeyPatch) -> None:
    fresh_settings.setenv("FACE2BONE_BUNDLE", str(MODELS / "knee-demo"))
    assert ids() == ["bone_net"]


def test_others_are_named_in_one_variable_and_of_one_study_the_first_counts(
    fresh_settings: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    fresh_settings.setenv("FACE2BONE_BUNDLE", str(MODELS / "hand-demo"))
    others = ["demo", "knee-demo", "hand-demo", "nowhere"]
    joined = os.pathsep.join(str(MODELS / name) for name in others)
    fresh_settings.setenv("FACE2BONE_OTHER_BUNDLES", joined)
    assert ids() == ["osteoai", "face2bone", "bone_net"]
    assert named("bone_net").root == MODELS / "knee-demo"
    assert named("osteoai").root == MODELS / "hand-demo"
    assert named("").study.id == "osteoai"


@pytest.mark.parametrize("card", ["", "- a list", "study: unheard_of", "study: face_age", "{"])
def test_a_card_that_cannot_be_read_offers_nothing(tmp_path: Path, card: str) -> None:
    (tmp_path / "card.yaml").write_text(card, "utf-8")
    assert study_of(tmp_path) is None


def test_a_card_of_old_names_no_study(tmp_path: Path) -> None:
    (tmp_path / "card.yaml").write_text("name: demo\n", "utf-8")
    study = study_of(tmp_path)
    assert study is not None
    assert study.id == "face2bone"


def test_a_card_that_is_put_right_is_offered_without_a_restart(tmp_path: Path) -> None:
    assert study_of(tmp_path) is None
    for card, expected in (("study: unheard_of", None), ("study: osteoai", "osteoai"), ("{", None)):
        (tmp_path / "card.yaml").write_text(card, "utf-8")
        study = study_of(tmp_path)
        assert (study and study.id) == expected
