"""What *Why* shows first, and what it does not show."""

from types import SimpleNamespace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from face2bone.assessment import Explanation
from face2bone.bone import CLASS_LABELS
from face2bone.dashboard.common import session
from face2bone.dashboard.review import explanation_step
from face2bone.explain.baselines import Baseline
from face2bone.explain.coalitions import all_coalitions
from face2bone.explain.craft import ConceptAttribution
from face2bone.explain.shapley import RegionAttribution
from face2bone.modalities.face import FACE_PARTS, find_face, shared_locator
from face2bone.modalities.photo import Photo
from tests.dashboard.acts import SECONDS, at_records, explained

WORTH = np.array([3.0, -1.0, 0.5, 2.0, 0.1, 1.0, -2.0, 4.0, 1.5, 0.25])
Scales = tuple[float, float, float]
ENDS: Scales = (-0.2, 0.02, 0.2)
SEVERITY = 3
EXACT = "Left is the patient's left."


def game(scales: Scales, fill: str) -> RegionAttribution:
    """Additive in every class, the regions' worth times the class's scale."""
    return RegionAttribution(all_coalitions(10) @ np.outer(WORTH, scales), fill, FACE_PARTS)


def explanation(blur: Scales, mean_picture: Scales) -> Explanation:
    none = np.zeros((0, 3))
    concepts = ConceptAttribution((), none[:, 0], none, none, none.astype(np.float32), none, 1.0)
    return Explanation((game(blur, "blur"), game(mean_picture, "mean face")), concepts)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("mean_picture", "predicted", "shown"),
    [
        (ENDS, 1, 1),
        ((-0.1, -0.02, 0.1), 1, SEVERITY),  # the middle class turns round, the scale does not
        ((-0.1, -0.02, 0.1), 2, 2),
        ((0.1, -0.02, -0.1), 2, 2),  # nothing passes: the class named, withheld
    ],
)
def test_the_class_named_comes_first_unless_only_severity_passes(
    monkeypatch: pytest.MonkeyPatch, mean_picture: Scales, predicted: int, shown: int
) -> None:
    facts = SimpleNamespace(classes=CLASS_LABELS)
    assessor = SimpleNamespace(bundle=SimpleNamespace(calibration=[]), facts=facts)
    monkeypatch.setattr(session, "assessor", lambda: assessor)
    assert explanation_step._first_shown(explanation(ENDS, mean_picture), predicted) == shown


@pytest.mark.slow
def test_what_fails_is_withheld_and_the_page_goes_on(
    tiny_model: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    def disagreeing(
        _: object, aligned: object, fill: Baseline, *_watch: object
    ) -> RegionAttribution:
        return game(ENDS if fill.name == "blur" else (0.2, -0.02, -0.2), fill.name)

    monkeypatch.setattr("face2bone.assess.region_shapley", disagreeing)
    page = AppTest.from_file("../../../pages/review.py", default_timeout=SECONDS).run()
    app = explained(page.button(key="sample_0").click().run())
    assert not app.exception
    assert any("regions are withheld" in warning.value for warning in app.warning)
    assert EXACT not in "\n".join(caption.value for caption in app.caption)
    assert at_records(app)


def so_far() -> None:
    import numpy as np

    from face2bone.dashboard.common import session
    from face2bone.dashboard.review import explanation_step
    from face2bone.explain.estimate import RegionEstimate
    from tests.dashboard.review.test_explanation_step import ENDS, explanation

    session.review_case().results[session.key(session.SO_FAR, "photo")] = [
        RegionEstimate(np.full((10, 3), 0.25), np.full((10, 3), 0.05), 128, 1024)
        if not session.st.session_state.get("settled")
        else explanation(ENDS, session.st.session_state["second_fill"])
    ]
    located = session.st.session_state["located"]
    explanation_step._so_far(located, 2)


@pytest.fixture
def running(tiny_model: object, drawn_photo: Photo) -> AppTest:
    """The page of an explanation that is still being computed."""
    app = AppTest.from_function(so_far, default_timeout=SECONDS)
    aligned = find_face(drawn_photo, shared_locator()).aligned
    app.session_state["located"] = SimpleNamespace(
        photo_sha256="photo", aligned=aligned, beside=(), number=0
    )
    return app


def text_of(app: AppTest) -> str:
    assert not app.exception
    return "\n".join(str(e.value) for e in (*app.markdown, *app.caption, *app.warning))


def test_an_estimate_is_called_one_and_has_its_intervals(running: AppTest) -> None:
    text = text_of(running.run())
    assert "**Estimate**, with 95% intervals" in text
    assert "+0.25 ± 0.10" in text
    assert EXACT not in text


def test_settled_regions_do_not_wait_for_the_concepts(running: AppTest) -> None:
    running.session_state["settled"], running.session_state["second_fill"] = True, ENDS
    text = text_of(running.run())
    assert EXACT in text
    assert "Estimate" not in text
    assert not running.button, "nothing can be asked for before all is done"


def test_settled_regions_that_fail_their_check_are_withheld(running: AppTest) -> None:
    running.session_state["settled"] = True
    running.session_state["second_fill"] = (0.2, -0.02, -0.2)
    text = text_of(running.run())
    assert "regions are withheld" in text
    assert EXACT not in text
