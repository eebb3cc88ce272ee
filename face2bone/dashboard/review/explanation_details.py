"""On request beside the explanation: a third way of hiding regions, and a look inside one."""

from dataclasses import replace
from functools import partial

import numpy as np
import streamlit as st

from face2bone.assess import CloserLook, Explanation, LocatedFace
from face2bone.dashboard.common import charts, elements, session
from face2bone.dashboard.common.job_progress import watched
from face2bone.drawing.pictures import concept_png, overlay_png
from face2bone.explain.owen import CELLS
from face2bone.explain.shapley import lowest_agreement
from face2bone.modalities.parts import Part

MEAN_FACE = "mean_face"
FILLING = {"regions": "Regions of the face"}
LOOKING = {"map": "Map", "cells": "Quarters of the region"}


def third_fill(found: LocatedFace, explanation: Explanation) -> Explanation:
    """The explanation with the mean face's attribution too, once that was asked for and done."""
    at = session.key(MEAN_FACE, found.photo_sha256)
    job = session.asked(at)
    third = watched(job, at) if job else None
    return (
        explanation
        if third is None
        else replace(explanation, regions=(*explanation.regions, third))
    )


def agreement(found: LocatedFace, explanation: Explanation, k: int) -> None:
    """How alike the ways of hiding rank the regions, and the button for a third one."""
    if len(explanation.regions) > 2:  # of two, the check above has told it
        lowest = lowest_agreement(explanation.regions)[k]
        st.caption(
            "Rank agreement between any two of three ways of hiding a region, lowest: "
            f"{lowest:.2f}."
        )
    at = session.key(MEAN_FACE, found.photo_sha256)
    if session.asked(at) is None:
        st.button(
            "Hide regions in a third way too",
            key="ask_mean_face",
            on_click=session.review_case().ask,
            args=(at, partial(session.assessor().explain_by_mean_face, found), FILLING),
            help="Puts an average face in a region's place. 1,024 further combinations.",
        )


def closer(found: LocatedFace, explanation: Explanation, k: int) -> None:
    """One region's quarters and the map, behind a button."""
    st.markdown("**Look inside a region**")
    st.caption(
        "Divides one region in four and gives each quarter its share of the region's value. It "
        "takes about three times as long as the explanation.",
        help="7,168 further combinations, where the explanation took 2,048.",
    )
    strongest = int(np.abs(explanation.regions[0].values[:, k]).argmax())
    choice, button = st.columns([3, 1], vertical_alignment="bottom")
    region = choice.selectbox(
        "Region",
        found.aligned.parts,
        index=strongest,
        format_func=lambda r: r.label,
        key=f"closer_region_{found.photo_sha256[:8]}",
    )
    at = session.key(f"closer_{region.id}", found.photo_sha256)
    job = session.asked(at)
    if job is None:
        button.button(
            "Look inside",
            key="ask_closer",
            on_click=session.review_case().ask,
            args=(at, partial(session.assessor().look_closer, found, explanation, region), LOOKING),
        )
        return
    look = watched(job, at)
    if look is not None:
        _show(found, look, region, k)


def _show(found: LocatedFace, look: CloserLook, region: Part, k: int) -> None:
    values, lost = look.cells.values[:, k], np.abs(look.pixels[..., k])
    bars, quarters, pixels = st.columns([3, 2, 2], gap="large")
    with bars:
        axis = charts.class_axis(session.classes()[k])
        elements.drawing(charts.bars(values, CELLS, axis))
        st.caption(
            f"The quarters add up to the {region.label}'s own {values.sum():+.2f}. "
            "Left is the patient's left.",
            help="Exact Owen values, in log-odds.",
        )
    with quarters:
        divided = replace(found.aligned, part_map=look.cells.cells)
        elements.picture(overlay_png(divided, values), f"The {region.label} tinted by quarter")
    with pixels:
        lit = (lost / max(float(lost.max()), 1e-12)).astype(np.float32)
        elements.picture(
            concept_png(found.aligned, lit), "Where hiding a small square matters most"
        )
        st.caption(
            "For orientation only: brighter where hiding a small square changes the answer more, "
            "for it or against it."
        )
