"""An apparent age as a document and in words: versioned, by name, never with the photo.

Words are made of the document, so that page, report and records say the same of it.

docs/reference/face-age-json.md explains each field. In an assessment it stands as
``apparent_age``; by itself it is what ``face2bone face-age`` writes.
"""

from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from face2bone.apparent_age import (
    NO_REFERENCE,
    NOT_CALIBRATED,
    WHAT_IT_IS,
    WHAT_IT_IS_NOT,
    AgeExplanation,
    ApparentAge,
)
from face2bone.assessment import Assessment
from face2bone.bundle.years_bundle import Band
from face2bone.report.sentences import Sentence
from face2bone.words import message

UNLIKE: Final = message(
    "How old the face looks is not said: the photo is unlike those the model was calibrated on."
)
NO_GAP: Final = message(
    "No gap to the age typed in is given: nobody has measured how old others of the same age and "
    "sex look to this model."
)

Years = Annotated[float, Field(allow_inf_nan=False)]
Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class AgeIntervalPart(_Part):
    """``calibrated`` with the share of people whose age it held, or the network's own spread."""

    low: Years
    high: Years
    level: Annotated[float, Field(gt=0.0, lt=1.0)]
    calibrated: bool
    people: Annotated[int, Field(ge=0)]


class AgeGapPart(_Part):
    """Years older than others of the same age and sex look, with its range."""

    years: Years
    low: Years
    high: Years


class AgeRegionsPart(_Part):
    """Exact Shapley values by part, in years; base plus their sum equals full."""

    baseline: str
    base: Years
    full: Years
    values: dict[str, Years]


class AgeBundlePart(_Part):
    """Which network spoke."""

    name: str
    version: str
    status: Literal["demo", "research", "locally-validated"]
    sha256: Sha256


class ApparentAgePart(_Part):
    """How old one face looks to a network, in years; ``median`` is of its distribution."""

    years: Years
    median: Years
    interval: AgeIntervalPart
    gap: AgeGapPart | None
    out_of_domain: bool | None
    regions: list[AgeRegionsPart]
    regions_withheld: Sentence
    limits: list[Sentence] = Field(min_length=1)
    engine: str
    bundle: AgeBundlePart


class ApparentAgeDocument(_Part):
    """What ``face2bone face-age`` writes."""

    schema_version: Literal["1.0"] = "1.0"
    study: Literal["face_age"] = "face_age"
    notice: str
    photo_sha256: Sha256
    apparent_age: ApparentAgePart


def age_part(age: ApparentAge, explanation: AgeExplanation | None = None) -> ApparentAgePart:
    """The part of a document; region values are left out where their own check fails."""
    withheld = (explanation.check().reason or "") if explanation else ""
    shown = explanation if explanation and not withheld else None
    gap = age.gap
    return ApparentAgePart(
        years=_tenth(age.years),
        median=_tenth(age.median),
        interval=AgeIntervalPart(
            low=_tenth(age.low),
            high=_tenth(age.high),
            level=age.level,
            calibrated=age.is_calibrated,
            people=age.facts.calibrated_on,
        ),
        gap=None
        if gap is None
        else AgeGapPart(years=_tenth(gap.years), low=_tenth(gap.low), high=_tenth(gap.high)),
        out_of_domain=None if age.out_of_domain is None else age.out_of_domain.is_outside,
        regions=_regions(shown) if shown else [],
        regions_withheld=withheld,
        limits=[WHAT_IT_IS, WHAT_IT_IS_NOT, *limits(age)],
        engine=age.engine,
        bundle=AgeBundlePart(
            name=age.facts.name,
            version=age.facts.version,
            status=age.facts.status,
            sha256=age.facts.sha256,
        ),
    )


def age_beside(assessment: Assessment, age: ApparentAge | None) -> ApparentAgePart | None:
    """The part as it stands beside a result; ``ValueError`` where it is of another face."""
    if age is None:
        return None
    if not age.is_of(assessment.located):
        raise ValueError("the apparent age is of another photo or another face in it")
    return age_part(age)


