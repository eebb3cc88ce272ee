"""An apparent age by hand, of the photo of the assessments by hand."""

import numpy as np

from face2bone.apparent_age import AgeFacts, AgeGap, ApparentAge
from face2bone.bundle.years_bundle import Band
from face2bone.runtime import OodVerdict

FACTS = AgeFacts(
    name="toy",
    version="1.0.0",
    status="research",
    sha256="d" * 64,
    cohort="nobody",
    limits=("A toy.",),
    bands=(Band(40.0, 60.0, 120, 5.52, 0.3, 0.9),),
    measured_on="120 toy people",
    calibrated_on=500,
)
AGE = ApparentAge(
    years=52.34,
    median=51.9,
    low=41.2,
    high=63.8,
    level=0.9,
    is_calibrated=True,
    gap=AgeGap(4.4, -6.7, 15.8, 6.0),
    out_of_domain=OodVerdict(3.0, 9.0, False),
    shares=np.full(81, 1 / 81),
    first_year=0,
    engine="toy cpu f32",
    facts=FACTS,
    photo_sha256="a" * 64,
)
OUTSIDE = OodVerdict(10.0, 9.0, True)
