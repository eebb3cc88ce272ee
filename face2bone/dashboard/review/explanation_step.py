"""Why: which regions and which concepts the result rests on; computed for who opens it."""

import numpy as np
import streamlit as st

from face2bone.assess import Explanation, LocatedFace
from face2bone.dashboard.common import charts, elements, session
from face2bone.dashboard.common.job_progress import watched
from face2bone.dashboard.review.explanation_details import agreement, closer, third_fill
from face2bone.dashboard.review.self_check import passed
from face2bone.drawing.pictures import concept_png, overlay_png
from face2bone.explain.estimate import RegionEstimate
from face2bone.explain.shapley import RegionAttribution
from face2bone.modalities.parts import Part
from face2bone.runtime import Prediction

CONCEPTS_SHOWN = 4
SEVERITY = "severity as a whole"


def why_step(found: LocatedFace, prediction: Prediction) -> None:
    """Region attributions as named bars and on the face, then concept cards."""
    st.caption(
        "What the model's answer rests on in this photo. It explains the model, not the bone."
    )
    at = session.key(session.EXPLANATION, found.photo_sha256)
    watching, third, shown = elements.places(3)
    job = session.explanation(found)
    predicted = int(prediction.probabilities.argmax())
    with watching:
        explanation = watched(job, at, lambda: _so_far(found, predicted))
    if explanation is None:
        return
    with third:
        explanation = third_fill(found, explanation)
    with shown:
        _explained(found, prediction, explanation)


def _so_far(found: LocatedFace, predicted: int) -> None:
    """What is known while the rest is computed: an estimate, later the exact regions."""
    known = session.so_far(found)
    if not known:
        return
    latest = known[-1]
    if isinstance(latest, RegionEstimate):
        _estimate(latest, found.aligned.parts, predicted)
    elif _first(found, latest, predicted) == len(session.classes()):
        _severity(found, latest)
    else:
        _region_values(found, latest, predicted)


def _estimate(estimate: RegionEstimate, parts: tuple[Part, ...], k: int) -> None:
    bars, words = st.columns([3, 2], gap="large")
    with bars:
        elements.drawing(
            charts.region_bars(
                estimate.values[:, k],
                parts,
                charts.class_axis(session.classes()[k]),
                estimate.half_widths[:, k],
            )
        )
    words.caption(
        "**Estimate**, with 95% intervals. The exact values follow if they pass their check.",
        help=f"From {estimate.used:,} of {estimate.total:,} combinations of regions; not kept.",
    )


def _explained(found: LocatedFace, prediction: Prediction, explanation: Explanation) -> None:
    predicted = int(prediction.probabilities.argmax())
    first = _first(found, explanation, predicted)
    chosen = st.segmented_control(
        "What is explained",
        range(len(session.classes()) + 1),
        default=first,
        format_func=lambda i: (*session.classes(), SEVERITY)[i],
        key=f"explained_class_{found.photo_sha256[:8]}",
        required=True,  # else the switch could show nothing beside a plot of the first
    )
    k = int(chosen)
    if k == len(session.classes()):
        _severity(found, explanation)
    else:
        _regions(found, explanation, k)
    _concepts(found, explanation, predicted if k == len(session.classes()) else k)


def _first(found: LocatedFace, explanation: Explanation, predicted: int) -> int:
    """What is shown first, kept with the explanation it was asked of."""
    return session.of_explanation(
        explanation, "first_shown", found, lambda: _first_shown(explanation, predicted)
    )


def _first_shown(explanation: Explanation, predicted: int) -> int:
    """The class named; severity where only that passes its check, as with a class in the middle."""
    severity = explanation.severity_check(session.assessor().bundle.calibration)
    passes = severity is not None and severity.reason is None
    return len(session.classes()) if passes and explanation.withheld(predicted) else predicted


def _regions(found: LocatedFace, explanation: Explanation, k: int) -> None:
    if _region_values(found, explanation, k):
        agreement(found, explanation, k)
        closer(found, explanation, k)


def _region_values(found: LocatedFace, explanation: Explanation, k: int) -> bool:
    """The bars and the tinted face of a class, if they pass their check; returns whether."""
    check = session.of_explanation(
        explanation, f"check_{k}", found, lambda: explanation.self_check(k)
    )
    if not passed(check):
        return False
    blurred = explanation.regions[0]
    bars, face = st.columns([3, 2], gap="large")
    values = blurred.values[:, k]
    with bars:
        elements.drawing(
            charts.region_bars(values, blurred.parts, charts.class_axis(session.classes()[k]))
        )
    with face:
        alt = f"The crop tinted by what makes {session.classes()[k]} more or less likely"
        elements.picture(overlay_png(found.aligned, values), alt, width=260)
        st.caption(
            "Left is the patient's left.",
            help="Exact Shapley values over all 1,024 combinations of regions, in log-odds: they "
            "add up to the difference between this face and one with every region hidden.",
        )
        st.caption(_pair_words(blurred, k))
    return True


def _pair_words(attribution: RegionAttribution, k: int) -> str:
    first, second, value = attribution.strongest_pair(k)
    together = "do more together than apart" if value > 0 else "stand in for each other"
    return f"Of all pairs, {first.label} and {second.label} interact most: they {together}."


def _severity(found: LocatedFace, explanation: Explanation) -> None:
    """The ordered scale as one number: which regions move it toward thinner bone."""
    calibration = session.assessor().bundle.calibration
    check = session.of_explanation(
        explanation, "check_severity", found, lambda: explanation.severity_check(calibration)
    )
    if not passed(check):
        return
    severity = explanation.regions[0].severity(calibration)
    bars, face = st.columns([3, 2], gap="large")
    with bars:
        scale = "toward normal ← expected class → toward osteoporosis"
        elements.drawing(charts.region_bars(severity.values, found.aligned.parts, scale))
    with face:
        alt = "The crop tinted by what moves the expected class"
        elements.picture(overlay_png(found.aligned, severity.values), alt, width=260)
        st.caption(
            f"The expected class on a scale from 0 (normal) to 2 (osteoporosis) is "
            f"{severity.full:.2f}; with every region painted over it would be {severity.base:.2f}. "
            "The bars add up to the difference."
        )


def _concepts(found: LocatedFace, explanation: Explanation, k: int) -> None:
    concepts = explanation.concepts
    bundle = session.assessor().bundle
    bank = bundle.concepts
    st.subheader("Concepts")
    st.caption(
        f"Patterns the model finds again and again in {bundle.card.faces}, the most important "
        "first.",
        help="Importance: how much the class depends on it, from 0 to 1; 95 of 100 repeats with "
        "other random masks stay within ±. Presence: how much of it is in this photo. The picture "
        "is lit where it sits here.",
    )
    order = np.argsort(-concepts.importance[:, k])[:CONCEPTS_SHOWN]
    for column, i in zip(st.columns(len(order)), order, strict=True):
        with column, st.container(border=True):
            st.markdown(f"**{concepts.names[i]}**")
            alt = f"Where {concepts.names[i]} sits in this photo"
            elements.picture(concept_png(found.aligned, concepts.location[i]), alt)
            st.markdown(
                f"Importance {concepts.importance_words(int(i), k)} · "
                f"presence {concepts.presence[i]:.2f}"
            )
            st.caption(" ".join((bank.description[i], bundle.naming(int(i)))).strip())
