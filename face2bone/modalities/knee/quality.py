"""Whether a film of a knee can be read: how like a knee it is, how large, how much of it, its grey.

Each check gives a figure, its limits and a sentence for the person at the film.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np
import numpy.typing as npt

from face2bone.modalities.knee.alignment import atlas_towards, warped
from face2bone.modalities.knee.locator import FoundKnee
from face2bone.modalities.prepared import QualityCheck, QualityVerdict, Status
from face2bone.modalities.radiograph import Radiograph, doubt
from face2bone.words import message, template

LIKENESS_WARN, LIKENESS_REJECT = 0.47, 0.40
WIDTH_WARN, WIDTH_REJECT = 120.0, 70.0  # pixels across the condyles' part: 0.8 and 1.4 mm a pixel
OUTSIDE_WARN, OUTSIDE_REJECT = 20.0, 45.0  # percent of the leg beyond the film
EVEN_WARN, EVEN_REJECT = 0.06, 0.02  # SD of the leg's grey, of the film's whole range
SIDE_WARN: Final = 0.015  # by how much one side must look more lateral


def judge_knee(
    film: Radiograph, knee: FoundKnee, side_margin: float | None, other: FoundKnee | None = None
) -> QualityVerdict:
    """The verdict on one knee.

    side_margin: of the guess which side is lateral, None if known. other: the second knee on the
    film, if there is one.
    """
    return QualityVerdict.of(*_checks(film, knee, side_margin), _of_two(knee, other))


def _of_two(knee: FoundKnee, other: FoundKnee | None) -> QualityCheck:
    """A result of one of two knees says of which: nobody may take it for the other's."""
    on_the_left = other is None or knee.x < other.x
    return _flag(
        ("knees", other is not None),
        message("The film shows two knees. This is the one on the left of the film.")
        if on_the_left
        else message("The film shows two knees. This is the one on the right of the film."),
    )


def _checks(film: Radiograph, knee: FoundKnee, side_margin: float | None) -> Iterator[QualityCheck]:
    crop = warped(film.pixels, knee)
    yield _low(
        ("likeness", knee.likeness, "", LIKENESS_WARN, LIKENESS_REJECT),
        message("What was found is only a little like a knee from the front. Check the crop."),
    )
    yield _low(
        ("width", knee.width, "px", WIDTH_WARN, WIDTH_REJECT),
        message("The knee is small on this film. Use the original film, not a preview."),
    )
    yield _high(
        ("outside_film", _outside_percent(crop), "%", OUTSIDE_WARN, OUTSIDE_REJECT),
        message("Much of the knee lies beyond the film's edge. Use a film of the whole joint."),
    )
    yield _low(
        ("contrast", _spread(crop), "", EVEN_WARN, EVEN_REJECT),
        message("The film is almost even in grey. Export it with a wider window."),
    )
    doubted = doubt(film.polarity)
    yield _flag(("polarity", bool(doubted)), doubted)
    yield _flag(
        ("side", side_margin is not None and side_margin < SIDE_WARN),
        message(
            "Which side of the knee is lateral is not sure: medial and lateral may be exchanged."
        ),
    )


def _outside_percent(crop: npt.NDArray[np.float32]) -> float:
    leg = atlas_towards("right").part_map >= 0
    return 100.0 * float(np.isnan(crop)[leg].mean())


def _spread(crop: npt.NDArray[np.float32]) -> float:
    leg = (atlas_towards("right").part_map >= 0) & ~np.isnan(crop)
    return float(crop[leg].std()) if leg.any() else 0.0


Measured = tuple[str, float, str, float, float]
"""Name, value, unit, and the limits at which a check warns and rejects."""


def _low(measured: Measured, reason: str) -> QualityCheck:
    name, value, unit, warn, reject = measured
    status: Status = "reject" if value < reject else "warn" if value < warn else "accept"
    return QualityCheck(name, _NAMES[name], value, unit, warn, reject, status, reason)


def _high(measured: Measured, reason: str) -> QualityCheck:
    name, value, unit, warn, reject = measured
    status: Status = "reject" if value > reject else "warn" if value > warn else "accept"
    return QualityCheck(name, _NAMES[name], value, unit, warn, reject, status, reason)


def _flag(doubted: tuple[str, bool], reason: str) -> QualityCheck:
    name, raised = doubted
    status: Status = "warn" if raised else "accept"
    return QualityCheck(name, _NAMES[name], float(raised), "", 0.5, None, status, reason)


_NAMES: Final = {
    "knees": template("One knee on the film"),
    "likeness": template("Like a knee from the front"),
    "width": template("Size of the knee"),
    "outside_film": template("Knee within the film"),
    "contrast": template("Contrast"),
    "polarity": template("Bone bright"),
    "side": template("Side"),
}
