"""Limits of the photo quality checks, each a named setting with its source or rationale.

Beyond *warn* a photo is used and the remark shown; beyond *reject* no prediction is made. Any of
them can be set by an environment variable such as ``FACE2BONE_QUALITY_YAW_WARN``.
"""

from typing import Final, Self

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from face2bone.invalid_value import invalid_setting

ENV_PREFIX: Final = "FACE2BONE_QUALITY_"


class QualityLimits(BaseSettings):
    """Warn and reject limits; docs/reference/face.md lists them beside what each check measures."""

    model_config = SettingsConfigDict(
        env_prefix=ENV_PREFIX, env_ignore_empty=True, frozen=True, extra="ignore"
    )

    inter_pupil_warn: float = Field(
        default=60.0,
        gt=0,
        description="Pixels between the pupils. Rationale: the crop holds the face with 52, so "
        "below 60 a slightly soft photo already loses detail.",
    )
    inter_pupil_reject: float = Field(
        default=40.0,
        gt=0,
        description="Pixels between the pupils. Rationale: the crop would have to be enlarged by "
        "more than 1.3 and fine creases are no longer in the photo.",
    )
    yaw_warn: float = Field(
        default=10.0,
        gt=0,
        le=90,
        description="Degrees either way. Source: ISO/IEC 39794-5 and ICAO portraits allow 5; "
        "rationale: doubled for the estimate's own error of about 2 and hand-held photos.",
    )
    yaw_reject: float = Field(
        default=20.0,
        gt=0,
        le=90,
        description="Degrees either way. Rationale: the far temple and jaw begin to vanish behind "
        "the face's outline.",
    )
    pitch_warn: float = Field(
        default=10.0,
        gt=0,
        le=90,
        description="Degrees either way. Source: ISO/IEC 39794-5 and ICAO portraits allow 5; "
        "rationale: doubled, as the estimate varies by 2 with the shape of the face.",
    )
    pitch_reject: float = Field(
        default=20.0,
        gt=0,
        le=90,
        description="Degrees either way. Rationale: forehead or jaw is foreshortened by more than "
        "its natural variation.",
    )
    roll_warn: float = Field(
        default=8.0,
        gt=0,
        le=45,
        description="Degrees either way. Source: ISO/IEC 39794-5 and ICAO portraits allow 8.",
    )
    roll_reject: float = Field(
        default=30.0,
        gt=0,
        le=45,
        description="Degrees either way. Rationale: the alignment undoes roll, but the landmarks "
        "themselves grow unsure.",
    )
    sharpness_warn: float = Field(
        default=0.50,
        gt=0,
        description="Fine over medium detail in the crop. Rationale: what a Gaussian blur of 2.5 % "
        "of the pupil distance leaves, on drawn faces and on a photo alike.",
    )
    sharpness_reject: float = Field(
        default=0.45,
        gt=0,
        description="Fine over medium detail in the crop. Rationale: as above for a blur of 3 %; "
        "finer creases are gone.",
    )
    brightness_warn: float = Field(
        default=55.0,
        ge=0,
        le=255,
        description="Median grey level of the face, 0 to 255. Rationale: evenly lit very dark "
        "skin stays above it; below it the camera's noise rivals the shading.",
    )
    brightness_reject: float = Field(
        default=35.0,
        ge=0,
        le=255,
        description="Median grey level of the face, 0 to 255. Rationale: fewer than 35 levels "
        "carry half of the face.",
    )
    clipping_warn: float = Field(
        default=3.0,
        ge=0,
        le=100,
        description="Percent of the face with two channels burnt out, or drowned in black. "
        "Rationale: more than the highlights on nose and forehead.",
    )
    clipping_reject: float = Field(
        default=10.0,
        ge=0,
        le=100,
        description="Percent of the face with two channels burnt out, or drowned in black. "
        "Rationale: the area of one of the ten regions.",
    )
    evenness_warn: float = Field(
        default=0.5,
        ge=0,
        le=1,
        description="Darker over brighter half of the face. Source: the ICAO portrait quality "
        "report (2018) asks the darkest measured zone for half the level of the brightest.",
    )
    evenness_reject: float = Field(
        default=0.33,
        ge=0,
        le=1,
        description="Darker over brighter half of the face. Rationale: two thirds of the ICAO "
        "limit, where one half is in shadow.",
    )
    eye_opening_warn: float = Field(
        default=0.18,
        ge=0,
        le=1,
        description="Height over width of the more closed eye. Source: Soukupova and Cech (CVWW "
        "2016) take 0.2 for a blink; rationale: a little less, for narrow and hooded eyes.",
    )
    eye_opening_reject: float = Field(
        default=0.08,
        ge=0,
        le=1,
        description="Height over width of the more closed eye. Rationale: no iris can be seen.",
    )
    mouth_opening_warn: float = Field(
        default=0.20,
        ge=0,
        description="Gap between the lips in pupil distances, about 12 mm. Rationale: a smile or "
        "parted lips, as in half of all portraits, pass; an open mouth never rejects by itself.",
    )
    outside_frame_warn: float = Field(
        default=0.5,
        ge=0,
        le=100,
        description="Percent of the face ellipse beyond the photo's edge. Rationale: more than "
        "the uncertainty of the ellipse.",
    )
    outside_frame_reject: float = Field(
        default=8.0,
        ge=0,
        le=100,
        description="Percent of the face ellipse beyond the photo's edge. Rationale: about the "
        "area of one of the ten regions.",
    )
    misfit_warn: float = Field(
        default=0.09,
        gt=0,
        description="Landmarks against the mean face, in pupil distances. Rationale: beyond 99 % "
        "of drawn faces turned up to 20 degrees.",
    )
    misfit_reject: float = Field(
        default=0.12,
        gt=0,
        description="Landmarks against the mean face, in pupil distances. Rationale: beyond every "
        "drawn face and the photo; drawn clocks and smileys lie from 0.10 on.",
    )
    unrest_warn: float = Field(
        default=0.08,
        gt=0,
        description="How far landmarks move between six looks, in pupil distances. Rationale: "
        "twice the most seen on drawn faces and a photo, masked, noisy or on their head.",
    )
    unrest_reject: float = Field(
        default=0.15,
        gt=0,
        description="How far landmarks move between six looks, in pupil distances; beyond, it "
        "is no face that was found. Rationale: no face moves so far, and drawn clocks and smileys "
        "nearly always do.",
    )
    lip_contrast_reject: float = Field(
        default=4.0,
        ge=0,
        description="Standard deviation of lightness (0 to 100) inside the lips. Rationale: drawn "
        "faces have 4.4 or more, a plain mask or scarf about 0.",
    )
    eye_contrast_warn: float = Field(
        default=5.0,
        ge=0,
        description="Standard deviation of lightness (0 to 100) between the lids. Rationale: half "
        "of the least on drawn faces; dark glasses have about 0, with reflections more.",
    )

    @classmethod
    def from_environment(cls) -> Self:
        """Read the environment; raises ``SettingsError`` naming the variable at fault."""
        try:
            return cls()
        except ValidationError as error:
            raise invalid_setting(error, ENV_PREFIX) from error
