"""What a person is told of a hand beside the network's answer: which one it is, and its index."""

from typing import Final

from face2bone.modalities.hand.metacarpal_index import MetacarpalIndex
from face2bone.modalities.measure import RATIO, Measure
from face2bone.modalities.radiograph import Laterality
from face2bone.words import template

SECOND: Final = template("Index of the second metacarpal")
MEAN: Final = template("Mean index of metacarpals 2 to 4")
MEANING: Final = template(
    "Both walls of the shaft over its width, measured on the film and not by the model. It is a "
    "ratio and neither a T-score nor a bone age. Published cuts lie between 0.415 and 0.600 and "
    "disagree about what they separate, so it decides nothing."
)
TOO_FEW: Final = template("Fewer than two of metacarpals 2 to 4 could be measured throughout.")
WHICH: Final = {
    Laterality.LEFT: template("Left hand seen from behind, as the thumb shows."),
    Laterality.RIGHT: template("Right hand seen from behind, as the thumb shows."),
}


def index_measures(index: MetacarpalIndex) -> tuple[Measure, ...]:
    """Of the second metacarpal, and the mean of nine places."""
    refused = [bone.refused for bone in index.bones if bone.metacarpal == 2]
    why_second = index.refused or "".join(refused)
    return (
        _measure("metacarpal_index_second", SECOND, index.second, why_second),
        _measure("metacarpal_index_mean", MEAN, index.mean, index.refused or TOO_FEW),
    )


def _measure(id_: str, name: str, value: float | None, why_not: str) -> Measure:
    return Measure(id_, name, value, RATIO, MEANING, why_not="" if value is not None else why_not)
