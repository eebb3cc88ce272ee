from dataclasses import replace

import numpy as np
import pytest

from face2bone.cohort_explanations.groups import TRUE, GroupMeans, group_means
from face2bone.dashboard.explore import explore_charts as module
from face2bone.evaluation import Estimate
from face2bone.explain.photo_row import signed
from face2bone.modalities.face.parts import FACE_PARTS
from tests.cohort_explanations.made import LAYOUT, table_of


@pytest.fixture(scope="module")
def groups() -> list[GroupMeans]:
    return [g for g in group_means(table_of(14), LAYOUT, 30) if g.dimension == TRUE]


def test_the_strongest_region_is_on_top_with_its_number(groups: list[GroupMeans]) -> None:
    figure = module.regions_of(groups[0], "severity", FACE_PARTS)
    values = module.means(groups[0], "severity")
    strongest = int(np.abs(values).argmax())
    assert figure.data[0].y[-1] == FACE_PARTS[strongest].label
    assert figure.layout.annotations[-1].text == signed(float(values[strongest]))


def test_lines_are_the_intervals_and_nothing_where_there_is_none(
    groups: list[GroupMeans],
) -> None:
    bars = module.groups_of(groups, "normal", FACE_PARTS, FACE_PARTS[2]).data[0]
    for place, group in enumerate(groups[::-1]):
        estimate = group.regions["normal"][2]
        assert bars.y[place] == f"{group.name} (n = {group.patients})"
        high = bars.x[place] + bars.error_x.array[place]
        expected = estimate.value if estimate.high is None else estimate.high
        assert high == pytest.approx(expected)
    assert {g.regions["normal"][2].high is None for g in groups} == {True, False}


def test_the_sign_is_told_by_hatching_too(groups: list[GroupMeans]) -> None:
    bars = module.regions_of(groups[0], "osteopenia", FACE_PARTS).data[0]
    hatched = [shape == "/" for shape in bars.marker.pattern.shape]
    assert hatched == [x < 0 for x in bars.x]


def test_faces_beside_each_other_share_their_reach(groups: list[GroupMeans]) -> None:
    """The largest mean of all, whichever its sign, its group and its place; of no other target."""
    small = with_severity(groups[0], [0.5] * 10)
    large = with_severity(groups[1], [0.5, -3.0, *[2.0] * 8])
    assert module.reach([small, large], "severity") == 3.0
    assert module.reach([large, small], "severity") == 3.0
    assert module.reach([small], "severity") == 0.5


def with_severity(group: GroupMeans, values: list[float]) -> GroupMeans:
    """The group with these mean values of the ten regions for severity."""
    changed = {"severity": tuple(Estimate(value) for value in values)}
    return replace(group, regions=group.regions | changed)


def test_the_table_has_every_mean_with_its_interval(groups: list[GroupMeans]) -> None:
    head, body = module.group_table(groups, "severity", FACE_PARTS)
    assert head[0] == "region"
    assert {len(row) for row in body} == {len(head)} == {len(groups) + 1}
    assert [row[0] for row in body] == [part.label for part in FACE_PARTS]
    assert " to " in body[0][1]
