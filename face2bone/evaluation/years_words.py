"""A face age evaluation as text: what was measured, by age, and what it is to be held against."""

from collections.abc import Iterator
from typing import Final

from face2bone.bundle.years_bundle import Band
from face2bone.evaluation.bootstrap import Estimate
from face2bone.evaluation.years import YearsEvaluation

SMALL: Final = 30
"""Photos in a band below which its figures move by chance; such bands are marked."""
HEAD: Final = ("age", "photos", "mean error, years", "too old by, years", "interval holds")


def years_text(found: YearsEvaluation) -> str:
    """The figures for the shell and as Markdown."""
    table = [HEAD, tuple("---" for _ in HEAD), *(_row(band) for band in found.bands)]
    lines = "\n".join("| " + " | ".join(row) + " |" for row in table)
    small = any(band.people < SMALL for band in found.bands)
    note = f"\n\n*: fewer than {SMALL} photos; the figure moves by chance." if small else ""
    return "\n\n".join([*_sentences(found), lines + note]) + "\n"


def _sentences(found: YearsEvaluation) -> Iterator[str]:
    left_out = f"; {_photos(found.rejected)} left out" if found.rejected else ""
    people = "1 person" if found.people == 1 else f"{found.people} people"
    yield (
        f"{found.bundle} {found.sha256[:12]}: {_photos(found.photos)} of {people}{left_out}. "
        "In brackets: 95% intervals over people."
    )
    yield (
        f"Mean absolute error {shown(found.mae)} years; {found.guess_mae:.1f} for saying the "
        f"cohort's median age of everybody. {_guess(found)}"
    )
    yield (
        f"Answers are {shown(found.bias, '+.1f')} years from the age on average and rise by "
        f"{shown(found.slope, '.2f')} years a year of age: below 1 the young look older to it and "
        "the old younger."
    )
    yield _interval(found)
    if found.out_of_domain is not None:
        share = found.out_of_domain / found.photos
        unlike = "is" if found.out_of_domain == 1 else "are"
        yield (
            f"{_photos(found.out_of_domain)} ({share:.0%}) {unlike} unlike those it was calibrated "
            "on; on Review such a photo gets no age."
        )


def _photos(count: int) -> str:
    return "1 photo" if count == 1 else f"{count} photos"


def _guess(found: YearsEvaluation) -> str:
    high = found.mae.high
    if high is None or high >= found.guess_mae:
        return "**That it is better than this guess was not shown.**"
    return "It is better than this guess."


def _interval(found: YearsEvaluation) -> str:
    if found.coverage is None or found.level is None:
        return "It has no calibrated interval, so there is no share of ages that it holds."
    return (
        f"Its {found.level:.0%} interval holds the age of {shown(found.coverage, '.1%')} and is "
        f"{found.width:.1f} years wide on average."
    )


def _row(band: Band) -> tuple[str, ...]:
    mark = "*" if band.people < SMALL else ""
    return (
        f"{band.low:g} to {band.high - 1:g}",
        f"{band.people}{mark}",
        f"{band.mae:.1f}",
        f"{band.bias:+.1f}",
        "" if band.coverage is None else f"{band.coverage:.0%}",
    )


def shown(figure: Estimate, form: str = ".1f") -> str:
    """A figure with its interval."""
    if figure.value is None:
        return "not defined"
    if figure.low is None or figure.high is None:
        return f"{figure.value:{form}}"
    return f"{figure.value:{form}} ({figure.low:{form}} to {figure.high:{form}})"