def limits(age: ApparentAge) -> tuple[str, ...]:
    """What must be known of this answer, the gravest first."""
    said: list[str] = []
    if age.out_of_domain is not None and age.out_of_domain.is_outside:
        said.append(
            message(
                "This photo is unlike those the model was calibrated on; its years must not be "
                "used."
            )
        )
    if not age.is_calibrated:
        said.append(NOT_CALIBRATED)
    band = age.facts.band_of(age.years)
    if band is not None:
        said.append(_error_in(band, age.facts.measured_on))
    else:
        said.append(age.facts.measured_on)
    if age.out_of_domain is None:
        said.append(NO_REFERENCE)
    return (*said, *age.facts.limits)


def _error_in(band: Band, measured_on: str) -> str:
    return message(
        "Among {people} people aged {low} to {high} the mean error was {years} years ({where}).",
        people=f"{band.people}",
        low=f"{band.low:g}",
        high=f"{band.high:g}",
        years=f"{band.mae:.1f}",
        where=measured_on,
    )


def headline(age: ApparentAgePart) -> str:
    """The answer in one line: whole years, for a tenth of a year means nothing here."""
    words = interval_words(age.interval)
    return message("about {years} years ({interval})", years=f"{age.years:.0f}", interval=words)


def interval_words(interval: AgeIntervalPart) -> str:
    """The interval in whole years, and what it promises."""
    low, high = f"{interval.low:.0f}", f"{interval.high:.0f}"
    if interval.calibrated:
        level = f"{interval.level:.0%}"
        return message("{level} interval {low} to {high}", level=level, low=low, high=high)
    return message("the network's own spread {low} to {high}, not calibrated", low=low, high=high)


def answer_words(age: ApparentAgePart) -> str:
    """What is said wherever an assessment is shown: model and years, or that none are said."""
    if age.out_of_domain:
        return UNLIKE
    model = f"{age.bundle.name} {age.bundle.version}"
    return message(
        "How old the face looks to {model}: {answer}.", model=model, answer=headline(age)
    )


def gap_words(age: ApparentAgePart) -> str:
    """The gap to the age typed in, or why there is none; "" where no years are said."""
    if age.out_of_domain:
        return ""
    if age.gap is None:
        return NO_GAP
    return message(
        "Age gap: {years} years ({low} to {high}) against how old others of the same age and sex "
        "look to it.",
        years=f"{age.gap.years:+.0f}",
        low=f"{age.gap.low:+.0f}",
        high=f"{age.gap.high:+.0f}",
    )


def summary(age: ApparentAge, explanation: AgeExplanation | None = None) -> str:
    """What the shell prints."""
    said = age_part(age)
    lines = [answer_words(said)]
    if said.gap is not None:
        lines.append(gap_words(said))
    if explanation is not None:
        lines += _region_lines(explanation)
    return "\n".join(filter(None, [*lines, WHAT_IT_IS_NOT, *limits(age)]))


def _region_lines(explanation: AgeExplanation) -> list[str]:
    withheld = explanation.check().reason
    if withheld:
        return ["Values of the parts are withheld. " + withheld]
    values = explanation.values[0]
    order = sorted(range(len(values)), key=lambda i: -abs(values[i]))
    words = ", ".join(f"{explanation.parts[i].label} {values[i]:+.1f}" for i in order)
    return [f"Years that each part adds, compared with a blurred one: {words}."]


def _regions(explanation: AgeExplanation) -> list[AgeRegionsPart]:
    return [
        AgeRegionsPart(
            baseline=game.baseline,
            base=_hundredth(game.base[0]),
            full=_hundredth(game.full[0]),
            values={
                part.id: _hundredth(value)
                for part, value in zip(game.parts, game.values[:, 0], strict=True)
            },
        )
        for game in explanation.games
    ]


def _tenth(value: float) -> float:
    return round(float(value), 1)


def _hundredth(value: float) -> float:
    return round(float(value), 2)
