import re
import xml.etree.ElementTree as ET

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from face2bone.drawing import schematic as module
from face2bone.drawing.schematic import label_place, outline_of, schematic
from face2bone.explain.photo_row import signed
from face2bone.modalities.face import REGIONS, Region

VALUES = np.array([0.31, -0.12, 0.22, 0.0, -0.4, 0.8, 0.66, -0.02, 0.001, -0.25])
SVG = "{http://www.w3.org/2000/svg}"


def parsed(drawing: str) -> ET.Element:
    return ET.fromstring(drawing)  # noqa: S314


def inside(x: float, y: float, corners: tuple[tuple[float, float], ...]) -> bool:
    """Ray casting: whether a point lies in a polygon."""
    within = False
    for (x1, y1), (x2, y2) in zip(corners, (*corners[1:], corners[0]), strict=True):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            within = not within
    return within


def region_at(x: float, y: float) -> Region:
    """The region on top at a point, in the order of painting."""
    return [region for region in module._order() if inside(x, y, outline_of(region))][-1]


def test_every_number_stands_on_its_own_region_inside_the_face() -> None:
    cx, cy, rx, ry = module.FACE
    for region in REGIONS:
        x, y = label_place(region)
        assert ((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 < 1, region
        assert region_at(x, y) is region


def test_left_is_the_patients_left_and_the_drawing_is_symmetric() -> None:
    for region in REGIONS:
        if region.value.endswith("_left"):
            twin = Region(region.value.replace("_left", "_right"))
            assert label_place(region)[0] > module.MIDDLE > label_place(twin)[0]
            assert label_place(region)[1] == label_place(twin)[1]


def test_numbers_are_printed_and_read_out_in_words() -> None:
    drawing = parsed(schematic(VALUES, 0.8, "Severity, women"))
    printed = [text.text for text in drawing.iter(f"{SVG}text")]
    assert printed == [signed(value) for value in VALUES]
    says = drawing.get("aria-label")
    assert says is not None
    assert says.startswith("Severity, women: forehead +0.31, left periorbital −0.12")


def test_the_sign_is_told_without_colour() -> None:
    drawing = schematic(VALUES, 0.8, "x")
    negative = sum(1 for value in VALUES if value < -0.005)
    assert drawing.count('fill="url(#hatch)"') == negative


def test_the_tint_grows_with_the_value_and_ends_at_the_reach() -> None:
    values = np.zeros(10)
    values[5] = 0.4
    tints = [
        max(float(t) for t in re.findall(r'fill-opacity="([\d.]+)"', schematic(values, reach, "x")))
        for reach in (4.0, 0.8, 0.4, 0.2)
    ]
    assert tints == sorted(tints)
    assert tints[-1] == tints[-2] == module.MOST_TINT


def test_a_chosen_region_is_framed() -> None:
    assert module.CHOSEN in schematic(VALUES, 1.0, "x", Region.NOSE_LIPS)
    assert module.CHOSEN not in schematic(VALUES, 1.0, "x")


@given(st.lists(st.floats(-1e6, 1e6), min_size=10, max_size=10), st.floats(0, 1e6), st.text())
def test_any_values_and_title_make_a_drawing(values: list[float], reach: float, title: str) -> None:
    drawable = "".join(c for c in title if c.isprintable())
    parsed(schematic(np.array(values), reach, drawable))
