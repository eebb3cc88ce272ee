"""Added value as text: a verdict, a table, and what the figures do not say."""

from typing import Final

from face2bone.evaluation.added_value.measures import MODELS, THRESHOLDS
from face2bone.evaluation.added_value.rule import SAYS
from face2bone.evaluation.added_value.study import AddedValue
from face2bone.evaluation.bootstrap import Estimate
from face2bone.tasks import BONE_MASS
from face2bone.words import message, template, together

CUT_WORDS: Final = {"low_bone_mass": "T <= -1", "osteoporosis": "T <= -2.5"}
NAMES: Final = {
    "clinical": template("age, sex, height, weight"),
    "face": template("face"),
    "both": template("both"),
}
SCORE_HEAD: Final = (template("figure"), *(NAMES[model] for model in MODELS), template("gain"))


def verdict(found: AddedValue) -> str:
    """Two sentences: what the rule says, and by how much."""
    gain = found.gain
    adds = template(
        "By the rule named beforehand ({rule}) the face adds to age, sex, height and weight."
    )
    does_not = template(
        "By the rule named beforehand ({rule}) the face was not shown to add to age, sex, height "
        "and weight."
    )
    by_how_much = message(
        "Ranked probability score {clinical} without the face, {both} with it: gain {gain} (95% "
        "interval {lower} to {upper}, one-sided p = {p}, {n} patients).",
        clinical=f"{gain.clinical:.4f}",
        both=f"{gain.both:.4f}",
        gain=f"{gain.gain:.4f}",
        lower=f"{gain.lower:.4f}",
        upper=f"{gain.upper:.4f}",
        p=f"{gain.p_value:.2g}",
        n=gain.n,
    )
    return together((message(adds if gain.found else does_not, rule=SAYS), by_how_much))


def markdown(found: AddedValue, of_what: str) -> str:
    """The report as Markdown; ``of_what`` names the bundle and the cohort."""
    parts = [
        f"# Does the face add anything?\n\n{of_what}\n\n{verdict(found)}",
        _table(found),
        _likelihood(found),
        _benefit(found),
        _reclassification(found),
        f"## What the features know besides bone\n\n{reading(found)}",
        _luck(found),
    ]
    return "\n\n".join(parts) + "\n"


def shown(estimate: Estimate, digits: int = 3) -> str:
    """A figure with its interval, or a dash."""
    if estimate.value is None:
        return "-"
    text = f"{estimate.value:.{digits}f}"
    if estimate.low is None or estimate.high is None:
        return text
    low, high = f"{estimate.low:.{digits}f}", f"{estimate.high:.{digits}f}"
    return message("{value} ({low} to {high})", value=text, low=low, high=high)


def score_lines(found: AddedValue) -> list[list[str]]:
    """Cells under ``SCORE_HEAD``: scores of each model, cross-fitted, and the gain."""
    stems = {"rps": template("RPS (less is better)"), "macro_auc": template("macro AUC")}
    stems |= {f"auc_{cut}": message("AUC, {cut}", cut=CUT_WORDS[cut]) for cut in BONE_MASS.cuts}
    lines = [
        [words, *(shown(found.discrimination[f"{stem}_{m}"]) for m in (*MODELS, "gain"))]
        for stem, words in stems.items()
    ]
    for cut in BONE_MASS.cuts:
        cells = [shown(found.age_matched[f"auc_{cut}_{m}"]) for m in MODELS]
        same = message("AUC, {cut}, same sex and age", cut=CUT_WORDS[cut])
        lines.append([same, *cells, ""])
    return lines


def _table(found: AddedValue) -> str:
    rows = (f"| {' | '.join(line)} |" for line in score_lines(found))
    head = f"| {' | '.join(SCORE_HEAD)} |\n|---|---|---|---|---|"
    return "## Each model, cross-fitted\n\n" + "\n".join([head, *rows])


def _likelihood(found: AddedValue) -> str:
    test = found.likelihood
    return (
        "## Likelihood-ratio test\n\n"
        f"The {test.degrees} leading components of the face features beside the clinical model, "
        f"in-sample: chi-squared {test.statistic:.1f} on {test.degrees} degrees of freedom, "
        f"p = {test.p_value:.2g}. It decides nothing here; the rule does."
    )


def _benefit(found: AddedValue) -> str:
    rows = [f"| {t:.0%} | {shown(found.net_benefit[f'{t:g}'], 4)} |" for t in THRESHOLDS]
    head = "| refer at a risk of | gain in net benefit |\n|---|---|"
    return "## Net benefit of referring for osteoporosis\n\n" + "\n".join([head, *rows])


def _reclassification(found: AddedValue) -> str:
    r = found.reclassification
    rows = [
        f"| {words} | "
        + " | ".join(shown(r[f"{name}_{part}"]) for part in ("with", "without", "sum"))
        + " |"
        for name, words in (("any_movement", "any movement"), ("across_share", "across the share"))
    ]
    head = "| | with osteoporosis | without | sum |\n|---|---|---|---|"
    return (
        "## Net reclassification\n\n" + "\n".join([head, *rows]) + "\n\n"
        "Read with care: it counts any movement, rewards bad calibration and can rise for a "
        "useless variable. Net benefit above does not."
    )


def reading(found: AddedValue) -> str:
    """What else the features tell: age, BMI and sex."""
    read = found.reading
    return message(
        "Age: R2 {age_r2}, mean error {age_error} years. BMI: R2 {bmi_r2}, mean error {bmi_error} "
        "kg/m2. Sex: AUC {sex_auc}. A face model can look good by these alone; the rule and the "
        "AUC within age and sex take them away.",
        age_r2=f"{read.age_r2:.2f}",
        age_error=f"{read.age_error:.1f}",
        bmi_r2=f"{read.bmi_r2:.2f}",
        bmi_error=f"{read.bmi_error:.1f}",
        sex_auc=f"{read.sex_auc:.2f}",
    )


def _luck(found: AddedValue) -> str:
    s, seeds = found.shuffle, found.seeds
    fell = "fell to chance" if s.at_chance else "DID NOT FALL TO CHANCE: something leaks"
    agree = "every seed agrees" if seeds.agree else "THE SEEDS DISAGREE: there is no verdict"
    gains = ", ".join(f"{gain:.4f}" for gain in seeds.gains)
    return (
        "## Guards\n\n"
        f"With labels permuted between patients every model {fell}: macro AUC {s.clinical:.3f}, "
        f"{s.picture:.3f}, {s.both:.3f} (chance: 0.5 within {s.limit:.3f}). "
        f"Gains with {len(seeds.gains)} ways of dealing the folds: {gains}; {agree}."
    )
