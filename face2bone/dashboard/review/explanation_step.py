"""Why: which regions and which concepts the result rests on; computed for who opens it."""

import numpy as np
import numpy.typing as npt
import streamlit as st

from face2bone.assessment import Explanation, LocatedSubject
from face2bone.bundle import ConceptBank
from face2bone.dashboard.common import charts, elements, session
from face2bone.dashboard.common.job_progress import watched
from face2bone.dashboard.common.language import say, speaker
from face2bone.dashboard.common.literal import literal
from face2bone.dashboard.review.explanation_details import agreement, closer, third_fill
from face2bone.dashboard.review.layout import is_full
from face2bone.dashboard.review.self_check import passed
from face2bone.drawing.pictures import concept_crop_png, overlay_png, strip_png
from face2bone.explain.estimate import RegionEstimate
from face2bone.explain.shapley import RegionAttribution
from face2bone.modalities.parts import Part
from face2bone.runtime import Prediction
from face2bone.words import template, together

CONCEPTS_SHOWN = 4
CONCEPT_PIXELS = 130
SEVERITY = template("severity as a whole")
LEFT = template("Left is the patient's left.")
NO_SIDES = template("Red parts speak for the class, blue ones against it.")
CONCEPT_PICTURES = template(
    "The first picture is cut from this {picture} where the pattern is strongest; below it, where "
    "it is strong in others."
)
CONCEPT_FIGURES = template(
    "Importance: how much the class depends on it, from 0 to 1; 95 of 100 repeats with other "
    "random masks stay within ±. Presence: how much of it is in this {picture}."
)


def why_step(found: LocatedSubject, prediction: Prediction) -> None:
    """Region attributions as named bars and on the face, then concept cards."""
    st.caption(
        say(
            "What the model's answer rests on in this {picture}. It explains the model, not the "
            "bone.",
            picture=session.noun(),
        )
    )
    at = session.key_of(session.EXPLANATION, found)
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


def _so_far(found: LocatedSubject, predicted: int) -> bool:
    """What is known while the rest is computed: an estimate, later the exact regions."""
    known = session.so_far(found)
    if not known:
        return False
    latest = known[-1]
    if isinstance(latest, RegionEstimate):
        _estimate(latest, found.aligned.parts, predicted)
    elif _first(found, latest, predicted) == len(session.classes()):
        _severity(found, latest)
    else:
        _region_values(found, latest, predicted)
    return True


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
        say("**Estimate**, with 95% intervals. The exact values follow if they pass their check."),
        help=say(
            "From {used} of {total} combinations of regions; not kept.",
            used=f"{estimate.used:,}",
            total=f"{estimate.total:,}",
        ),
    )


def _explained(found: LocatedSubject, prediction: Prediction, explanation: Explanation) -> None:
    predicted = int(prediction.probabilities.argmax())
    first = _first(found, explanation, predicted)
    k = _chosen(found, first) if is_full() else first
    if k == len(session.classes()):
        _severity(found, explanation)
    else:
        _regions(found, explanation, k)
    _concepts(found, explanation, predicted if k == len(session.classes()) else k)


def _chosen(found: LocatedSubject, first: int) -> int:
    """The class to explain, or one more than the last for severity as a whole."""
    chosen = st.segmented_control(
        say("What is explained"),
        range(len(session.classes()) + 1),
        default=first,
        format_func=speaker(lambda i: (*session.classes(), SEVERITY)[i]),
        key=session.review_case().photo_key("explained_class", found.photo_sha256),
        persist_state="session",
        required=True,  # else the switch could show nothing beside a plot of the first
    )
    return int(chosen)


def _first(found: LocatedSubject, explanation: Explanation, predicted: int) -> int:
    """What is shown first, kept with the explanation it was asked of."""
    return session.of_explanation(
        explanation, "first_shown", found, lambda: _first_shown(explanation, predicted)
    )


def _first_shown(explanation: Explanation, predicted: int) -> int:
    """The class named; severity where only that passes its check, as with a class in the middle."""
    severity = explanation.severity_check(session.assessor_at_hand().bundle.calibration)
    passes = severity is not None and severity.reason is None
    return len(session.classes()) if passes and explanation.withheld(predicted) else predicted


def _regions(found: LocatedSubject, explanation: Explanation, k: int) -> None:
    if _region_values(found, explanation, k) and is_full():
        agreement(found, explanation, k)
        closer(found, explanation, k)


