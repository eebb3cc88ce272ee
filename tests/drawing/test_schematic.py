import re
import xml.etree.ElementTree as ET

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from face2bone.drawing import schematic as module
from face2bone.drawing.schematic import schematic
from face2bone.explain.photo_row import signed
from face2bone.modalities.face.parts import FACE_PARTS, FACE_SCHEMATIC, NOSE_LIPS

VALUES = np.array([0.31, -0.12, 0.22, 0.0, -0.4, 0.8, 0.66, -0.02, 0.001, -0.25])
SVG = "{http://www.w3.org/2000/svg}"


def parsed(drawing: str) -> ET.Element:
    return ET.fromstring(drawing)  # noqa: S314


def test_numbers_are_printed_and_read_out_in_words() -> None:
    drawing = parsed(schematic(FACE_SCHEMATIC, FACE_PARTS, VALUES, 0.8, "Severity, women"))
    printed = [text.text for text in drawing.iter(f"{SVG}text")]
    assert printed == [signed(value) for value in VALUES]
    says = drawing.get("aria-label")
    assert says is not None
    assert says.startswith("Severity, women: forehead +0.31, left periorbital −0.12")


def test_the_sign_is_told_without_colour() -> None:
    drawing = schematic(FACE_SCHEMATIC, FACE_PARTS, VALUES, 0.8, "x")
    negative = sum(1 for value in VALUES if value < -0.005)
    assert drawing.count('fill="url(#hatch)"') == negative


def test_the_tint_grows_with_the_value_and_ends_at_the_reach() -> None:
    values = np.zeros(10)
    values[5] = 0.4
    tints = [
        max(
            float(t)
            for t in re.findall(
                r'fill-opacity="([\d.]+)"',
                schematic(FACE_SCHEMATIC, FACE_PARTS, values, reach, "x"),
            )
        )
        for reach in (4.0, 0.8, 0.4, 0.2)
    ]
    assert tints == sorted(tints)
    assert tints[-1] == tints[-2] == module.MOST_TINT


def test_a_chosen_region_is_framed() -> None:
    assert module.CHOSEN in schematic(FACE_SCHEMATIC, FACE_PARTS, VALUES, 1.0, "x", NOSE_LIPS)
    assert module.CHOSEN not in schematic(FACE_SCHEMATIC, FACE_PARTS, VALUES, 1.0, "x")


@given(st.lists(st.floats(-1e6, 1e6), min_size=10, max_size=10), st.floats(0, 1e6), st.text())
def test_any_values_and_title_make_a_drawing(values: list[float], reach: float, title: str) -> None:
    drawable = "".join(c for c in title if c.isprintable())
    drawing = parsed(schematic(FACE_SCHEMATIC, FACE_PARTS, np.array(values), reach, drawable))
    assert (drawing.get("aria-label") or "").startswith(f"{drawable}: forehead ")
    assert [text.text for text in drawing.iter(f"{SVG}text")] == [signed(v) for v in values]


def test_no_two_numbers_of_the_face_collide() -> None:
    """Numbers such as +10.25, 11 pixels high, on the face's own outlines."""
    width, height = 36.0, 11.0
    places = [part.number for part in FACE_SCHEMATIC.parts]
    for i, (x, y) in enumerate(places):
        for other_x, other_y in places[:i]:
            assert abs(x - other_x) >= width or abs(y - other_y) >= height, (x, y)
