import re
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from face2bone.drawing import svg
from face2bone.drawing.svg import Frame

FRAME = Frame((0.0, 1.0), (-0.1, 0.5), "across & along", "up", y_percent=False)


def parsed(piece: str) -> ET.Element:
    return ET.fromstring(piece)  # noqa: S314


def test_corners_of_the_data_are_corners_of_the_axes() -> None:
    assert (FRAME.x(0.0), FRAME.y(-0.1)) == (svg.LEFT, svg.HEIGHT - svg.BOTTOM)
    assert (FRAME.x(1.0), FRAME.y(0.5)) == (svg.WIDTH - svg.RIGHT, svg.TOP)


def test_a_plot_is_named_for_who_cannot_see_it_and_escapes_text() -> None:
    drawing = parsed(svg.plot(FRAME, "a < b", [svg.label(FRAME, 0.5, 0.1, "<5>")]))
    assert drawing.get("role") == "img"
    assert drawing.get("aria-label") == "a < b"
    texts = [element.text for element in drawing.iter("text")]
    assert {"across & along", "up", "<5>"} <= set(texts)


def test_lines_and_bands_stay_inside_the_axes() -> None:
    inside = range(svg.TOP, svg.HEIGHT - svg.BOTTOM + 1)
    for piece in (
        svg.line(FRAME, [0, 1], [-9.0, 9.0], "red"),
        svg.band(FRAME, [0, 1], [-9.0, -9.0], [9.0, 9.0], "red"),
    ):
        points = re.findall(r"[\d.]+,([\d.]+)", parsed(piece).get("points", ""))
        assert points
        assert all(inside.start <= float(y) <= inside.stop for y in points)


def test_labels_near_the_right_edge_stand_left_of_their_point() -> None:
    assert parsed(svg.label(FRAME, 0.95, 0.1, "9")).get("text-anchor") == "end"
    assert parsed(svg.label(FRAME, 0.5, 0.1, "9")).get("text-anchor") == "start"


@given(st.floats(-5, 5), st.floats(0.01, 100))
def test_ticks_are_few_round_and_within(low: float, width: float) -> None:
    ticks = svg._ticks((low, low + width))
    assert 2 <= len(ticks) <= svg.MOST_STEPS + 1
    assert all(low - 1e-6 * width <= tick <= low + width * (1 + 1e-6) for tick in ticks)


@pytest.mark.parametrize(("value", "said"), [(0.25, "0.25"), (-0.1, "−0.10")])
def test_numbers_on_an_axis(value: float, said: str) -> None:
    assert svg._value(FRAME, value) == said


def test_a_legend_is_a_list_with_the_mark_of_each() -> None:
    entries = [("the model", "#000", ""), ("OST", "#f00", "2 4"), ("here", "#f00", svg.DIAMOND)]
    legend = parsed(svg.legend(entries))
    assert ["".join(item.itertext()).strip() for item in legend] == ["the model", "OST", "here"]
    assert [item[0][0].tag for item in legend] == ["line", "line", "polygon"]
