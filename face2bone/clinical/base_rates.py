"""How common each class is where the patient lives, and what that would do to a result.

The figures are data, ``base_rates.toml``; a rate without a known source, or with shares
that leave no room for normal, is refused at load. What comes out is a "what if": it assumes
that faces of one class look alike in both populations (``calibration.prior_shift``).
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
import numpy.typing as npt
from pydantic import Field, model_validator

from face2bone.bone import BoneClass
from face2bone.calibration import PredictiveValues, predictive_values, shift_prior
from face2bone.clinical.source import Frozen, Source
from face2bone.errors import PatientError
from face2bone.patient import Patient, Sex

PerClass = tuple[float, ...]


class BaseRate(Frozen):
    """Shares of one population in percent; ``low_bone_mass`` None where none was published.

    ``sex`` None means both; ``age_from`` and ``age_to`` are completed years, both included.
    """

    setting: str = Field(min_length=1)
    osteoporosis: float = Field(ge=0, le=100)
    low_bone_mass: float | None = Field(default=None, ge=0, le=100)
    country: str = ""
    sex: Sex | None = None
    age_from: int = Field(default=18, ge=18, le=110)
    age_to: int | None = Field(default=None, ge=18, le=110)
    source: str = ""
    note: str = ""

    @model_validator(mode="after")
    def _leaves_room_for_normal(self) -> "BaseRate":
        if self.osteoporosis + (self.low_bone_mass or 0.0) > 100.0:
            raise ValueError(f"{self.setting}: the shares add up to more than 100 percent")
        if self.age_to is not None and self.age_to < self.age_from:
            raise ValueError(f"{self.setting}: the ages are out of order")
        return self

    def fits(self, patient: Patient) -> bool:
        """Whether the patient is one of these people, by sex and completed years."""
        years = int(patient.age_years)
        of_age = self.age_from <= years and (self.age_to is None or years <= self.age_to)
        return of_age and self.sex in (None, patient.sex)

    def shares(self, cohort: PerClass) -> PerClass:
        """Share of each class, in [0, 1]; without a published share of low bone mass the
        others are split as in ``cohort``, the model's own base rates.
        """
        ill = self.osteoporosis / 100.0
        if self.low_bone_mass is not None:
            low = self.low_bone_mass / 100.0
        else:
            normal, osteopenia, _ = cohort
            low = (1.0 - ill) * osteopenia / (normal + osteopenia)
        return 1.0 - ill - low, low, ill


class BaseRates(Frozen):
    """Every rate of one version of the table, by id."""

    version: str
    sources: dict[str, Source]
    rates: dict[str, BaseRate]

    @model_validator(mode="after")
    def _every_rate_has_a_source(self) -> "BaseRates":
        missing = sorted(k for k, rate in self.rates.items() if rate.source not in self.sources)
        if missing:
            raise ValueError(f"base rates without a known source: {', '.join(missing)}")
        return self

    def fitting(self, patient: Patient) -> dict[str, BaseRate]:
        """The rates of populations the patient belongs to by sex and age, by id."""
        return {key: rate for key, rate in self.rates.items() if rate.fits(patient)}

    def citation(self, rate: BaseRate) -> str:
        """Where a rate comes from; the clinician's own figures have no publication."""
        if rate.source not in self.sources:
            return "Your own figures."
        return " ".join(
            part for part in (self.sources[rate.source].citation + ".", rate.note) if part
        )


@dataclass(frozen=True)
class WhatIf:
    """A result under another population's base rates, for the same photo.

    probabilities, base_rates: (3,) each. predictive: of the model naming osteoporosis there,
    None where the bundle's card has no counts to say it from.
    """

    rate: BaseRate
    probabilities: npt.NDArray[np.float64]
    base_rates: PerClass
    predictive: PredictiveValues | None

    @property
    def per_hundred(self) -> int:
        """Of 100 people like this there, about so many have osteoporosis on DXA."""
        return round(100 * float(self.probabilities[BoneClass.OSTEOPOROSIS]))


def what_if(
    probabilities: npt.ArrayLike,
    cohort: PerClass,
    rate: BaseRate,
    operating_point: tuple[float, float] | None = None,
) -> WhatIf:
    """Probabilities (3,) told under ``cohort`` base rates, as they would be under ``rate``.

    ``operating_point``: measured sensitivity and specificity of naming osteoporosis.
    Raises ``PatientError`` when the base rates exclude what the result names.
    """
    shares = rate.shares(cohort)
    shifted = shift_prior(probabilities, cohort, shares)
    predictive = None
    if operating_point is not None and not np.isnan(operating_point).any():
        predictive = predictive_values(*operating_point, shares[BoneClass.OSTEOPOROSIS])
    return WhatIf(rate, shifted, shares, predictive)


def own_rate(osteoporosis: float, low_bone_mass: float) -> BaseRate:
    """A clinician's own figures, in percent of the people they see.

    Raises ``PatientError`` when they leave no room for each other.
    """
    if min(osteoporosis, low_bone_mass) < 0 or osteoporosis + low_bone_mass > 100:
        raise PatientError(
            "Osteoporosis {osteoporosis}% and low bone mass {low_bone_mass}% of the same "
            "people cannot add up to more than 100%. Correct one of them.",
            osteoporosis=f"{osteoporosis:g}",
            low_bone_mass=f"{low_bone_mass:g}",
        )
    return BaseRate(
        setting="the setting you describe", osteoporosis=osteoporosis, low_bone_mass=low_bone_mass
    )


@cache
def load_base_rates() -> BaseRates:
    """The table that ships with the package."""
    text = resources.files("face2bone.clinical").joinpath("base_rates.toml").read_text("utf-8")
    return BaseRates.model_validate(tomllib.loads(text))
