"""Every plotly figure of the pages in one dress, light or dark.

The figures are made for a light page. On a dark one each colour gives way to its partner, and the
template to the dark one: marks keep 3:1 against the ground and words 4.5:1 on both (WCAG 2.2,
1.4.3 and 1.4.11). A colour without a partner is the same on both.
"""

from typing import Any, Final

import plotly.graph_objects as go
import plotly.io as pio
import streamlit as st

from face2bone.dashboard.common.charts import CLASS_COLOURS, HERE, PLAIN
from face2bone.drawing.pictures import AWAY, TOWARD
from face2bone.drawing.svg import GREY

LIGHT, DARK = "face2bone-light", "face2bone-dark"
INK: Final = {LIGHT: "#17242b", DARK: "#eef3f5"}
GROUND: Final = {LIGHT: "#ffffff", DARK: "#11181c"}
GRID: Final = {LIGHT: "#dbe2e6", DARK: "#2b3940"}
AXIS: Final = {LIGHT: "#7b8a93", DARK: "#7f919b"}
BLUE: Final = "#1d4ed8"
LEGEND: Final = {"orientation": "h", "xanchor": "left", "x": 0, "yanchor": "bottom", "y": 1.02}
"""Above the plot, with its foot on it: on a narrow screen its lines go up, not over the curves."""
PARTNERS: Final = {
    **dict(zip(CLASS_COLOURS, ("#5bb974", "#e3924a", "#c79ae0"), strict=True)),
    BLUE: "#8fb3ff",
    GREY: "#a3adb5",
    HERE: "#ff8a8a",
    TOWARD: "#ff8a8a",
    AWAY: "#79b4ee",
    GROUND[LIGHT]: GROUND[DARK],
    INK[LIGHT]: INK[DARK],
}
"""Colour on a light page -> the one that stands for it on a dark page."""


def _template(name: str) -> go.layout.Template:
    axis = {
        "gridcolor": GRID[name],
        "linecolor": AXIS[name],
        "zerolinecolor": AXIS[name],
        "tickcolor": AXIS[name],
        "tickfont": {"color": INK[name]},
        "title": {"font": {"color": INK[name]}},
        "automargin": True,
    }
    hover = {"bgcolor": GROUND[name], "bordercolor": AXIS[name], "font": {"color": INK[name]}}
    layout = go.Layout(
        font={"family": '"Source Sans", sans-serif', "size": 13, "color": INK[name]},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        colorway=[*CLASS_COLOURS, BLUE],
        xaxis=axis,
        yaxis=axis,
        legend=LEGEND | {"font": {"color": INK[name]}, "title": {"font": {"color": INK[name]}}},
        hoverlabel=hover,
    )
    return go.layout.Template(layout=layout)


for _one in (LIGHT, DARK):
    pio.templates[_one] = _template(_one)


def dressed(figure: go.Figure, name: str) -> go.Figure:
    """The figure for a light or a dark page; the one that is given stays as it is."""
    plain = figure.to_plotly_json()
    if name == DARK:
        plain = _exchanged(plain)
    found = go.Figure(plain)
    found.update_layout(template=pio.templates[name])
    return found


def plot(figure: go.Figure, key: str, alt: str) -> None:
    """Show a figure as the page looks; ``alt`` says what it shows to who cannot see it."""
    st.plotly_chart(dressed(figure, _name()), theme=None, config=PLAIN, key=key, alt=alt)


def plot_to_choose_from(figure: go.Figure, key: str, alt: str) -> list[dict[str, Any]]:
    """The same, and a click on a mark draws the page again; the marks that are chosen."""
    shown = st.plotly_chart(
        dressed(figure, _name()),
        theme=None,
        config=PLAIN,
        key=key,
        alt=alt,
        on_select="rerun",
        selection_mode="points",
    )
    points: list[dict[str, Any]] = shown["selection"]["points"]
    return points


def ink() -> str:
    """The colour of words on the page as it looks, for a picture that is no plotly figure."""
    return INK[_name()]


def _name() -> str:
    return DARK if st.context.theme.type == "dark" else LIGHT


def _exchanged(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: v if k == "template" else _exchanged(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_exchanged(one) for one in value]
    return PARTNERS.get(value, value) if isinstance(value, str) else value
