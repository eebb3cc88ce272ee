"""Explore, a drawn face with one thing changed: photo, probability and regions follow."""

from functools import partial
from typing import Any, Final

import streamlit as st

from face2bone.cohort_explanations.counterfactual import (
    Variant,
    explained_variant,
    varied,
)
from face2bone.cohort_explanations.table import Explored
from face2bone.dashboard.common import elements, session
from face2bone.dashboard.common.job_progress import watched
from face2bone.dashboard.common.language import say
from face2bone.dashboard.explore.browse import label
from face2bone.dashboard.explore.groups import target_box
from face2bone.dashboard.explore.pair import show_pair
from face2bone.drawing.pictures import crop_png
from face2bone.explain.photo_row import Layout, PhotoFigures
from face2bone.studies.demonstration import Changes
from face2bone.studies.face2bone import demonstration
from face2bone.words import message, template

PICTURE: Final = 190  # pixels
CHANGED: Final = "change"
AS_DRAWN: Final = template("As drawn")
IS_CHANGED: Final = template("Changed")
EXPLAINING: Final = {"regions": template("1,024 combinations of regions")}
_KEPT: Final = "change_kept"


def change(cohort: Explored) -> None:
    """Sliders, the face before and after, and on request what the change does to the regions."""
    st.header(say("Change a face"))
    if not cohort.about.drawn:
        st.info(
            say(
                "Only drawn faces can be drawn again with one thing changed. Close this "
                "cohort to use the drawn one."
            )
        )
        return
    st.caption(
        say(
            "Move one planted parameter of a drawn face. Light, pose and everything else "
            "stay, so what changes in the answer is due to it. How the drawing ages is "
            "ours, not anatomy measured."
        )
    )
    row = st.selectbox(
        say("Drawn patient"),
        list(cohort.table.index),
        format_func=lambda i: label(cohort, i),
        key="change_patient",
    )
    redrawn = demonstration().changes
    patient = redrawn.patient(str(cohort.table.loc[row, "patient_id"]), cohort.about.world)
    drawn = redrawn.values(patient)
    world = cohort.about.world
    changes = _sliders(redrawn, drawn, f"{world.value if world else ''}_{patient.patient_id}")
    with st.spinner(say("Drawing the face …")):
        before, after = _variants(redrawn, patient, drawn, changes)
    _side_by_side(before, after, cohort.layout.labels)
    if changes == drawn:
        st.info(say("Move a slider: the face is drawn again, and the answer follows."))
    else:
        _regions(cohort.figures(row), after, cohort.layout)


def _sliders(redrawn: Changes, drawn: dict[str, float], whose: str) -> dict[str, float]:
    columns = st.columns(len(redrawn.parameters), gap="medium")
    chosen = {}
    for column, parameter in zip(columns, redrawn.parameters, strict=True):
        with column:
            value = st.slider(
                say(parameter.label),
                *parameter.limits,
                drawn[parameter.name],
                0.1,
                "%.1f",
                help=say("{meaning}. Low is full, high is gaunt.", meaning=parameter.meaning),
                key=f"change_{parameter.name}_{whose}",
            )
            st.caption(say("As drawn: {drawn}", drawn=f"{drawn[parameter.name]:.1f}"))
        # A slider moves in steps; left alone it stands for the very value behind the face.
        moved = abs(value - drawn[parameter.name]) > 0.05
        chosen[parameter.name] = float(value) if moved else drawn[parameter.name]
    return chosen


def _variants(redrawn: Changes, patient: Any, *settings: dict[str, float]) -> list[Variant]:
    """The face under each of the settings; those on the page are kept, others forgotten."""
    kept: dict[tuple[object, ...], Variant] = st.session_state.get(_KEPT, {})
    keys = [(patient.patient_id, *values.values()) for values in settings]
    found = [
        kept[key] if key in kept else varied(session.assessor(), redrawn, patient, values)
        for key, values in zip(keys, settings, strict=True)
    ]
    st.session_state[_KEPT] = dict(zip(keys, found, strict=True))
    return found


def _side_by_side(before: Variant, after: Variant, labels: tuple[str, ...]) -> None:
    first, second, numbers = st.columns([1, 1, 2], gap="medium")
    for column, variant, name in ((first, before, AS_DRAWN), (second, after, IS_CHANGED)):
        with column:
            elements.picture(
                crop_png(variant.located.aligned), say("{name}: a drawn face", name=name), PICTURE
            )
            st.caption(say(name))
    p, q = before.prediction.probabilities, after.prediction.probabilities
    with numbers:
        elements.table(
            (
                template("probability of"),
                template("as drawn"),
                template("changed"),
                template("difference"),
            ),
            [
                (name, f"{one:.0%}", f"{other:.0%}", _points(100 * (other - one)))
                for name, one, other in zip(labels, p, q, strict=True)
            ],
        )
        if after.prediction.out_of_domain.is_outside:
            st.warning(say("The changed face is unlike the faces the model was trained on."))


def _points(difference: float) -> str:
    """Percentage points, with a sign."""
    return message("{number} points", number=f"{difference:+.1f}".replace("-", "−"))


def _regions(before: PhotoFigures, after: Variant, layout: Layout) -> None:
    """The attributions take a while, so they are asked for; moving a slider asks anew."""
    assessor = session.assessor()
    at = CHANGED, after.photo.sha256, assessor.facts.sha256
    job = session.asked(at)
    if job is None:
        st.button(
            say("Explain the changed face"),
            key="change_explain",
            on_click=session.review_case().ask,
            args=(at, partial(explained_variant, assessor, after), EXPLAINING, CHANGED),
        )
        return
    found = watched(job, at)
    if found is None:
        return
    target = target_box(say("What is explained"), layout, "change_target")
    show_pair(before, found, target, layout, (AS_DRAWN, IS_CHANGED))
