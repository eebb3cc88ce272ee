"""The six values of a drawn knee: four that the T-score moves and two decoys."""

from typing import Final

from face2bone.drawn.film.patients import PlantedModel, PlantedValue

KNEE_VALUES: Final = PlantedModel(
    (
        PlantedValue("femoral_cortex", "femoral cortex", "mm", 3.4, -1.0, 0.45, 1.0, 6.0),
        PlantedValue("tibial_cortex", "tibial cortex", "mm", 3.0, -0.9, 0.40, 1.0, 5.5),
        PlantedValue("bone_volume", "bone volume", "BV/TV", 0.16, -0.05, 0.022, 0.05, 0.30),
        PlantedValue("horizontal", "horizontal trabeculae", "weight", 0.70, -0.40, 0.20, 0.0, 1.4),
        PlantedValue("plate", "subchondral plate", "mm", 1.4, 0.0, 0.25, 0.6, 2.4),
        PlantedValue("joint_space", "joint space", "mm", 4.0, 0.0, 0.9, 1.5, 6.5),
    )
)
ENDS: Final = ("condyle_medial", "condyle_lateral", "plateau_medial", "plateau_lateral")
PLANTED_PART: Final = {
    "femoral_cortex": ("femoral_shaft",),
    "tibial_cortex": ("tibial_shaft",),
    "bone_volume": ENDS,
    "horizontal": ENDS,
    "plate": ENDS,
    "joint_space": ("joint_space_medial", "joint_space_lateral", *ENDS),
}
"""The parts (``modalities.knee.parts``) in which each value shows."""
