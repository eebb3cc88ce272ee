"""Ten parts of a knee film seen from the front. Medial is toward the other knee."""

from typing import Final

from face2bone.modalities.parts import Part

KNEE_PARTS: Final[tuple[Part, ...]] = (
    Part("femoral_shaft", "femoral shaft"),
    Part("condyle_medial", "medial femoral condyle"),
    Part("condyle_lateral", "lateral femoral condyle"),
    Part("joint_space_medial", "medial joint space"),
    Part("joint_space_lateral", "lateral joint space"),
    Part("plateau_medial", "medial tibial plateau"),
    Part("plateau_lateral", "lateral tibial plateau"),
    Part("tibial_shaft", "tibial shaft"),
    Part("fibula", "fibula"),
    Part("soft_tissue", "soft tissue"),
)
