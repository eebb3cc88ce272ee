"""On request beside the explanation: a third way of hiding regions, and a look inside one."""

from dataclasses import replace
from functools import partial

import numpy as np
import streamlit as st

from face2bone.assessment import CloserLook, Explanation, LocatedSubject
from face2bone.dashboard.common import charts, elements, session
from face2bone.dashboard.common.job_progress import watched
from face2bone.dashboard.common.language import say, speaker
from face2bone.drawing.pictures import concept_png, overlay_png
from face2bone.explain.baselines import third_baseline
from face2bone.explain.owen import CELLS
from face2bone.explain.shapley import lowest_agreement
from face2bone.modalities.parts import Part
from face2bone.words import template

THIRD_WAY = "third_way"
THIRD_WAYS = {
    "mean": template("Puts an average {subject} in a region's place. 1,024 further combinations."),
    "blur": template("Blurs a region until only its light is left. 1,024 further combinations."),
    "inpaint": template(
        "Continues what surrounds a region smoothly across it. 1,024 further combinations."
    ),
}
FILLING = {"regions": template("Parts of the picture")}
LOOKING = {"map": template("Map"), "cells": template("Quarters of the region")}


def third_fill(found: LocatedSubject, explanation: Explanation) -> Explanation:
    """The explanation with the third way's attribution too, once that was asked for and done."""
    at = session.key_of(THIRD_WAY, found)
    job = session.asked(at)
    third = watched(job, at) if job else None
    return (
        explanation
        if third is None
        else replace(explanation, regions=(*explanation.regions, third))
    )


def agreement(found: LocatedSubject, explanation: Explanation, k: int) -> None:
    """How alike the ways of hiding rank the regions, and the button for a third one."""
    if len(explanation.regions) > 2:  # of two, the check above has told it
        lowest = lowest_agreement(explanation.regions)[k]
        st.caption(
            say(
                "Rank agreement between any two of three ways of hiding a region, lowest: "
                "{lowest}.",
                lowest=f"{lowest:.2f}",
            )
        )
    at = session.key_of(THIRD_WAY, found)
    if session.asked(at) is None:
        st.button(
            say("Hide regions in a third way too"),
            key="ask_third_way",
            on_click=session.review_case().ask,
            args=(at, partial(session.assessor_at_hand().explain_in_third_way, found), FILLING),
            help=say(
                THIRD_WAYS[third_baseline(session.at_hand().study.ready().baselines)],
                subject=session.subject(),
            ),
        )


def closer(found: LocatedSubject, explanation: Explanation, k: int) -> None:
    """One region's quarters and the map, behind a button."""
    st.markdown(say("**Look inside a region**"))
    st.caption(
        say(
            "Divides one region in four and gives each quarter its share of the region's value. It "
            "takes about three times as long as the explanation."
        ),
        help=say("7,168 further combinations, where the explanation took 2,048."),
    )
    strongest = int(np.abs(explanation.regions[0].values[:, k]).argmax())
    choice, button = st.columns([3, 1], vertical_alignment="bottom")
    region = choice.selectbox(
        say("Region"),
        found.aligned.parts,
        index=strongest,
        format_func=speaker(lambda r: r.label),
        key=session.review_case().photo_key("closer_region", found.photo_sha256),
        persist_state="session",
    )
    at = session.key_of(f"closer_{region.id}", found)
    job = session.asked(at)
    if job is None:
        button.button(
            say("Look inside"),
            key="ask_closer",
            on_click=session.review_case().ask,
            args=(
                at,
                partial(session.assessor_at_hand().look_closer, found, explanation, region),
                LOOKING,
            ),
        )
        return
    look = watched(job, at)
    if look is not None:
        _show(found, look, region, k)


def _show(found: LocatedSubject, look: CloserLook, region: Part, k: int) -> None:
    values, lost = look.cells.values[:, k], np.abs(look.pixels[..., k])
    bars, quarters, pixels = st.columns([3, 2, 2], gap="large")
    with bars:
        axis = charts.class_axis(session.classes()[k])
        elements.drawing(charts.bars(values, CELLS, axis))
        st.caption(
            say(
                "The quarters add up to the {label}'s own {sum}. Left is the patient's left.",
                label=region.label,
                sum=f"{values.sum():+.2f}",
            ),
            help=say("Exact Owen values, in log-odds."),
        )
    with quarters:
        divided = replace(found.aligned, part_map=look.cells.cells)
        elements.picture(
            overlay_png(divided, values), say("The {label} tinted by quarter", label=region.label)
        )
    with pixels:
        lit = (lost / max(float(lost.max()), 1e-12)).astype(np.float32)
        elements.picture(
            concept_png(found.aligned, lit), say("Where hiding a small square matters most")
        )
        st.caption(
            say(
                "For orientation only: brighter where hiding a small square changes the "
                "answer more, for it or against it."
            )
        )
