"""A survival study as text: what was found, tables, and what the figures do not say."""

from collections.abc import Sequence
from typing import Final

from face2bone.evaluation.bootstrap import Estimate
from face2bone.evaluation.survival import tables
from face2bone.evaluation.survival.study import CohortSummary, ScoreFindings, SurvivalStudy
from face2bone.evaluation.survival.tables import Table, ratio, shown
from face2bone.words import message, template

COHORT_ONLY: Final = template(
    "These are figures of a cohort. They do not forecast anybody's time, and no part of this "
    "program does."
)
DILUTED: Final = template(
    "A score that is read from a photo with an error shows a smaller ratio than the face holds: "
    "where errors have the SD of 5 years and true gaps of 6, a true ratio of 1.82 a decade is "
    "reported as 1.42. Nothing here is corrected for it, because the error of a single photo is "
    "not known."
)
NO_RATIO: Final = template("A quarter had no event, so that no ratio against it is finite.")
CHANGE: Final = template(
    "The hazard ratios change over the follow-up: read them as averages over it."
)
NO_CHANGE: Final = template("No change of a hazard ratio over the follow-up was found.")
OUT_OF_FOLD: Final = template(
    "Out of fold; intervals from {resamples} resamples of the patients. Harrell's C moves with how "
    "long patients were followed, Uno's does not."
)
HOLDS: Final = 0.05


def verdict(found: SurvivalStudy) -> str:
    """One sentence a score."""
    return " ".join(verdict_of(score, found.adjusted_for) for score in found.scores)


def markdown(found: SurvivalStudy, of_what: str, plots: Sequence[str] = ()) -> str:
    """The report as Markdown; ``plots`` are paths of the curves, one a score."""
    remarks = "".join(f"\n\n**{remark}**" for remark in found.remarks)
    parts = [
        f"# Survival of a cohort and the face\n\n{of_what}\n\n**{COHORT_ONLY}**{remarks}",
        f"## Whom it is of\n\n{summary(found.cohort)}\n\n"
        + _text(tables.without_score(found.without_score)),
    ]
    for place, score in enumerate(found.scores):
        plot = plots[place] if place < len(plots) else ""
        parts += _score(score, found.adjusted_for, plot)
    return "\n\n".join(parts) + "\n"


def verdict_of(score: ScoreFindings, rest: str) -> str:
    """What a score adds to the ``rest``, in one sentence."""
    gain = score.accuracy.concordance["uno_gain"]
    adds = gain.low is not None and gain.low > 0
    said = VERDICTS[adds]
    return message(
        said,
        name=score.name,
        rest=rest,
        ratio=ratio(score.per_sd),
        without=_figure(score.accuracy.concordance["uno_without"]),
        with_it=_figure(score.accuracy.concordance["uno_with"]),
        gain=shown(gain),
    )


VERDICTS: Final = {
    True: template(
        "The {name} adds to {rest} in this cohort: hazard ratio for one SD {ratio}, adjusted for "
        "{rest}; Uno's C {without} without it, {with_it} with it, gain {gain}."
    ),
    False: template(
        "The {name} was not shown to add to {rest} in this cohort: hazard ratio for one SD "
        "{ratio}, adjusted for {rest}; Uno's C {without} without it, {with_it} with it, gain "
        "{gain}."
    ),
}


def _figure(estimate: Estimate) -> str:
    return "-" if estimate.value is None else f"{estimate.value:.3f}"


def summary(who: CohortSummary) -> str:
    """Who was followed, and for how long."""
    followed = (
        template("more than half were still followed at the end")
        if who.median_follow_up is None
        else message("median follow-up {years} years", years=f"{who.median_follow_up:.1f}")
    )
    return message(
        "{patients} patients, {women} women, age {mean} (SD {sd}) years; {events} had the event in "
        "{followed} patient-years; {follow_up}.",
        patients=who.patients,
        women=who.women,
        mean=f"{who.age_mean:.1f}",
        sd=f"{who.age_sd:.1f}",
        events=who.events,
        followed=f"{who.person_years:.0f}",
        follow_up=followed,
    )


def log_rank(score: ScoreFindings) -> str:
    """The test over the four quarters."""
    test = tables.chi_squared(score.quartiles.log_rank)
    return message("Log-rank test over the four quarters: {test}.", test=test)


def proportional(score: ScoreFindings) -> str:
    """Whether the hazard ratios change over the follow-up."""
    return CHANGE if score.proportional[-1].p_value < HOLDS else NO_CHANGE


def out_of_fold(score: ScoreFindings) -> str:
    """What the concordances are of."""
    return message(OUT_OF_FOLD, resamples=score.accuracy.resamples)


def _score(score: ScoreFindings, rest: str, plot: str) -> list[str]:
    curves = f"![Kaplan-Meier curves by quarter of the {score.name}]({plot})\n\n" if plot else ""
    against = tables.against_lowest(score, rest)
    return [
        f"## The {score.name}\n\n{verdict_of(score, rest)}\n\n"
        f"{score.how[0].upper()}{score.how[1:]}. SD {score.sd:.3g}.",
        f"### Hazard ratios\n\n{_text(tables.ratios(score, rest))}\n\n{DILUTED}",
        f"### Quarters, freed of {rest}\n\n{curves}"
        f"{_text(against) if against.rows else NO_RATIO}\n\n"
        f"{_text(tables.at_risk(score))}\n\n{log_rank(score)}",
        "### Who has the event first (concordance)\n\n"
        f"{_text(tables.concordance(score, rest))}\n\n{out_of_fold(score)}",
        "### Are the hazards proportional?\n\n"
        f"{_text(tables.proportional(score))}\n\n{proportional(score)}",
        f"### Predicted and observed\n\n{_text(tables.calibration(score))}\n\n"
        f"{_text(tables.brier(score, rest))}",
    ]


def _text(table: Table) -> str:
    """A table in Markdown."""
    lines = [table.head, ["---"] * len(table.head), *table.rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