def _region_values(found: LocatedSubject, explanation: Explanation, k: int) -> bool:
    """The bars and the tinted crop of a class, if they pass their check; returns whether."""
    check = session.of_explanation(
        explanation, f"check_{k}", found, lambda: explanation.self_check(k)
    )
    if not passed(check):
        return False
    blurred = explanation.regions[0]
    bars, crop = st.columns([3, 2], gap="large")
    values = blurred.values[:, k]
    with bars:
        elements.drawing(
            charts.region_bars(values, blurred.parts, charts.class_axis(session.classes()[k]))
        )
    with crop:
        alt = say(
            "The crop tinted by what makes {name} more or less likely", name=session.classes()[k]
        )
        elements.picture(overlay_png(found.aligned, values), alt, width=260)
        st.caption(
            say(LEFT if any(part.side for part in blurred.parts) else NO_SIDES),
            help=say(
                "Exact Shapley values over all {count} combinations of regions, in log-odds: they "
                "add up to the difference between this {subject} and one with every region hidden.",
                count=f"{2 ** len(blurred.parts):,}",
                subject=session.subject(),
            ),
        )
        if is_full():
            st.caption(_pair_words(blurred, k))
    return True


def _pair_words(attribution: RegionAttribution, k: int) -> str:
    first, second, value = attribution.strongest_pair(k)
    if value > 0:
        words = template(
            "Of all pairs, {first} and {second} interact most: they do more together than apart."
        )
    else:
        words = template(
            "Of all pairs, {first} and {second} interact most: they stand in for each other."
        )
    return say(words, first=first.label, second=second.label)


def _severity(found: LocatedSubject, explanation: Explanation) -> None:
    """The ordered scale as one number: which regions move it toward thinner bone."""
    calibration = session.assessor_at_hand().bundle.calibration
    check = session.of_explanation(
        explanation, "check_severity", found, lambda: explanation.severity_check(calibration)
    )
    if not passed(check):
        return
    severity = explanation.regions[0].severity(calibration)
    bars, crop = st.columns([3, 2], gap="large")
    with bars:
        scale = say("toward normal ← expected class → toward osteoporosis")
        elements.drawing(charts.region_bars(severity.values, found.aligned.parts, scale))
    with crop:
        alt = say("The crop tinted by what moves the expected class")
        elements.picture(overlay_png(found.aligned, severity.values), alt, width=260)
        st.caption(
            say(
                "The expected class on a scale from 0 (normal) to 2 (osteoporosis) is "
                "{full}; with every region painted over it would be {base}. The bars add up "
                "to the difference.",
                full=f"{severity.full:.2f}",
                base=f"{severity.base:.2f}",
            )
        )


def _concepts(found: LocatedSubject, explanation: Explanation, k: int) -> None:
    concepts = explanation.concepts
    bundle = session.assessor_at_hand().bundle
    bank = bundle.concepts
    st.subheader(say("Concepts"))
    st.caption(
        say(
            "Patterns the model finds again and again in {trained_on}, the most important first.",
            trained_on=session.trained_on(),
        ),
        help=_help(),
    )
    order = np.argsort(-concepts.importance[:, k])[:CONCEPTS_SHOWN]
    for column, i in zip(st.columns(len(order)), order, strict=True):
        with column, st.container(border=True):
            st.markdown(f"**{literal(concepts.names[i])}**")
            _concept_pictures(found, concepts.location[i], bank, int(i))
            if is_full():
                st.markdown(
                    say(
                        "Importance {importance_words} · presence {presence}",
                        importance_words=concepts.importance_words(int(i), k),
                        presence=f"{concepts.presence[i]:.2f}",
                    )
                )
            st.caption(literal(" ".join((bank.description[i], bundle.naming(int(i))))))


def _help() -> str:
    picture = session.noun()
    pictures = say(CONCEPT_PICTURES, picture=picture)
    if not is_full():
        return pictures
    return together([say(CONCEPT_FIGURES, picture=picture), pictures])


def _concept_pictures(
    found: LocatedSubject, location: npt.NDArray[np.float32], bank: ConceptBank, i: int
) -> None:
    """Where the concept is strongest in this picture; below it in others, where they are kept."""
    here = concept_crop_png(found.aligned, location)
    picture, subject, name = session.noun(), session.subject(), bank.names[i]
    alt = say("The part of this {picture} where {name} is strongest", picture=picture, name=name)
    elements.picture(here, alt, width=CONCEPT_PIXELS)
    if len(bank.exemplars[i]):
        count = f"{len(bank.exemplars[i])}"
        alt = say(
            "{count} crops of drawn {subject}s where {name} is strong",
            count=count,
            subject=subject,
            name=name,
        )
        elements.picture(strip_png(bank.exemplars[i]), alt)
