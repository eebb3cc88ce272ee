"""The whole way through on the bundle that ships: a drawn face, a real face, no face."""

import copy
from dataclasses import replace

import numpy as np
import pytest
from skimage.data import chelsea

from face2bone import assess
from face2bone.assess import STEPS, Assessor
from face2bone.assessment import Assessment
from face2bone.bundle import Bundle, load_bundle
from face2bone.clinical.pathway import Urgency
from face2bone.drawn.face.samples import Sample, sample_patients, unusable_photo
from face2bone.errors import BundleCorrupt, PhotoError, SubjectNotFound, SubjectRejected
from face2bone.explain.craft import no_concepts
from face2bone.modalities.photo import Photo, photo_from_pixels, read_photo
from face2bone.patient import Patient, RedFlag, Sex
from tests.conftest import ROOT

PATIENT = Patient(67, Sex.FEMALE, 158, 52)


@pytest.fixture(scope="module")
def sample() -> Sample:
    return sample_patients()[0]


def test_probabilities_are_calibrated_and_sum_to_one(assessment: Assessment) -> None:
    p = assessment.prediction.probabilities
    assert p.shape == (3,)
    assert p.sum() == pytest.approx(1.0, abs=1e-6)
    assert int(p.argmax()) in assessment.prediction.prediction_set


def test_a_bundle_of_other_pictures_or_classes_is_refused(tiny_bundle: Bundle) -> None:
    card = tiny_bundle.card
    other_input = replace(card, input=replace(card.input, mask_value=0))
    other_order = replace(card, labels=card.labels[::-1])
    for other in (other_input, other_order):
        with pytest.raises(BundleCorrupt, match="reads other pictures or answers another question"):
            Assessor(replace(tiny_bundle, card=other))


def test_region_values_add_up_to_the_logits(assessment: Assessment) -> None:
    for game in assessment.explanation.regions:
        gap = game.base + game.values.sum(axis=0) - game.full
        assert np.abs(gap).max() < 1e-4


def test_a_drawn_face_is_in_the_demo_bundles_domain(assessment: Assessment) -> None:
    assert not assessment.prediction.out_of_domain.is_outside


def test_a_demo_bundle_never_drives_the_referral(
    assessor: Assessor, assessment: Assessment
) -> None:
    alone = assessor.refer(assessment.patient, None)
    assert assessment.referral.urgency is alone.urgency
    assert "demonstration" in assessment.referral.picture_effect


def test_a_task_that_may_not_refer_leaves_the_suggestion_to_the_answers(
    assessor: Assessor, assessment: Assessment
) -> None:
    patient, prediction = assessment.patient, assessment.prediction
    quiet = copy.copy(assessor)
    quiet.tools = replace(assessor.tools, task=replace(assessor.tools.task, may_refer=False))
    assert quiet.refer(patient, prediction) == assessor.refer(patient, None)
    assert assessor.refer(patient, prediction) != assessor.refer(patient, None)


def test_a_red_flag_wins_over_any_face(assessor: Assessor, assessment: Assessment) -> None:
    flagged = Patient(67, Sex.FEMALE, 158, 52, red_flags=frozenset({RedFlag.HEIGHT_LOSS}))
    assert assessor.refer(flagged, assessment.prediction).urgency is Urgency.URGENT


def test_a_real_photo_is_unlike_the_training_faces(
    assessor: Assessor, astronaut_photo: Photo
) -> None:
    located = assessor.locate(astronaut_photo)
    assert not located.rejected
    assert located.reasons
    assert assessor.predict(located).out_of_domain.is_outside


def test_no_face_is_its_own_error(assessor: Assessor) -> None:
    with pytest.raises(SubjectNotFound):
        assessor.locate(photo_from_pixels(chelsea()))


def test_a_rejected_photo_gets_no_prediction(assessor: Assessor) -> None:
    located = assessor.locate(read_photo(unusable_photo()))
    assert located.rejected
    with pytest.raises(SubjectRejected, match="cannot be assessed"):
        assessor.predict(located)


def test_damaged_bytes_are_a_photo_error(assessor: Assessor) -> None:
    with pytest.raises(PhotoError):
        assessor.assess(b"\xff\xd8\xff nothing follows", PATIENT)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("bundle", "ways"),
    [("demo", ["blur", "inpaint", "mean face"]), ("knee-demo", ["mean knee", "blur", "inpaint"])],
)
def test_parts_are_hidden_in_the_ways_of_the_study(
    bundle: str, ways: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(assess, "region_shapley", lambda _f, _a, by, *_: asked.append(by.name))
    monkeypatch.setattr(assess, "explain_concepts", lambda *_: no_concepts())
    assessor = Assessor(load_bundle(ROOT / "models" / bundle))
    sample = assessor.tools.samples()[0]
    picture = assessor.tools.modality.read(sample.photo_bytes())
    found = assessor.for_patient(assessor.locate(picture), sample.patient)
    assessor.explain(found)
    assessor.explain_in_third_way(found)
    assert asked == ways


def test_progress_names_every_step_in_order(assessed: tuple[Assessment, list[str]]) -> None:
    assert list(dict.fromkeys(assessed[1])) == list(STEPS)


@pytest.mark.slow
def test_a_watcher_can_cancel(assessor: Assessor, sample: Sample) -> None:
    def stop(stage: str, done: float, total: float = 1, note: str = "", /) -> None:
        if stage == "regions" and done > 0:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        assessor.assess(sample.photo_bytes(), sample.patient, stop)


def test_the_same_photo_gives_the_same_answer(
    assessor: Assessor, assessment: Assessment, sample: Sample
) -> None:
    again = assessor.predict(assessor.locate(read_photo(sample.photo_bytes())))
    np.testing.assert_array_equal(again.probabilities, assessment.prediction.probabilities)
