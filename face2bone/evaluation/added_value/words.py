"""Added value as text: a verdict, a table, and what the figures do not say."""

from typing import Final

from face2bone.evaluation.added_value.measures import MODELS, THRESHOLDS
from face2bone.evaluation.added_value.rule import SAYS
from face2bone.evaluation.added_value.study import AddedValue
from face2bone.evaluation.bootstrap import Estimate
from face2bone.tasks import BONE_MASS

CUT_WORDS: Final = {"low_bone_mass": "T <= -1", "osteoporosis": "T <= -2.5"}
NAMES: Final = {"clinical": "age, sex, height, weight", "face": "face", "both": "both"}
SCORE_HEAD: Final = ("", *(NAMES[model] for model in MODELS), "gain")


def verdict(found: AddedValue) -> str:
    """Two sentences: what the rule says, and by how much."""
    gain = found.gain
    word = "adds" if gain.found else "was not shown to add"
    return (
        f"By the rule named beforehand ({SAYS}) the face {word} to age, sex, height and weight. "
        f"Ranked probability score {gain.clinical:.4f} without the face, {gain.both:.4f} with it: "
        f"gain {gain.gain:.4f} (95% interval {gain.lower:.4f} to {gain.upper:.4f}, one-sided "
        f"p = {gain.p_value:.2g}, {gain.n} patients)."
    )


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
    return f"{text} ({estimate.low:.{digits}f} to {estimate.high:.{digits}f})"


def score_lines(found: AddedValue) -> list[list[str]]:
    """Cells under ``SCORE_HEAD``: scores of each model, cross-fitted, and the gain."""
    stems = {"rps": "RPS (less is better)", "macro_auc": "macro AUC"}
    stems |= {f"auc_{cut}": f"AUC, {CUT_WORDS[cut]}" for cut in BONE_MASS.cuts}
    lines = [
        [words, *(shown(found.discrimination[f"{stem}_{m}"]) for m in (*MODELS, "gain"))]
        for stem, words in stems.items()
    ]
    for cut in BONE_MASS.cuts:
        cells = [shown(found.age_matched[f"auc_{cut}_{m}"]) for m in MODELS]
        lines.append([f"AUC, {CUT_WORDS[cut]}, same sex and age", *cells, ""])
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
    return (
        f"Age: R2 {read.age_r2:.2f}, mean error {read.age_error:.1f} years. "
        f"BMI: R2 {read.bmi_r2:.2f}, mean error {read.bmi_error:.1f} kg/m2. "
        f"Sex: AUC {read.sex_auc:.2f}. A face model can look good by these alone; the rule and "
        "the AUC within age and sex take them away."
    )


def _luck(found: AddedValue) -> str:
    s, seeds = found.shuffle, found.seeds
    fell = "fell to chance" if s.at_chance else "DID NOT FALL TO CHANCE: something leaks"
    agree = "every seed agrees" if seeds.agree else "THE SEEDS DISAGREE: there is no verdict"
    gains = ", ".join(f"{gain:.4f}" for gain in seeds.gains)
    return (
        "## Guards\n\n"
        f"With labels permuted between patients every model {fell}: macro AUC {s.clinical:.3f}, "
        f"{s.face:.3f}, {s.both:.3f} (chance: 0.5 within {s.limit:.3f}). "
        f"Gains with {len(seeds.gains)} ways of dealing the folds: {gains}; {agree}."
    )
