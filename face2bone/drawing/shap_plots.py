"""A cohort's region values in the plots that researchers know: shap's own beeswarm and bars.

A region has no value of its own that could colour a point, as a column of a table has, so all
points have one colour. The drawings have no ground, and words in the ink of the page they stand on.
Names come in the language of who looks; what matplotlib's own font lacks is drawn in the reports'.
"""

import io
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import shap
    from matplotlib.figure import Figure

SIZE: Final = (7.0, 4.6)  # inches
DPI: Final = 130
_one_at_a_time: Final = threading.Lock()  # shap draws through matplotlib's one current figure


def as_shap(
    values: npt.NDArray[np.float64], base: npt.NDArray[np.float64], names: Sequence[str]
) -> "shap.Explanation":
    """Exact region values (N, R) with their base values (N,), for shap's own plots and tools.

    names: of the R regions, as they are to stand in the plots.
    """
    import shap  # takes seconds

    return shap.Explanation(values=values, base_values=base, feature_names=list(names))


def beeswarm_png(explanation: "shap.Explanation", axis: str, ink: str) -> bytes:
    """A point a picture and region, sideways by its value; the strongest region on top."""
    import shap

    def draw(axes: Any) -> None:
        shap.plots.beeswarm(
            explanation,
            max_display=_regions(explanation),
            ax=axes,
            show=False,
            plot_size=None,
            axis_color=ink,
            color_bar=False,
        )

    return _drawn(draw, axis, ink)


def bar_png(explanation: "shap.Explanation", axis: str, ink: str) -> bytes:
    """The mean magnitude of each region's value over the pictures."""
    import shap

    def draw(axes: Any) -> None:
        shap.plots.bar(explanation, max_display=_regions(explanation), ax=axes, show=False)

    return _drawn(draw, axis, ink)


def _regions(explanation: "shap.Explanation") -> int:
    return int(np.asarray(explanation.values).shape[1])


def _drawn(draw: Callable[[Any], None], axis: str, ink: str) -> bytes:
    import matplotlib as mpl

    mpl.use("agg")
    import matplotlib.pyplot as plt

    fonts = [*mpl.rcParams["font.family"], _chinese()]
    with (
        _one_at_a_time,
        _same_points(),
        mpl.rc_context({"font.family": fonts}),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore", DeprecationWarning)
        warnings.simplefilter("ignore", PendingDeprecationWarning)
        figure = plt.figure(figsize=SIZE, layout="constrained")
        try:
            draw(figure.add_subplot())
            return _finished(figure, axis, ink)
        finally:
            plt.close(figure)


@cache
def _chinese() -> str:
    """The name of the reports' Chinese font, made known to matplotlib."""
    from matplotlib import font_manager

    fonts = resources.files("face2bone.report.assessment").joinpath("fonts")
    with resources.as_file(fonts.joinpath("Face2BoneSansSC-Regular.otf")) as file:
        font_manager.fontManager.addfont(file)
        return str(font_manager.get_font(file).family_name)


@contextmanager
def _same_points() -> Iterator[None]:
    """shap spreads points that lie on each other by numpy's own dice: here always alike."""
    state = np.random.get_state()  # noqa: NPY002
    np.random.seed(0)  # noqa: NPY002
    try:
        yield
    finally:
        np.random.set_state(state)  # noqa: NPY002


def _finished(figure: "Figure", axis: str, ink: str) -> bytes:
    axes = figure.axes[0]
    figure.set_size_inches(*SIZE)
    axes.set_xlabel(axis, fontsize=11, color=ink)
    axes.tick_params(colors=ink, labelsize=11)
    for label in (*axes.texts, *axes.get_yticklabels(), *axes.get_xticklabels()):
        label.set_color(ink)
    for spine in axes.spines.values():
        spine.set_edgecolor(ink)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=DPI, transparent=True)
    return buffer.getvalue()
