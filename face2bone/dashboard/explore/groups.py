"""Explore, the groups: mean region values on a schematic face and as bars with intervals."""

from typing import Final

import streamlit as st

from face2bone.cohort_explanations.groups import DIMENSIONS, EVERYONE, GroupMeans
from face2bone.cohort_explanations.table import Explored
from face2bone.dashboard.common import elements, plots, session
from face2bone.dashboard.common.language import say, speaker
from face2bone.dashboard.explore import explore_charts
from face2bone.drawing.schematic import schematic
from face2bone.drawing.shap_plots import as_shap, bar_png, beeswarm_png
from face2bone.explain.photo_row import SEVERITY, Layout
from face2bone.modalities.parts import Part
from face2bone.words import message, plural, template

BY: Final = tuple(d for d in DIMENSIONS if d != EVERYONE)
REGION, TAKEN = "explore_region", "explore_bar_taken"
SCHEMATIC_WIDTH: Final = 230  # pixels
READING: Final = template(
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
        format_func=speaker(lambda name: _target_words(name, layout.labels)),
        key=key,
    )


def _target_words(target: str, labels: tuple[str, ...]) -> str:
    if target == SEVERITY:
        return message(
            "severity, from 0 ({least}) to {last} ({most})",
            least=labels[0],
            last=len(labels) - 1,
            most=labels[-1],
        )
    return message("the logit of {name}", name=target)


def groups(cohort: Explored) -> None:
    """Schematic faces side by side, then one region across the groups."""
    st.header(say("Groups"))
    left, right = st.columns(2)
    dimension = left.selectbox(
        say("Groups by"), [EVERYONE, *BY], index=1, format_func=speaker(), key="explore_by"
    )
    with right:
        target = target_box(say("What is explained"), cohort.layout, "explore_target")
    chosen = [g for g in cohort.groups if g.dimension == dimension]
    if not chosen:
        st.info(say("Everyone in this cohort is of one group. Choose another way to group them."))
        return
    above = st.container()  # drawn last: a bar below can choose the region to outline
    st.caption(say(READING))
    region = _bars(chosen, target, cohort.layout.parts)
    with above:
        _drawings(chosen, target, cohort.layout.parts, region)
    elements.folded(
        say("Every photo, as shap draws it: beeswarm and bars"),
        "explore_shap",
        lambda: _every_photo(cohort, target),
    )


def _drawings(chosen: list[GroupMeans], target: str, parts: tuple[Part, ...], region: Part) -> None:
    reach = explore_charts.reach(chosen, target)
    row = st.container(horizontal=True, gap="medium")
    for group in chosen:
        with row.container(width=SCHEMATIC_WIDTH):
            title = say("Mean region values for {target}, {group}", target=target, group=group.name)
            values = explore_charts.means(group, target)
            drawing = schematic(session.modality().schematic, parts, values, reach, title, region)
            st.markdown(f"**{say(group.name)}**, {say(_people(group))}")
            elements.picture(drawing.encode(), title, width=SCHEMATIC_WIDTH, kind="svg+xml")
            if group.caution:
                st.caption(f":material/warning: {say(group.caution)}")


def _people(group: GroupMeans) -> str:
    return plural("1 patient", "{count} patients", group.patients)


def _bars(chosen: list[GroupMeans], target: str, parts: tuple[Part, ...]) -> Part:
    """The two charts and the table; returns the region that is chosen."""
    ten, one = st.columns(2, gap="large")
    names = [group.name for group in chosen]
    with ten:
        shown = 0
        if len(names) > 1:
            shown = st.selectbox(
                say("All regions of"),
                range(len(names)),
                format_func=speaker(lambda i: names[i]),
                key=f"explore_group_{chosen[0].dimension}",
            )
        points = plots.plot_to_choose_from(
            explore_charts.regions_of(chosen[shown], target, parts),
            "explore_bars",
            say(
                "Mean value of every region for {target}, {group}; the table has the numbers",
                target=target,
                group=names[shown],
            ),
        )
        label = _take_region([str(point.get("y")) for point in points], parts)
        st.caption(say("Choose a bar, or a region in the list, to see it across the groups."))
    with one:
        region = st.selectbox(
            say("One region"), parts, format_func=speaker(lambda r: r.label), key=REGION
        )
        st.session_state[TAKEN] = label  # now that the list shows it
        plots.plot(
            explore_charts.groups_of(chosen, target, parts, region),
            "across",
            say(
                "Mean value of {region} across the groups; as numbers in the table below",
                region=region.label,
            ),
        )
        st.caption(say("Lines: 95% intervals over the group's patients; none below five patients."))
    with st.expander(say("As a table"), key="explore_group_table"):
        elements.table(*explore_charts.group_table(chosen, target, parts))
    return region


def _take_region(chosen: list[str], parts: tuple[Part, ...]) -> str | None:
    """A bar that was just chosen chooses its region in the list, which is drawn after this."""
    named = {say(region.label): region for region in parts}
    label = next((label for label in chosen if label in named), None)
    if label is not None and label != st.session_state.get(TAKEN):
        st.session_state[REGION] = named[label]
    return label


def _every_photo(cohort: Explored, target: str) -> None:
    """The plots that researchers know, of the same exact values."""
    ink = plots.ink()
    values, base = cohort.region_values(target)
    explanation = as_shap(values, base, [say(part.label) for part in cohort.layout.parts])
    swarm, bars = st.columns(2, gap="large")
    with swarm:
        alt = say(
            "Beeswarm of the region values of {photos} photos for {target}",
            photos=len(values),
            target=target,
        )
        elements.picture(
            beeswarm_png(explanation, say("region value for {target}", target=target), ink), alt
        )
        st.caption(
            say(
                "A point a photo and region, sideways by its value. A region has no value "
                "of its own, so all points have one colour."
            )
        )
    with bars:
        alt = say("Mean magnitude of each region's value for {target}", target=target)
        elements.picture(bar_png(explanation, say("mean magnitude of the value"), ink), alt)
        st.caption(say("How much a region moves the answer on average, whichever way."))
