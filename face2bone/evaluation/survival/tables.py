"""The tables of a survival study: a head, rows of cells, and nothing that is of one patient."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from face2bone.evaluation.bootstrap import Estimate
from face2bone.evaluation.survival.clinical import AGE_AND_SEX
from face2bone.evaluation.survival.quartiles import NAMES
from face2bone.evaluation.survival.study import ScoreFindings
from face2bone.survival.absolute_risk import RiskGroup
from face2bone.survival.cox import HazardRatio
from face2bone.words import AsTyped, message, template

RATIO: Final = template("hazard ratio (95% interval)")
UNITS: Final = {"age": template("ten years of age"), "sex": template("a man against a woman")}
ALL: Final = template("all")
HEADS: Final = {
    "with": template("{rest} and the {name}"),
    "score": template("{name} alone"),
    "gain": template("gain"),
}


@dataclass(frozen=True)
class Table:
    """Texts; the first cell of a row names it."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def ratio(found: HazardRatio) -> str:
    """A hazard ratio with its interval and p value."""
    p = "p < 0.001" if found.p_value < 0.001 else f"p = {found.p_value:.3f}"
    return message(
        "{value} ({low} to {high}, {p})",
        value=f"{found.value:.2f}",
        low=f"{found.low:.2f}",
        high=f"{found.high:.2f}",
        p=p,
    )


def shown(estimate: Estimate) -> str:
    """A figure with its 95% interval, or a dash."""
    if estimate.value is None:
        return "-"
    value = f"{estimate.value:.3f}"
    if estimate.low is None or estimate.high is None:
        return value
    ends = {"low": f"{estimate.low:.3f}", "high": f"{estimate.high:.3f}"}
    return message("{value} ({low} to {high})", value=value, **ends)


def without_score(found: Mapping[str, HazardRatio]) -> Table:
    """Hazard ratios of the model without any score."""
    rows = tuple(
        (UNITS.get(name) or message("one more of {column}", column=AsTyped(name)), ratio(one))
        for name, one in found.items()
    )
    return Table((template("without the face"), RATIO), rows)


def ratios(score: ScoreFindings, rest: str) -> Table:
    """For one SD, for ten years of a score that is in years, and the likelihood-ratio test."""
    rows = [
        (message("one SD, adjusted for {rest}", rest=rest), ratio(score.per_sd)),
        (template("one SD, not adjusted"), ratio(score.per_sd_alone)),
    ]
    if score.per_decade is not None:
        adjusted = message("ten years, adjusted for {rest}", rest=rest)
        rows.append((adjusted, ratio(score.per_decade)))
    test = score.likelihood
    rows.append((message("likelihood-ratio test beyond {rest}", rest=rest), chi_squared(test)))
    return Table((template("what is compared"), RATIO), tuple(rows))


def chi_squared(test: object) -> str:
    """A test's statistic, degrees of freedom and p value."""
    found = vars(test)
    return message(
        "chi-squared {statistic} on {degrees}, p = {p}",
        statistic=f"{found['statistic']:.1f}",
        degrees=found["degrees"],
        p=f"{found['p_value']:.2g}",
    )


def against_lowest(score: ScoreFindings, rest: str) -> Table:
    """Hazard ratios of the quarters; no row where one had no event."""
    found = zip(NAMES[1:], score.quartiles.ratios, strict=False)
    head = message("against the lowest quarter, adjusted for {rest}", rest=rest)
    return Table((head, RATIO), tuple((name, ratio(one)) for name, one in found))


def at_risk(score: ScoreFindings) -> Table:
    """How many of each quarter were still followed, and had the event in all."""
    ticks = (message("{years} y", years=f"{t:.1f}") for t in score.quartiles.ticks)
    rows = tuple(
        (curve.name, *(str(n) for n in curve.at_risk), str(curve.events))
        for curve in score.quartiles.curves
    )
    return Table((template("at risk after"), *ticks, template("events")), rows)


def concordance(score: ScoreFindings, rest: str) -> Table:
    """Harrell's and Uno's C with and without the score, and the gain."""
    found = score.accuracy
    named = {key: message(words, rest=rest, name=score.name) for key, words in HEADS.items()}
    rows = tuple(
        (words, *(shown(found.concordance[f"{whose}_{key}"]) for whose in ("harrell", "uno")))
        for key, words in {"without": rest, **named}.items()
    )
    uno = message("Uno's C, events before {years} years", years=f"{found.uno_before:.1f}")
    return Table((template("told by"), template("Harrell's C"), uno), rows)


def proportional(score: ScoreFindings) -> Table:
    """Tests of proportional hazards, of each column and of all together."""
    rows = tuple(
        (_column(score, t.name), f"{t.statistic:.2f}", f"{t.p_value:.3f}")
        for t in score.proportional
    )
    return Table((template("tested"), template("chi-squared"), "p"), rows)


def _column(score: ScoreFindings, name: str) -> str:
    """What a tested column is called."""
    return {"score": score.name, "all": ALL, **AGE_AND_SEX}.get(name) or AsTyped(name)


def calibration(score: ScoreFindings) -> Table:
    """Predicted against observed shares by fifths of the predicted risk, at each horizon."""
    rows = tuple(
        (
            message("{years} y", years=f"{at.years:g}"),
            message("fifth {place}", place=k) if k else template("everyone"),
            str(group.patients),
            f"{group.predicted:.1%}",
            _observed(group),
        )
        for at in score.accuracy.calibration
        for k, group in enumerate((at.everyone, *at.groups))
    )
    by, risk = template("by"), template("patients by predicted risk")
    return Table(
        (by, risk, "n", template("predicted"), template("observed, Kaplan-Meier")),
        rows,
    )


def _observed(group: RiskGroup) -> str:
    """The observed share with its limits; words where nobody was followed for so long."""
    if group.observed is None:
        return template("not followed so long")
    if group.low is None or group.high is None:
        return f"{group.observed:.1%}"
    ends = {"low": f"{group.low:.1%}", "high": f"{group.high:.1%}"}
    return message("{value} ({low} to {high})", value=f"{group.observed:.1%}", **ends)


def brier(score: ScoreFindings, rest: str) -> Table:
    """Brier scores by each horizon, and over all of them."""
    *at, over = score.accuracy.brier
    named = [(message("{years} years", years=f"{b.years:g}"), b) for b in at]
    named.append((message("mean up to {years} years", years=f"{over.years:.1f}"), over))
    rows = tuple(
        (words, f"{b.nobody_told_apart:.4f}", f"{b.without:.4f}", f"{b.with_score:.4f}")
        for words, b in named
    )
    head = (template("Brier score, less is better"), template("nobody told apart"))
    return Table((*head, rest, template("with the score")), rows)
