"""QFracture-2012: risk of osteoporotic fracture over 1 to 18 years, in percent.

Notation: risk = 100 * (1 - S0(t)^exp(a)), where a sums beta * (f(x) - centre) over
transforms of age / 10 and body mass index / 10, and the effects of ethnic group, smoking,
alcohol and yes-or-no answers. Major osteoporotic fracture (hip, wrist, shoulder, spine)
and hip fracture are two equations fitted apart: the hip's risk can exceed the other.
Source: Hippisley-Cox and Coupland, BMJ 2012;344:e3427, doi:10.1136/bmj.e3427. The
coefficients in ``qfracture2012/`` are under LGPL-3.0-or-later, with terms beside them:
the disclaimer must be shown with every score. This is not FRAX.
"""

import json
import math
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Literal

from pydantic import Field

from face2bone.clinical.source import Frozen
from face2bone.patient import Sex

DEFAULT_YEARS = 10


class Term(Frozen):
    """beta * (f(x) - centre), f a power of x, times log x where ``times_log``."""

    of: Literal["age", "bmi"]
    power: float
    times_log: bool
    centre: float
    beta: float

    def value(self, tenth: float) -> float:
        """The term at a tenth of the age or of the body mass index."""
        transformed = math.pow(tenth, self.power) * (math.log(tenth) if self.times_log else 1.0)
        return self.beta * (transformed - self.centre)


class Equation(Frozen):
    """One outcome of one sex; ``survivor[t]`` is the baseline survival after t years."""

    survivor: tuple[float, ...] = Field(min_length=19, max_length=19)
    terms: tuple[Term, ...]
    ethnicity: tuple[float, ...] = Field(min_length=10, max_length=10)
    smoking: tuple[float, ...] = Field(min_length=5, max_length=5)
    alcohol: tuple[float, ...] = Field(min_length=6, max_length=6)
    yes: dict[str, float]


class Ranges(Frozen):
    """Inclusive ranges outside which the published code refuses to compute."""

    age: tuple[int, int]
    bmi: tuple[float, float]
    years: tuple[int, int]


class Coefficients(Frozen):
    """The coefficient file; its keys name its licence, its origin and what was changed."""

    licence: Literal["LGPL-3.0-or-later"]
    copyright: str
    origin: str
    changes: str
    version: str
    ranges: Ranges
    equations: dict[Literal["female_major", "male_major", "female_hip", "male_hip"], Equation]


@dataclass(frozen=True)
class Inputs:
    """What the equations take: age in completed years, categories by number, yes answers.

    ``ethnicity`` 1 to 9 (1 white or not stated), ``smoking`` 0 to 4, ``alcohol`` 0 to 5, in
    the order of the enums of ``face2bone.history``; ``yes`` holds the names of the answers
    that are yes, and one an equation does not use changes nothing.
    """

    age: int
    bmi: float
    ethnicity: int = 1
    smoking: int = 0
    alcohol: int = 0
    yes: frozenset[str] = field(default_factory=frozenset)


@cache
def load_coefficients() -> Coefficients:
    """The coefficients that ship with the package."""
    text = _file("coefficients.json")
    return Coefficients.model_validate(json.loads(text))


@cache
def disclaimer() -> str:
    """The wording that the licence requires beside every score."""
    _, _, wording = _file("terms.txt").partition("Additional terms:")
    return " ".join(wording.partition("\n")[2].split())


def out_of_range(inputs: Inputs, years: int) -> str:
    """Why the equations refuse these inputs, with the range; empty where they do not."""
    ranges = load_coefficients().ranges
    for name, value, (low, high), unit in (
        ("an age", inputs.age, ranges.age, " years"),
        ("a body mass index", inputs.bmi, ranges.bmi, " kg/m2"),
        ("a period", years, ranges.years, " years"),
    ):
        if not low <= value <= high:
            return (
                f"the equations take {name} of {low:g} to {high:g}{unit}, "
                f"and this one is {_shown(value, low, high)}"
            )
    return ""


def risk_percent(
    sex: Sex, outcome: Literal["major", "hip"], inputs: Inputs, years: int = DEFAULT_YEARS
) -> float:
    """Risk in percent of a first such fracture within so many years.

    Raises ``ValueError`` with the range for inputs outside it.
    """
    refusal = out_of_range(inputs, years)
    if refusal:
        raise ValueError(refusal)
    equations = load_coefficients().equations
    if sex is Sex.FEMALE:
        equation = equations["female_major" if outcome == "major" else "female_hip"]
    else:
        equation = equations["male_major" if outcome == "major" else "male_hip"]
    hazard_ratio = math.exp(_predictor(equation, inputs))
    return 100.0 * (1.0 - math.pow(equation.survivor[years], hazard_ratio))


def _predictor(equation: Equation, inputs: Inputs) -> float:
    tenths = {"age": inputs.age / 10.0, "bmi": inputs.bmi / 10.0}
    total = sum(term.value(tenths[term.of]) for term in equation.terms)
    total += equation.ethnicity[inputs.ethnicity]
    total += equation.smoking[inputs.smoking] + equation.alcohol[inputs.alcohol]
    return total + sum(beta for name, beta in equation.yes.items() if name in inputs.yes)


def _shown(value: float, low: float, high: float) -> str:
    """The value with as many digits as show on which side of the range it lies."""
    short = f"{value:.1f}".removesuffix(".0")
    return f"{value:.6g}" if low <= float(short) <= high else short


def _file(name: str) -> str:
    return resources.files("face2bone.clinical").joinpath("qfracture2012", name).read_text("utf-8")
