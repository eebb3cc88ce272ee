"""Plots show the numbers they are given and nothing else, also to who cannot see them."""

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from face2bone.bone import CLASS_LABELS
from face2bone.calibration import reliability_table
from face2bone.dashboard.common.charts import (
    bars,
    bin_count,
    icon_array,
    probability_bars,
    region_bars,
    reliability_curve,
)
from face2bone.drawing.pictures import AWAY, TOWARD
from face2bone.modalities.face.parts import FACE_PARTS


def parsed(drawing: str) -> ET.Element:
    return ET.fromstring(f"<div>{drawing}</div>")[0]  # noqa: S314


def texts(drawing: str) -> list[str]:
    return [element.text or "" for element in parsed(drawing).iter("text")]


def every_kind() -> list[str]:
    table = reliability_table(np.array([[0.9, 0.05, 0.05], [0.5, 0.3, 0.2]]), np.array([0, 1]))
    return [
        probability_bars(CLASS_LABELS, np.array([0.2, 0.5, 0.3])),
        icon_array(37, "osteoporosis"),
        region_bars(np.arange(10.0) - 3.5, FACE_PARTS, "left against, right for"),
        reliability_curve(table, 0.9),
    ]


@pytest.mark.parametrize("drawing", every_kind())
def test_a_drawing_speaks_is_on_one_line_and_holds_no_script(drawing: str) -> None:
    root = parsed(drawing)
    assert root.get("role") == "img"
    title, says = root.find("title"), root.find("desc")
    assert title is not None
    assert says is not None
    assert root.get("aria-label") == f"{title.text}. {says.text}"
    assert "\n" not in drawing
    assert "<script" not in drawing
    assert "http" not in drawing


@pytest.mark.parametrize("drawing", every_kind())
def test_every_text_has_the_colour_of_the_page(drawing: str) -> None:
    found = list(parsed(drawing).iter("text"))
    assert found
    assert {element.get("fill") for element in found} == {"currentColor"}


def test_probability_bars_carry_the_three_numbers() -> None:
    drawing = probability_bars(CLASS_LABELS, np.array([0.2, 0.5, 0.3]))
    assert {"20%", "50%", "30%"} <= set(texts(drawing))
    widths = [float(bar.get("width", 0)) for bar in parsed(drawing).iter("rect")]
    assert [width / sum(widths) for width in widths] == pytest.approx([0.2, 0.5, 0.3], abs=1e-3)
    assert "normal 20%, osteopenia 50%, osteoporosis 30%." in drawing


@pytest.mark.parametrize("count", [0, 1, 37, 100])
def test_icon_array_has_one_hundred_people(count: int) -> None:
    root = parsed(icon_array(count, "osteoporosis"))
    in_the_legend = 1
    assert len(list(root.iter("polygon"))) == count + in_the_legend
    assert len(list(root.iter("circle"))) == 100 - count + in_the_legend


def test_region_bars_put_the_strongest_on_top() -> None:
    values = np.arange(10.0) - 3.5
    drawing = region_bars(values, FACE_PARTS, "left against, right for")
    labels = {region.label for region in FACE_PARTS}
    shown = [text for text in texts(drawing) if text in labels]
    assert shown == [FACE_PARTS[i].label for i in np.argsort(-np.abs(values))]
    assert "left against, right for" in texts(drawing)


def test_a_bar_goes_to_the_side_of_its_sign_and_prints_it() -> None:
    drawing = bars(np.array([2.0, -1.0]), ["up", "down"], "axis")
    up, down = parsed(drawing).iter("rect")
    zero = float(up.get("x", 0))
    assert float(down.get("x", 0)) + float(down.get("width", 0)) == pytest.approx(zero)
    assert float(up.get("width", 0)) == pytest.approx(2 * float(down.get("width", 0)), abs=0.02)
    assert (up.get("fill"), down.get("fill")) == (TOWARD, AWAY)
    assert {"+2.00", "\N{MINUS SIGN}1.00"} <= set(texts(drawing))


def test_no_value_at_all_is_drawn_without_a_bar() -> None:
    assert re.findall("nan|inf", bars(np.zeros(2), ["a", "b"], "axis")) == []


def test_reliability_curve_marks_the_patients_bin() -> None:
    rng = np.random.default_rng(0)
    p = rng.dirichlet((2, 2, 2), 400)
    labels = np.array([rng.choice(3, p=row) for row in p])
    table = reliability_table(p, labels)
    confidence = float(p[0].max())
    inside = (p.max(axis=1) > table.edges[:-1, None]) & (p.max(axis=1) <= table.edges[1:, None])
    row = int(np.flatnonzero(inside[:, 0])[0])
    assert bin_count(table, confidence) == inside[row].sum()
    drawing = reliability_curve(table, confidence)
    (diamond,) = parsed(drawing).iter("polygon")
    legend = ET.fromstring(f"<div>{drawing}</div>")[1]  # noqa: S314
    (entry,) = [item for item in legend if item.find("svg/polygon") is not None]
    assert "".join(entry.itertext()).strip() == (
        f"patients with a similar probability (n = {inside[row].sum()})"
    )
    middle = float(diamond.get("points", "").split(",")[0])
    points = {point.find("title").text: point for point in parsed(drawing).iter("circle")}  # type: ignore[union-attr]
    (here,) = [c for says, c in points.items() if f"n = {inside[row].sum()}" in str(says)]
    assert middle == pytest.approx(float(here.get("cx", 0)))


def test_an_empty_bin_is_not_marked() -> None:
    table = reliability_table(np.array([[0.9, 0.05, 0.05]]), np.array([0]))
    drawing = reliability_curve(table, 0.4)
    assert not list(parsed(drawing).iter("polygon"))
    assert "this patient" not in drawing
    assert bin_count(table, 0.4) == 0


def test_an_estimate_has_a_line_on_each_bar_and_says_its_interval() -> None:
    values, widths = np.linspace(-0.5, 0.4, 10), np.full(10, 0.1)
    drawing = region_bars(values, FACE_PARTS, "against ← logit → for", widths)
    plain = region_bars(values, FACE_PARTS, "against ← logit → for")
    assert drawing.count("<line") == plain.count("<line") + 3 * len(values)
    assert "−0.50 ± 0.10" in drawing
    assert "±" not in plain
    (view,) = re.findall(r'viewBox="0 0 (\d+) ', drawing)
    assert all(0 <= float(x) <= float(view) for x in re.findall(r'x[12]="([-\d.]+)"', drawing))
