"""Guidelines as data: who gets DXA, what a FRAX result means, what to advise.

One TOML file each in ``guidelines/``, validated at load. A site chooses one with the
setting ``FACE2BONE_GUIDELINE``. Ages are years, FRAX thresholds 10-year probabilities in
percent; a limit belongs to the category above it.
"""

import tomllib
from enum import Enum
from functools import cache
from importlib import resources
from typing import Final, Literal, get_args

from pydantic import Field, field_validator, model_validator

from face2bone.choices import GuidelineId
from face2bone.clinical.pathway import Asking, Sourced, Urgency, check_sources, urgency_by_name
from face2bone.clinical.source import Frozen, Source
from face2bone.patient import RiskFactor, Sex

GUIDELINES: Final[tuple[GuidelineId, ...]] = get_args(GuidelineId)
Topic = Literal["calcium", "vitamin_d", "exercise", "falls"]


class FraxCategory(Enum):
    """Where a FRAX result stands among a guideline's thresholds, lowest first."""

    LOW = "low"
    INTERMEDIATE = "intermediate"
    HIGH = "high"
    VERY_HIGH = "very_high"


CATEGORIES: Final = tuple(FraxCategory)
Ladder = tuple[tuple[float, FraxCategory], ...]


class Eligibility(Asking):
    """Whom a guideline sends to DXA or to a review, by age, sex and risk factors.

    Every condition given must hold. ``where_t_scores_apply`` leaves out men under 50 and
    women before menopause; ``until_frax`` lets the rule stand only until a FRAX result
    that the guideline can place has been entered.
    """

    sex: Sex | None = None
    min_age: float | None = None
    below_age: float | None = None
    any_of: tuple[RiskFactor, ...] = ()
    where_t_scores_apply: bool = False
    until_frax: bool = False


class Thresholds(Frozen):
    """Thresholds of one outcome at one age, percent; None where the guideline names none."""

    assess: float | None = None
    treat: float | None = None
    upper: float | None = None
    very_high: float | None = None

    @model_validator(mode="after")
    def _rise(self) -> "Thresholds":
        named = [x for x in (self.assess, self.treat, self.upper, self.very_high) if x is not None]
        if not named or named != sorted(named) or named[0] <= 0 or named[-1] >= 100:
            raise ValueError("thresholds must rise between 0 and 100 percent")
        return self

    def ladder(self, with_bmd: bool) -> Ladder:
        """Limits and the category each opens, highest first.

        Without BMD the upper assessment threshold opens *high* and the lower one
        *intermediate*; with BMD nothing is left to measure and the intervention threshold
        decides.
        """
        high = self.treat if with_bmd else self.upper or self.treat
        steps = [(self.very_high, FraxCategory.VERY_HIGH), (high, FraxCategory.HIGH)]
        if not with_bmd:
            steps.append((self.assess, FraxCategory.INTERMEDIATE))
        return tuple((limit, category) for limit, category in steps if limit is not None)


class FraxRow(Frozen):
    """Thresholds from an age on, until the next row's age."""

    from_age: float
    major: Thresholds
    hip: Thresholds | None = None


class FraxAction(Frozen):
    """What a category asks for."""

    label: str
    urgency: Urgency
    actions: tuple[str, ...]

    @field_validator("urgency", mode="before")
    @classmethod
    def _urgency_by_name(cls, name: object) -> object:
        return urgency_by_name(name)


class FraxTable(Sourced):
    """A guideline's reading of a FRAX result; ``outside`` says for whom it has none.

    With ``low_bone_mass_only`` the thresholds are for T-scores between -1.0 and -2.5: a result
    with BMD is not placed for a patient whose T-scores are known to lie above.
    """

    sex: Sex | None = None
    outside: str
    low_bone_mass_only: bool = False
    rows: tuple[FraxRow, ...] = Field(min_length=1)
    without_bmd: dict[FraxCategory, FraxAction]
    with_bmd: dict[FraxCategory, FraxAction] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _complete(self) -> "FraxTable":
        ages = [row.from_age for row in self.rows]
        if ages != sorted(set(ages)):
            raise ValueError("FRAX rows must stand in order of age")
        for with_bmd, actions in ((False, self.without_bmd), (True, self.with_bmd)):
            missing = self._reachable(with_bmd) - actions.keys()
            if missing:
                names = ", ".join(sorted(category.value for category in missing))
                raise ValueError(f"FRAX categories without an action: {names}")
        return self

    def _reachable(self, with_bmd: bool) -> set[FraxCategory]:
        outcomes = [t for row in self.rows for t in (row.major, row.hip) if t is not None]
        opened = {category for t in outcomes for _, category in t.ladder(with_bmd)}
        return opened | {FraxCategory.LOW} if opened else set()

    def row(self, age_years: float) -> FraxRow | None:
        """The row of an age, None below the first."""
        return next((row for row in reversed(self.rows) if row.from_age <= age_years), None)


class Advice(Sourced):
    """One sentence of advice."""

    text: str = Field(pattern=r"\.$")


class Guideline(Frozen):
    """One guideline; ``note`` says what of it is confirmed and what is not.

    With ``osta`` the index is read by its Asian bands instead of the cut-offs of OST.
    """

    id: GuidelineId
    name: str
    version: str
    note: str
    osta: bool = False
    sources: dict[str, Source]
    eligibility: dict[str, Eligibility]
    frax: FraxTable | None = None
    advice: dict[Topic, Advice]

    @property
    def title(self) -> str:
        """Name and version, as shown beside every reason that rests on it."""
        return f"{self.name} {self.version}"

    @model_validator(mode="after")
    def _whole(self) -> "Guideline":
        parts: list[tuple[str, Sourced]] = [*self.eligibility.items(), *self.advice.items()]
        if self.frax is not None:
            parts.append(("frax", self.frax))
        check_sources(self.sources, parts)
        if set(self.advice) != set(get_args(Topic)):
            raise ValueError("advice must cover calcium, vitamin D, exercise and falls")
        return self


@cache
def load_guideline(guideline: GuidelineId) -> Guideline:
    """A guideline that ships with the package."""
    folder = resources.files("face2bone.clinical").joinpath("guidelines")
    data = tomllib.loads(folder.joinpath(f"{guideline}.toml").read_text("utf-8"))
    return Guideline.model_validate({"id": guideline, **data})
