"""The six values of a drawn hand: four that the T-score moves and two decoys.

Cortical shares are both walls over the outer width at mid-shaft (the metacarpal index).
"""

from typing import Final

from face2bone.drawn.film.patients import PlantedModel, PlantedValue

HAND_VALUES: Final = PlantedModel(
    (
        PlantedValue("metacarpal_cortex", "metacarpals", "share", 0.55, -0.11, 0.05, 0.2, 0.85),
        PlantedValue("phalangeal_cortex", "phalanges", "share", 0.52, -0.08, 0.05, 0.2, 0.80),
        PlantedValue("radial_cortex", "radial cortex", "mm", 2.5, -0.6, 0.30, 0.8, 4.2),
        PlantedValue("bone_volume", "bone volume", "BV/TV", 0.16, -0.05, 0.022, 0.05, 0.30),
        PlantedValue("plate", "subchondral plate", "mm", 0.8, 0.0, 0.12, 0.4, 1.2),
        PlantedValue("joint_space", "finger joint space", "mm", 1.6, 0.0, 0.30, 0.8, 2.5),
    )
)
METACARPALS: Final = ("metacarpal_1", "metacarpal_2", "metacarpal_3", "metacarpals_4_5")
PHALANGES: Final = ("proximal_phalanges", "distal_phalanges")
PLANTED_PART: Final = {
    "metacarpal_cortex": METACARPALS,
    "phalangeal_cortex": PHALANGES,
    "radial_cortex": ("radius",),
    "bone_volume": ("carpals", "radius", "ulna"),
    "plate": (*METACARPALS, *PHALANGES),
    "joint_space": (*METACARPALS, *PHALANGES),
}
"""The parts (``modalities.hand.parts``) in which each value shows."""
