"""Explore, two patients side by side, and what makes the difference."""

from typing import Final

import numpy as np
import streamlit as st

from face2bone.cohort_explanations.pair import difference
from face2bone.cohort_explanations.table import Explored
from face2bone.dashboard.common import charts, elements, session
from face2bone.dashboard.common.language import say
from face2bone.dashboard.explore.browse import label
from face2bone.dashboard.explore.groups import SCHEMATIC_WIDTH, target_box
from face2bone.drawing.schematic import schematic
from face2bone.explain.photo_row import Layout, PhotoFigures
from face2bone.explain.words import counted
from face2bone.words import message

PICTURE: Final = 150  # pixels


def pair(cohort: Explored) -> None:
    """Choose A and B, see both, and read what sets B apart from A."""
    st.header(say("Two patients"))
    rows = list(cohort.table.index)
    if len(rows) < 2:
        st.info(say("This cohort has one photo; there is nothing to compare it with."))
        return
    target = target_box(say("What is compared"), cohort.layout, "pair_target")
    left, right = st.columns(2, gap="large")
    with left:
        a = _choice(cohort, "A", rows, _extreme(cohort, 0))
    with right:
        b = _choice(cohort, "B", rows, _extreme(cohort, -1))
    for column, row, name in ((left, a, "A"), (right, b, "B")):
        with column:
            _one(cohort, row, name)
    if a == b:
        st.info(say("A and B are the same photo. Choose another one to compare."))
        return
    owners = cohort.table["patient_id"]
    if owners[a] == owners[b]:
        st.warning(say("A and B are two photos of the same patient."))
    st.subheader(say("What sets B apart from A"))
    show_pair(cohort.figures(a), cohort.figures(b), target, cohort.layout, ("A", "B"))


def _extreme(cohort: Explored, place: int) -> int:
    """By default the least and the most suspicious face: a difference worth explaining."""
    return int(np.argsort(cohort.table["p_osteoporosis"].to_numpy(), kind="stable")[place])


def _choice(cohort: Explored, name: str, rows: list[int], default: int) -> int:
    return st.selectbox(
        say("Patient {name}", name=name),
        rows,
        index=default,
        format_func=lambda row: label(cohort, row),
        key=f"pair_{name.lower()}",
    )


def _one(cohort: Explored, row: int, name: str) -> None:
    picture = cohort.table.loc[row, "thumbnail"]
    if isinstance(picture, bytes):
        elements.picture(picture, say("The face of patient {name}", name=name), PICTURE, "jpeg")
    else:
        st.caption(say("No picture: consent to showing it is not recorded."))


def show_pair(
    first: PhotoFigures,
    second: PhotoFigures,
    target: str,
    layout: Layout,
    names: tuple[str, str],
) -> None:
    """Both schematic faces on one scale, then the difference in words and as bars."""
    k = layout.targets.index(target)
    reach = float(max(np.abs(f.values[:, k]).max() for f in (first, second)))
    left, right, words = st.columns([2, 2, 3], gap="medium")
    for column, figures, name in ((left, first, names[0]), (right, second, names[1])):
        with column:
            title = say("Region values for {target}: {name}", target=target, name=name)
            drawing = schematic(
                session.modality().schematic, layout.parts, figures.values[:, k], reach, title
            )
            st.markdown(f"**{say(name)}**: {_probabilities(figures, layout)}")
            elements.picture(drawing.encode(), title, SCHEMATIC_WIDTH, "svg+xml")
    found = difference(first, second, target, layout, names)
    with words:
        for sentence in found.words:
            st.markdown(f"- {say(sentence)}")
        st.caption(
            say(
                "Exact: the base and the {parts} bars add up to the whole difference. It "
                "explains the model's two answers, not two bones.",
                parts=counted(len(layout.parts)),
            )
        )
    axis = say("{second} minus {first}, region by region", first=names[0], second=names[1])
    elements.drawing(charts.region_bars(found.regions, layout.parts, axis))


def _probabilities(figures: PhotoFigures, layout: Layout) -> str:
    pairs = zip(layout.labels, figures.probabilities, strict=True)
    shares = tuple(message("{name} {value}", name=n, value=f"{share:.0%}") for n, share in pairs)
    return say("{shares}", shares=shares)
