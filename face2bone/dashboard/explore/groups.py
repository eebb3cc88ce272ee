"""Explore, the groups: mean region values on a schematic face and as bars with intervals."""

from typing import Final

import streamlit as st

from face2bone.cohort_explanations.groups import DIMENSIONS, EVERYONE, GroupMeans
from face2bone.cohort_explanations.table import Explored
from face2bone.dashboard.common import charts, elements, session
from face2bone.dashboard.explore import explore_charts
from face2bone.drawing.schematic import schematic
from face2bone.explain.photo_row import SEVERITY, Layout
from face2bone.modalities.parts import Part

BY: Final = tuple(d for d in DIMENSIONS if d != EVERYONE)
REGION, TAKEN = "explore_region", "explore_bar_taken"
SCHEMATIC_WIDTH: Final = 230  # pixels
READING: Final = (
    "Mean exact Shapley value of each region: how much it moves the model's answer, on average "
    "over the group. Red and plain raises, blue and hatched lowers; all faces share one scale. "
    "Left is the patient's left. A mean near zero can hide a region that raises some patients and "
    "lowers others."
)


def target_box(question: str, layout: Layout, key: str) -> str:
    """A list of what can be explained, severity first chosen; the choice."""
    return st.selectbox(
        question,
        layout.targets,
        index=layout.targets.index(SEVERITY),
        format_func=lambda name: _target_words(name, layout.labels),
        key=key,
    )


def _target_words(target: str, labels: tuple[str, ...]) -> str:
    if target == SEVERITY:
        return f"severity, from 0 ({labels[0]}) to {len(labels) - 1} ({labels[-1]})"
    return f"the logit of {target}"


def groups(cohort: Explored) -> None:
    """Schematic faces side by side, then one region across the groups."""
    st.header("Groups", divider="gray")
    left, right = st.columns(2)
    dimension = left.selectbox("Groups by", [EVERYONE, *BY], index=1, key="explore_by")
    with right:
        target = target_box("What is explained", cohort.layout, "explore_target")
    chosen = [g for g in cohort.groups if g.dimension == dimension]
    if not chosen:
        st.info("Everyone in this cohort is of one group. Choose another way to group them.")
        return
    above = st.container()  # drawn last: a bar below can choose the region to outline
    st.caption(READING)
    region = _bars(chosen, target, cohort.layout.parts)
    with above:
        _faces(chosen, target, cohort.layout.parts, region)


def _faces(chosen: list[GroupMeans], target: str, parts: tuple[Part, ...], region: Part) -> None:
    reach = explore_charts.reach(chosen, target)
    for column, group in zip(st.columns(len(chosen)), chosen, strict=True):
        with column:
            title = f"Mean region values for {target}, {group.name}"
            values = explore_charts.means(group, target)
            drawing = schematic(session.modality().schematic, parts, values, reach, title, region)
            st.markdown(f"**{group.name}**, {_people(group)}")
            elements.picture(drawing.encode(), title, width=SCHEMATIC_WIDTH, kind="svg+xml")
            if group.caution:
                st.caption(f":material/warning: {group.caution}")


def _people(group: GroupMeans) -> str:
    return "1 patient" if group.patients == 1 else f"{group.patients} patients"


def _bars(chosen: list[GroupMeans], target: str, parts: tuple[Part, ...]) -> Part:
    """The two charts and the table; returns the region that is chosen."""
    ten, one = st.columns(2, gap="large")
    names = [group.name for group in chosen]
    with ten:
        shown = 0
        if len(names) > 1:
            shown = st.selectbox(
                "All regions of",
                range(len(names)),
                format_func=lambda i: names[i],
                key=f"explore_group_{chosen[0].dimension}",
            )
        bars = st.plotly_chart(
            explore_charts.regions_of(chosen[shown], target, parts),
            config=charts.PLAIN,
            on_select="rerun",
            selection_mode="points",
            key="explore_bars",
        )
        label = _take_region([str(point.get("y")) for point in bars["selection"]["points"]], parts)
        st.caption("Choose a bar, or a region in the list, to see it across the groups.")
    with one:
        region = st.selectbox("One region", parts, format_func=lambda r: r.label, key=REGION)
        st.session_state[TAKEN] = label  # now that the list shows it
        st.plotly_chart(
            explore_charts.groups_of(chosen, target, parts, region),
            config=charts.PLAIN,
            key="across",
        )
        st.caption("Lines: 95% intervals over the group's patients; none below five patients.")
    with st.expander("As a table", key="explore_group_table"):
        st.table(explore_charts.group_table(chosen, target, parts))
    return region


def _take_region(chosen: list[str], parts: tuple[Part, ...]) -> str | None:
    """A bar that was just chosen chooses its region in the list, which is drawn after this."""
    named = {region.label: region for region in parts}
    label = next((label for label in chosen if label in named), None)
    if label is not None and label != st.session_state.get(TAKEN):
        st.session_state[REGION] = named[label]
    return label
