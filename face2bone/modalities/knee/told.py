"""What a person is told of a knee beside the network's answer: which one it is, and its cortex."""

from typing import Final

from face2bone.modalities.knee.alignment import Lateral
from face2bone.modalities.knee.cortex import Bone, CorticalIndex
from face2bone.modalities.knee.quality import LIKENESS_WARN
from face2bone.modalities.measure import RATIO, Measure
from face2bone.words import message, template

NAMES: Final[dict[Bone, str]] = {
    "femur": template("Cortical index of the femur"),
    "tibia": template("Cortical index of the tibia"),
}
MEANING: Final = template(
    "Both walls of the shaft over its width, measured on the film and not by the model. It is a "
    "ratio and not a T-score; published cut-offs disagree, so it decides nothing. It holds only "
    "where the crop shows a knee."
)
NOT_MEASURED: Final = template(
    "It could not be measured: the film is too coarse, or too little of the shaft is on it."
)
UNLIKE: Final = template("It was not measured: what was found is only a little like a knee.")
WHICH: Final = {
    ("left", "other knee"): template("Right knee, by its place beside the other one."),
    ("right", "other knee"): template("Left knee, by its place beside the other one."),
    ("left", "file"): template("Right knee, as the file says."),
    ("right", "file"): template("Left knee, as the file says."),
    ("left", "looks"): template("Probably a right knee, judged by its looks."),
    ("right", "looks"): template("Probably a left knee, judged by its looks."),
}
"""(On which side of the film the lateral side lies, how that is known) -> which knee it is."""
CALLED: Final[dict[Lateral, str]] = {
    "left": template("Right knee"),
    "right": template("Left knee"),
}
"""The same in two words, for a button."""


def cortex_measures(cortex: tuple[CorticalIndex, ...], likeness: float) -> tuple[Measure, ...]:
    """Of femur and tibia, also of one that could not be measured; of what is hardly a knee none.

    likeness: ``FoundKnee.score``.
    """
    known = likeness >= LIKENESS_WARN
    found = {index.bone: index for index in cortex if known}
    why_not = NOT_MEASURED if known else UNLIKE
    return tuple(_measure(bone, found.get(bone), why_not) for bone in NAMES)


def _measure(bone: Bone, index: CorticalIndex | None, why_not: str) -> Measure:
    if index is None:
        return Measure(f"cortical_index_{bone}", NAMES[bone], None, RATIO, MEANING, why_not=why_not)
    return Measure(
        f"cortical_index_{bone}", NAMES[bone], index.index, RATIO, MEANING, _millimetres(index)
    )


def _millimetres(index: CorticalIndex) -> str:
    if index.thickness_mm is None or index.width_mm is None:
        return ""
    return message(
        "Walls of {thickness} mm on average, shaft of {width} mm, by the file's spacing.",
        thickness=f"{index.thickness_mm:.1f}",
        width=f"{index.width_mm:.1f}",
    )
