"""A face age evaluation as text: what was measured, by age, and what it is to be held against."""

from collections.abc import Iterator
from typing import Final

from face2bone.bundle.card import notice_of
from face2bone.bundle.years_bundle import Band
from face2bone.evaluation.bootstrap import Estimate
from face2bone.evaluation.years_record import YearsFigures, YearsRecord, beats_guess
from face2bone.words import template

SMALL: Final = 30
"""Photos in a band below which its figures move by chance; such bands are marked."""
DRAWN: Final = template(
    "The people were drawn: nobody here exists, and nothing here says how the model does on people."
)
HEAD: Final = ("age", "photos", "mean error, years", "too old by, years", "interval holds")


def years_text(record: YearsRecord) -> str:
    """The figures for the shell and as Markdown."""
    found = record.figures
    table = [HEAD, tuple("---" for _ in HEAD), *(_row(band) for band in found.bands)]
    lines = "\n".join("| " + " | ".join(row) + " |" for row in table)
    small = any(band.people < SMALL for band in found.bands)
    note = f"\n\n*: fewer than {SMALL} photos; the figure moves by chance." if small else ""
    return "\n\n".join([*_about(record), *_sentences(found), lines + note, *_sexes(found)]) + "\n"


def _about(record: YearsRecord) -> Iterator[str]:
    """Which bundle and whose faces, first of all what may not be read into the figures."""
    bundle, cohort = record.bundle, record.cohort
    yield f"**{notice_of(bundle.status)}**"
    if cohort.drawn:
        yield f"**{DRAWN}**"
    left = sum(cohort.rejected.values())
    yield (
        f"{bundle.name} {bundle.version} ({bundle.status}) {bundle.sha256[:12]}. "
        f"Cohort: {cohort.description}; {_photos(cohort.photos)}"
        f"{f', {_photos(left)} left out' if left else ''}. "
        f"{record.engine}, {record.software}, {record.created_on}."
    )
    yield from cohort.remarks


def _sentences(found: YearsFigures) -> Iterator[str]:
    people = "1 person" if found.people == 1 else f"{found.people} people"
    yield (
        f"Measured on {_photos(found.photos)} of {people}. In brackets: 95% intervals over people."
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


def _guess(found: YearsFigures) -> str:
    if beats_guess(found.mae, found.guess_mae):
        return "It is better than this guess."
    return "**That it is better than this guess was not shown.**"


def _interval(found: YearsFigures) -> str:
    if found.coverage is None or found.level is None:
        return "It has no calibrated interval, so there is no share of ages that it holds."
    return (
        f"Its {found.level:.0%} interval holds the age of {shown(found.coverage, '.1%')} and is "
        f"{found.width:.1f} years wide on average."
    )


def _sexes(found: YearsFigures) -> Iterator[str]:
    """The age gap of women and of men, where it can be said of both."""
    if len(found.sexes) < 2:
        return
    for one in found.sexes:
        name = {"F": "Women", "M": "Men"}[one.sex]
        gap = "" if one.gap is None else f"; age gap {shown(one.gap, '+.1f')} years on average"
        yield (
            f"{name}, {_photos(one.photos)}: mean absolute error {shown(one.mae)} years, "
            f"{shown(one.bias, '+.1f')} years from the age on average{gap}."
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
