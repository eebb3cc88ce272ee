"""Whether a film of a hand can be read: its size, its place, its grey, and whether the points fit.

Each check gives a figure, its limits and a sentence for the person at the film.
"""

from collections.abc import Iterator
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt

from face2bone.modalities.hand.alignment import AlignedHand
from face2bone.modalities.hand.looks import Agreed, Film
from face2bone.modalities.hand.points import (
    LEAST_PROPORTION,
    MOST_PROPORTION,
    finger_proportion,
    middle_metacarpal,
)
from face2bone.modalities.prepared import QualityCheck, QualityVerdict
from face2bone.modalities.radiograph import Laterality, Radiograph, View, doubt
from face2bone.words import message, template

SMALL_WARN, SMALL_REJECT = 60.0, 35.0  # pixels of the third metacarpal: 1.1 and 1.8 mm a pixel
OUTSIDE_WARN, OUTSIDE_REJECT = 12.0, 35.0  # percent of the anatomy beyond the film's edge
CUT_WARN, CUT_REJECT = 6.0, 15.0  # percent of the hand at the film's darkest grey
UNREST_WARN: Final = 0.025  # lengths of the hand

_Level = Literal["accept", "warn", "reject"]


def judge_hand(
    film: Radiograph, found: Agreed, aligned: AlignedHand, side: Laterality
) -> QualityVerdict:
    """The verdict on one hand; side: as the points show it."""
    return QualityVerdict.of(*_checks(film, found, aligned, side))


def cut_percent(film: Film, aligned: AlignedHand) -> float:
    """Percent of the hand's crop that is as dark as the film gets: flesh that was cut to black.

    The film is read through the crop's own map, so that both ask the same pixels.
    """
    rows, columns = np.nonzero(aligned.mask[::2, ::2])
    x, y = _film_places(aligned, 2.0 * columns, 2.0 * rows)
    height, width = film.shape
    inside = (x >= 0) & (x < width) & (y >= 0) & (y < height)
    grey = film[y[inside], x[inside]]
    return 100.0 * float((grey <= float(film.min()) + 0.004).mean()) if grey.size else 100.0


def _checks(
    film: Radiograph, found: Agreed, aligned: AlignedHand, side: Laterality
) -> Iterator[QualityCheck]:
    yield _proportion(found)
    yield _looks(found)
    size = middle_metacarpal(found.points)
    yield _check(
        ("size", size, "px", SMALL_WARN, SMALL_REJECT),
        _low(size, SMALL_WARN, SMALL_REJECT),
        message(
            "The hand is small on the film: its third metacarpal is {pixels} pixels long. Use the "
            "film in its full resolution.",
            pixels=f"{size:.0f}",
        ),
    )
    outside = aligned.outside_percent
    yield _check(
        ("outside_film", outside, "%", OUTSIDE_WARN, OUTSIDE_REJECT),
        _high(outside, OUTSIDE_WARN, OUTSIDE_REJECT),
        message(
            "{percent} % of the hand and forearm lies beyond the film's edge. Use a film that "
            "shows the whole hand with the wrist.",
            percent=f"{outside:.0f}",
        ),
    )
    cut = cut_percent(film.pixels, aligned)
    yield _check(
        ("cut_to_black", cut, "%", CUT_WARN, CUT_REJECT),
        _high(cut, CUT_WARN, CUT_REJECT),
        message(
            "{percent} % of the hand is as dark as the film gets, so its flesh cannot be seen. "
            "Export the film again with a wider window.",
            percent=f"{cut:.0f}",
        ),
    )
    yield _view(film)
    yield _side(film, side)
    yield _polarity(film)


def _proportion(found: Agreed) -> QualityCheck:
    value = finger_proportion(found.points)
    fits = LEAST_PROPORTION <= value <= MOST_PROPORTION
    return _check(
        ("proportion", value, "ratio", MOST_PROPORTION, MOST_PROPORTION),
        "accept" if fits else "reject",
        message(
            "The middle finger seems {times} times as long as the palm, so the knuckles were "
            "probably misplaced. Use a film of one flat hand with the fingers a little apart.",
            times=f"{value:.2f}",
        ),
    )


def _looks(found: Agreed) -> QualityCheck:
    unsure = found.unrest > UNREST_WARN
    return _check(
        ("unrest", found.unrest, "hand lengths", UNREST_WARN, None),
        "warn" if unsure else "accept",
        message(
            "Looked at again, the hand's points move by {percent} % of its length. Check that the "
            "points lie on the joints.",
            percent=f"{100 * found.unrest:.1f}",
        ),
    )


def _view(film: Radiograph) -> QualityCheck:
    aslant = film.view not in (None, View.PA, View.AP)
    return _check(
        ("view", float(aslant), "", 0.0, 0.0),
        "reject" if aslant else "accept",
        message("The file says that the film is not from behind or from the front. Use a PA film."),
    )


def _side(film: Radiograph, side: Laterality) -> QualityCheck:
    other = film.laterality in (Laterality.LEFT, Laterality.RIGHT) and film.laterality != side
    return _check(
        ("side", float(other), "", 0.0, None),
        "warn" if other else "accept",
        message(
            "The file says right hand, and the thumb lies as in a left hand seen from behind. "
            "Check the side and whether the film is mirrored."
        )
        if side == Laterality.LEFT
        else message(
            "The file says left hand, and the thumb lies as in a right hand seen from behind. "
            "Check the side and whether the film is mirrored."
        ),
    )


def _polarity(film: Radiograph) -> QualityCheck:
    doubted = doubt(film.polarity)
    status: _Level = "warn" if doubted else "accept"
    return _check(("polarity", float(bool(doubted)), "", 0.0, None), status, doubted)


def _low(value: float, warn: float, reject: float) -> _Level:
    return "reject" if value < reject else "warn" if value < warn else "accept"


def _high(value: float, warn: float, reject: float) -> _Level:
    return "reject" if value > reject else "warn" if value > warn else "accept"


def _check(
    figure: tuple[str, float, str, float, float | None], status: _Level, remark: str
) -> QualityCheck:
    name, value, unit, warn, reject = figure
    title = _NAMES[name]
    reason = remark if status != "accept" else message("{check}: OK.", check=title)
    return QualityCheck(name, title, float(value), unit, warn, reject, status, reason)


def _film_places(
    aligned: AlignedHand, columns: npt.NDArray[Any], rows: npt.NDArray[Any]
) -> npt.NDArray[np.intp]:
    """Film pixels (x, y) under some of the crop's."""
    linear, shift = aligned.transform[:, :2].astype(np.float64), aligned.transform[:, 2]
    places = np.linalg.solve(linear, np.stack((columns, rows)) - shift[:, None])
    nearest: npt.NDArray[np.intp] = np.rint(places).astype(np.intp)
    return nearest


_NAMES: Final = {
    "proportion": template("Proportions of the hand"),
    "unrest": template("Points looked at again"),
    "size": template("Size of the hand"),
    "outside_film": template("Hand within the film"),
    "cut_to_black": template("Flesh visible"),
    "view": template("View"),
    "side": template("Side"),
    "polarity": template("Bone bright"),
}
