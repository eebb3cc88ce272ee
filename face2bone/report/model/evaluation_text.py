"""What each figure of an evaluation is called and means, in words a clinician reads.

One source for the HTML report, the dashboard's Model page and the CSV tables' readers.
"""

from dataclasses import dataclass
from typing import Final

from face2bone.evaluation import Estimate, Group
from face2bone.evaluation.curves import TOP_LABEL

NOT_DEFINED: Final = "not defined"

CUT_WORDS: Final = {
    "low_bone_mass": "osteopenia or osteoporosis (T ≤ −1)",
    "osteoporosis": "osteoporosis (T ≤ −2.5)",
    TOP_LABEL: "the class the model names",
}


@dataclass(frozen=True)
class FigureText:
    """A figure's short name, the value it has at best, and one sentence on its meaning."""

    label: str
    best: str
    meaning: str


_CLASS = "of patients whose class is"
FIGURE_TEXTS: Final = {
    "accuracy": FigureText("accuracy", "1", "Share of patients whose class is named."),
    "macro_precision": FigureText(
        "precision, macro", "1", "Positive predictive value, averaged over the three classes."
    ),
    "macro_recall": FigureText(
        "recall, macro", "1", "Share of patients found, averaged over the three classes."
    ),
    "macro_f1": FigureText(
        "F1, macro", "1", "Precision and recall in one figure, averaged over the classes."
    ),
    "macro_auc": FigureText(
        "AUC, macro",
        "1",
        "How often a patient of a class is ranked above one of the others; 0.5 is chance.",
    ),
    "auc_low_bone_mass": FigureText(
        "AUC, T ≤ −1", "1", "The same for osteopenia or osteoporosis against normal."
    ),
    "auc_osteoporosis": FigureText(
        "AUC, T ≤ −2.5", "1", "The same for osteoporosis against the rest."
    ),
    "kappa": FigureText(
        "Cohen's kappa", "1", "Agreement with the measured class beyond chance; 0 is chance."
    ),
    "quadratic_kappa": FigureText(
        "kappa, quadratic", "1", "The same; a miss by two classes costs four times one by one."
    ),
    "matthews": FigureText("Matthews' correlation", "1", "A correlation of named and true class."),
    "rps": FigureText(
        "ranked probability score",
        "0",
        "Distance of the probabilities from the truth, in order of severity.",
    ),
    "brier_sum": FigureText(
        "Brier score, summed over classes", "0", "Squared distance from the truth, from 0 to 2."
    ),
    "brier_per_class": FigureText(
        "Brier score, per class", "0", "A third of the above; papers use both and seldom say which."
    ),
    "ece": FigureText(
        "ECE, named class",
        "its floor",
        "Average gap between stated and observed shares in 15 bins. A perfect model shows the "
        "floor, not 0, on this many patients.",
    ),
    "classwise_ece": FigureText(
        "ECE, classwise", "its floor", "The same, averaged over the probabilities of each class."
    ),
    "slope_low_bone_mass": FigureText(
        "calibration slope, T ≤ −1", "1", "Below 1 the probabilities are too extreme."
    ),
    "intercept_low_bone_mass": FigureText(
        "calibration intercept, T ≤ −1", "0", "Above 0 the risk is higher than stated."
    ),
    "slope_osteoporosis": FigureText(
        "calibration slope, T ≤ −2.5", "1", "Below 1 the probabilities are too extreme."
    ),
    "intercept_osteoporosis": FigureText(
        "calibration intercept, T ≤ −2.5", "0", "Above 0 the risk is higher than stated."
    ),
    "recall_normal": FigureText("recall, normal", "1", f"Share {_CLASS} normal that are found."),
    "recall_osteopenia": FigureText(
        "recall, osteopenia", "1", f"Share {_CLASS} osteopenia that are found."
    ),
    "recall_osteoporosis": FigureText(
        "recall, osteoporosis", "1", f"Share {_CLASS} osteoporosis that are found."
    ),
    "precision_normal": FigureText(
        "precision, normal", "1", "Positive predictive value of this class."
    ),
    "precision_osteopenia": FigureText(
        "precision, osteopenia", "1", "Positive predictive value of this class."
    ),
    "precision_osteoporosis": FigureText(
        "precision, osteoporosis", "1", "Positive predictive value of this class."
    ),
    "f1_normal": FigureText("F1, normal", "1", "Precision and recall of this class in one."),
    "f1_osteopenia": FigureText("F1, osteopenia", "1", "Precision and recall of this class."),
    "f1_osteoporosis": FigureText("F1, osteoporosis", "1", "Precision and recall of this class."),
    "coverage_normal": FigureText(
        "set coverage, normal", "0.9 or more", f"Share {_CLASS} normal with it in their set."
    ),
    "coverage_osteopenia": FigureText(
        "set coverage, osteopenia", "0.9 or more", f"Share {_CLASS} osteopenia with it in the set."
    ),
    "coverage_osteoporosis": FigureText(
        "set coverage, osteoporosis",
        "0.9 or more",
        f"Share {_CLASS} osteoporosis with it in the set.",
    ),
    "set_size": FigureText("set size, mean", "1", "Classes in a prediction set, from 1 to 3."),
    "abstains": FigureText("abstentions", "0", "Share of patients whose set holds all classes."),
}
"""By the names of ``evaluation.figures``, in the order they are shown."""

