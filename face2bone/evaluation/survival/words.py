"""A survival study as text: what was found, tables, and what the figures do not say."""

from collections.abc import Iterable, Sequence
from math import isnan
from typing import Final

from face2bone.evaluation.bootstrap import Estimate
from face2bone.evaluation.survival.quartiles import NAMES, GroupCurve, Quartiles
from face2bone.evaluation.survival.study import CohortSummary, ScoreFindings, SurvivalStudy
from face2bone.survival.absolute_risk import RiskGroup
from face2bone.survival.cox import HazardRatio

COHORT_ONLY: Final = (
    "These are figures of a cohort. They do not forecast anybody's time, and no part of this "
    "program does."
)
DILUTED: Final = (
    "A score that is read from a photo with an error shows a smaller ratio than the face holds: "
    "where errors have the SD of 5 years and true gaps of 6, a true ratio of 1.82 a decade is "
    "reported as 1.42. Nothing here is corrected for it, because the error of a single photo is "
    "not known."
)
UNITS: Final = {"age": "ten years of age", "sex": "a man against a woman"}
HOLDS: Final = 0.05


def verdict(found: SurvivalStudy) -> str:
    """One sentence a score."""
    return " ".join(_verdict(score, found.adjusted_for) for score in found.scores)


def markdown(found: SurvivalStudy, of_what: str, plots: Sequence[str] = ()) -> str:
    """The report as Markdown; ``plots`` are paths of the curves, one a score."""
    remarks = "".join(f"\n\n**{remark}**" for remark in found.remarks)
    parts = [
        f"# Survival of a cohort and the face\n\n{of_what}\n\n**{COHORT_ONLY}**{remarks}",
        _cohort(found),
    ]
    for place, score in enumerate(found.scores):
        plot = plots[place] if place < len(plots) else ""
        parts += _score(score, found.adjusted_for, plot)
    return "\n\n".join(parts) + "\n"


def _verdict(score: ScoreFindings, rest: str) -> str:
    gain = score.accuracy.concordance["uno_gain"]
    sure = gain.low is not None and gain.low > 0
    adds = "adds" if sure else "was not shown to add"
    return (
        f"The {score.name} {adds} to {rest} in this cohort: hazard ratio for one SD "
        f"{ratio(score.per_sd)}, adjusted for {rest}; Uno's C "
        f"{_figure(score.accuracy.concordance['uno_without'])} without it, "
        f"{_figure(score.accuracy.concordance['uno_with'])} with it, gain {shown(gain)}."
    )


def ratio(found: HazardRatio) -> str:
    """A hazard ratio with its interval and p value."""
    p = "p < 0.001" if found.p_value < 0.001 else f"p = {found.p_value:.3f}"
    return f"{found.value:.2f} ({found.low:.2f} to {found.high:.2f}, {p})"


def shown(estimate: Estimate) -> str:
    """A figure with its 95% interval, or a dash."""
    if estimate.value is None:
        return "-"
    if estimate.low is None or estimate.high is None:
        return f"{estimate.value:.3f}"
    return f"{estimate.value:.3f} ({estimate.low:.3f} to {estimate.high:.3f})"


def _figure(estimate: Estimate) -> str:
    return "-" if estimate.value is None else f"{estimate.value:.3f}"


def _cohort(found: SurvivalStudy) -> str:
    who: CohortSummary = found.cohort
    followed = (
        "more than half were still followed at the end"
        if who.median_follow_up is None
        else f"median follow-up {who.median_follow_up:.1f} years"
    )
    return (
        "## Whom it is of\n\n"
        f"{who.patients} patients, {who.women} women, age {who.age_mean:.1f} (SD "
        f"{who.age_sd:.1f}) years; {who.events} had the event in {who.person_years:.0f} "
        f"patient-years; {followed}.\n\n"
        + table(
            ("without the face", "hazard ratio (95% interval)"),
            [
                (UNITS.get(n, f"one more of {n}"), ratio(r))
                for n, r in found.without_the_face.items()
            ],
        )
    )