HEADLINE: Final = (
    *("accuracy", "macro_auc", "auc_osteoporosis", "macro_f1", "quadratic_kappa"),
    *("rps", "ece"),
)
"""The figures of the subgroup tables; all of them are in the files."""

PLOT_TEXTS: Final = {
    "figures": (
        "Each figure stands with the range it would keep in 95 of 100 cohorts like this one "
        "(patients drawn anew, all photos of a patient together). Two models whose ranges "
        "overlap widely have not been told apart."
    ),
    "confusion": (
        "Rows are what was measured, columns what the model named; the diagonal is right. The two "
        "corners are the gravest errors: osteoporosis called normal, and normal called "
        "osteoporosis."
    ),
    "roc": (
        "Each curve shows what a chosen cut-off buys: how many patients with the condition are "
        "found (up) for how many without it are flagged (right). The dotted diagonal is chance. "
        "A curve says nothing of whether the percentages can be believed: see calibration."
    ),
    "reliability": (
        "If the model says 70% to many patients, 70 of 100 of them should have it. Points on the "
        "diagonal do; below it the model claims too much, above it too little. Bars are 95% "
        "limits; a point of few patients says little, so the count is given."
    ),
    "decision": (
        "Net benefit asks whether acting on the model does more good than harm. Read it at the "
        "risk at which you would send a patient to DXA: at 20% you accept four needless scans "
        "for one find. The highest line is the best policy there; below 0 it is better to refer "
        "nobody. OST needs only age and weight: a face must beat it to be worth a photograph."
    ),
    "groups": (
        "A model can be right on average and wrong for some. Compare each group's range with "
        "everyone's. Where a group is small, the table says so and its figures say little."
    ),
    "hosmer_lemeshow": (
        "The Hosmer-Lemeshow test is given because published tables have it. A large p-value "
        "does not show good calibration (small cohorts always pass), a small one does not show "
        "bad (large cohorts always fail). Degrees of freedom equal the number of groups, as for "
        "patients the model was not fitted on."
    ),
}
"""One paragraph under each plot and table."""


def number(value: float | None, digits: int = 3) -> str:
    """A figure as text; None is "not defined"."""
    return NOT_DEFINED if value is None else f"{value:.{digits}f}".replace("-", "−")


def range_text(estimate: Estimate, digits: int = 3) -> str:
    """Value and 95% interval, such as "0.846 (0.828 to 0.864)"."""
    if estimate.value is None or estimate.low is None:
        return number(estimate.value, digits)
    low, high = number(estimate.low, digits), number(estimate.high, digits)
    return f"{number(estimate.value, digits)} ({low} to {high})"


def floor_text(group: Group, name: str) -> str:
    """The floor beside an ECE, else ""."""
    floors = {"ece": group.ece_floor, "classwise_ece": group.classwise_ece_floor}
    floor = floors.get(name)
    return "" if floor is None else f"floor {number(floor.mean)}, 95% below {number(floor.p95)}"