def _score(score: ScoreFindings, rest: str, plot: str) -> list[str]:
    curves = f"![Kaplan-Meier curves by quarter of the {score.name}]({plot})\n\n" if plot else ""
    return [
        f"## The {score.name}\n\n{_verdict(score, rest)}\n\n{score.how[0].upper()}{score.how[1:]}. "
        f"SD {score.sd:.3g}.",
        f"### Hazard ratios\n\n{_ratios(score, rest)}\n\n{DILUTED}",
        f"### Quarters, freed of {rest}\n\n{curves}{_quarters(score.quartiles, rest)}",
        f"### Who has the event first (concordance)\n\n{_concordance(score, rest)}",
        f"### Are the hazards proportional?\n\n{_proportional(score)}",
        f"### Predicted and observed\n\n{_calibration(score)}\n\n{_brier(score, rest)}",
    ]


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _ratios(score: ScoreFindings, rest: str) -> str:
    rows = [
        (f"one SD, adjusted for {rest}", ratio(score.per_sd)),
        ("one SD, not adjusted", ratio(score.per_sd_alone)),
    ]
    if score.per_decade is not None:
        rows.append((f"ten years, adjusted for {rest}", ratio(score.per_decade)))
    test = score.likelihood
    rows.append(
        (f"likelihood-ratio test beyond {rest}",
         f"chi-squared {test.statistic:.1f} on {test.degrees}, p = {test.p_value:.2g}")
    )  # fmt: skip
    return table(("", "hazard ratio (95% interval)"), rows)


def _quarters(found: Quartiles, rest: str) -> str:
    against = table(
        (f"against the lowest quarter, adjusted for {rest}", "hazard ratio (95% interval)"),
        [(name, ratio(r)) for name, r in zip(NAMES[1:], found.ratios, strict=False)],
    )
    if not found.ratios:
        against = "A quarter had no event, so that no ratio against it is finite."
    head = ("at risk after", *(f"{t:.1f} y" for t in found.ticks), "events")
    at_risk = table(head, [_at_risk(curve) for curve in found.curves])
    test = found.log_rank
    return (
        f"{against}\n\n{at_risk}\n\nLog-rank test over the four quarters: chi-squared "
        f"{test.statistic:.1f} on {test.degrees}, p = {test.p_value:.2g}."
    )


def _at_risk(curve: GroupCurve) -> tuple[str, ...]:
    return (curve.name, *(str(n) for n in curve.at_risk), str(curve.events))


def _concordance(score: ScoreFindings, rest: str) -> str:
    found = score.accuracy
    heads = {
        "without": rest,
        "with": f"the same and the {score.name}",
        "score": f"{score.name} alone",
        "gain": "gain",
    }
    rows = [
        (words, shown(found.concordance[f"harrell_{key}"]), shown(found.concordance[f"uno_{key}"]))
        for key, words in heads.items()
    ]
    uno = f"Uno's C, events before {found.uno_before:.1f} years"
    return (
        table(("", "Harrell's C", uno), rows)
        + f"\n\nOut of fold; intervals from {found.resamples} resamples of the patients. Harrell's "
        "C moves with how long patients were followed, Uno's does not."
    )


def _proportional(score: ScoreFindings) -> str:
    rows = [
        (score.name if t.name == "score" else t.name, f"{t.statistic:.2f}", f"{t.p_value:.3f}")
        for t in score.proportional
    ]
    fails = score.proportional[-1].p_value < HOLDS
    said = (
        "The hazard ratios change over the follow-up: read them as averages over it."
        if fails
        else "No change of a hazard ratio over the follow-up was found."
    )
    return table(("", "chi-squared", "p"), rows) + f"\n\n{said}"


def _calibration(score: ScoreFindings) -> str:
    rows = [
        (f"{at.years:g} y", "everyone" if group is at.everyone else f"fifth {k}",
         str(group.patients), f"{group.predicted:.1%}", _observed(group))
        for at in score.accuracy.calibration
        for k, group in enumerate((at.everyone, *at.groups))
    ]  # fmt: skip
    head = ("by", "patients by predicted risk", "n", "predicted", "observed, Kaplan-Meier")
    return table(head, rows)


def _observed(group: RiskGroup) -> str:
    """The observed share with its limits; nothing where nobody was followed for so long."""
    if isnan(group.observed):
        return "not followed so long"
    if isnan(group.low) or isnan(group.high):
        return f"{group.observed:.1%}"
    return f"{group.observed:.1%} ({group.low:.1%} to {group.high:.1%})"


def _brier(score: ScoreFindings, rest: str) -> str:
    *at, over = score.accuracy.brier
    rows = [(f"{b.years:g} years", b) for b in at] + [(f"mean up to {over.years:.1f} years", over)]
    body = [
        (words, f"{b.nobody_told_apart:.4f}", f"{b.without:.4f}", f"{b.with_face:.4f}")
        for words, b in rows
    ]
    head = ("Brier score, less is better", "nobody told apart", rest, "with the score")
    return table(head, body)
