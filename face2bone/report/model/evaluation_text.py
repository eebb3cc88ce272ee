"""What each figure of an evaluation is called and means, in words a clinician reads.

One source for the HTML report, the dashboard's Model page and the CSV tables' readers.
"""

from dataclasses import dataclass
from typing import Final

from face2bone.evaluation import Estimate, Group
from face2bone.evaluation.curves import TOP_LABEL
from face2bone.words import message, template

NOT_DEFINED: Final = template("not defined")

CUT_WORDS: Final = {
    "low_bone_mass": template("osteopenia or osteoporosis (T ≤ −1)"),
    "osteoporosis": template("osteoporosis (T ≤ −2.5)"),
    TOP_LABEL: template("the class the model names"),
}


@dataclass(frozen=True)
class FigureText:
    """A figure's short name, the value it has at best, and one sentence on its meaning."""

    label: str
    best: str
    meaning: str


RECALL: Final = template("recall, {name}")
PRECISION: Final = template("precision, {name}")
F1: Final = template("F1, {name}")
COVERAGE: Final = template("set coverage, {name}")
FOUND: Final = template("Share of patients whose class is {name} that are found.")
COVERED: Final = template("Share of patients whose class is {name} with it in their set.")
FIGURE_TEXTS: Final = {
    "accuracy": FigureText(
        template("accuracy"), "1", template("Share of patients whose class is named.")
    ),
    "macro_precision": FigureText(
        template("precision, macro"),
        "1",
        template("Positive predictive value, averaged over the classes."),
    ),
    "macro_recall": FigureText(
        template("recall, macro"),
        "1",
        template("Share of patients found, averaged over the classes."),
    ),
    "macro_f1": FigureText(
        template("F1, macro"),
        "1",
        template("Precision and recall in one figure, averaged over the classes."),
    ),
    "macro_auc": FigureText(
        template("AUC, macro"),
        "1",
        template(
            "How often a patient of a class is ranked above one of the others; 0.5 is chance."
        ),
    ),
    "auc_low_bone_mass": FigureText(
        template("AUC, T ≤ −1"),
        "1",
        template("The same for osteopenia or osteoporosis against normal."),
    ),
    "auc_osteoporosis": FigureText(
        template("AUC, T ≤ −2.5"), "1", template("The same for osteoporosis against the rest.")
    ),
    "kappa": FigureText(
        template("Cohen's kappa"),
        "1",
        template("Agreement with the measured class beyond chance; 0 is chance."),
    ),
    "quadratic_kappa": FigureText(
        template("kappa, quadratic"),
        "1",
        template("The same; a miss by two classes costs four times one by one."),
    ),
    "matthews": FigureText(
        template("Matthews' correlation"), "1", template("A correlation of named and true class.")
    ),
    "rps": FigureText(
        template("ranked probability score"),
        "0",
        template("Distance of the probabilities from the truth, in order of severity."),
    ),
    "brier_sum": FigureText(
        template("Brier score, summed over classes"),
        "0",
        template("Squared distance from the truth, from 0 to 2."),
    ),
    "brier_per_class": FigureText(
        template("Brier score, per class"),
        "0",
        template("A third of the above; papers use both and seldom say which."),
    ),
    "ece": FigureText(
        template("ECE, named class"),
        template("its floor"),
        template(
            "Average gap between stated and observed shares in 15 bins. A perfect model shows the "
            "floor, not 0, on this many patients."
        ),
    ),
    "classwise_ece": FigureText(
        template("ECE, classwise"),
        template("its floor"),
        template("The same, averaged over the probabilities of each class."),
    ),
    "slope_low_bone_mass": FigureText(
        template("calibration slope, T ≤ −1"),
        "1",
        template("Below 1 the probabilities are too extreme."),
    ),
    "intercept_low_bone_mass": FigureText(
        template("calibration intercept, T ≤ −1"),
        "0",
        template("Above 0 the risk is higher than stated."),
    ),
    "slope_osteoporosis": FigureText(
        template("calibration slope, T ≤ −2.5"),
        "1",
        template("Below 1 the probabilities are too extreme."),
    ),
    "intercept_osteoporosis": FigureText(
        template("calibration intercept, T ≤ −2.5"),
        "0",
        template("Above 0 the risk is higher than stated."),
    ),
    "recall_normal": FigureText(message(RECALL, name="normal"), "1", message(FOUND, name="normal")),
    "recall_osteopenia": FigureText(
        message(RECALL, name="osteopenia"), "1", message(FOUND, name="osteopenia")
    ),
    "recall_osteoporosis": FigureText(
        message(RECALL, name="osteoporosis"), "1", message(FOUND, name="osteoporosis")
    ),
    "precision_normal": FigureText(
        message(PRECISION, name="normal"), "1", template("Positive predictive value of this class.")
    ),
    "precision_osteopenia": FigureText(
        message(PRECISION, name="osteopenia"),
        "1",
        template("Positive predictive value of this class."),
    ),
    "precision_osteoporosis": FigureText(
        message(PRECISION, name="osteoporosis"),
        "1",
        template("Positive predictive value of this class."),
    ),
    "f1_normal": FigureText(
        message(F1, name="normal"), "1", template("Precision and recall of this class in one.")
    ),
    "f1_osteopenia": FigureText(
        message(F1, name="osteopenia"), "1", template("Precision and recall of this class.")
    ),
    "f1_osteoporosis": FigureText(
        message(F1, name="osteoporosis"), "1", template("Precision and recall of this class.")
    ),
    "coverage_normal": FigureText(
        message(COVERAGE, name="normal"), template("0.9 or more"), message(COVERED, name="normal")
    ),
    "coverage_osteopenia": FigureText(
        message(COVERAGE, name="osteopenia"),
        template("0.9 or more"),
        message(COVERED, name="osteopenia"),
    ),
    "coverage_osteoporosis": FigureText(
        message(COVERAGE, name="osteoporosis"),
        template("0.9 or more"),
        message(COVERED, name="osteoporosis"),
    ),
    "set_size": FigureText(
        template("set size, mean"), "1", template("Classes in a prediction set, from 1 to 3.")
    ),
    "abstains": FigureText(
        template("abstentions"), "0", template("Share of patients whose set holds all classes.")
    ),
}
"""By the names of ``evaluation.figures``, in the order they are shown."""

HEADLINE: Final = (
    *("accuracy", "macro_auc", "auc_osteoporosis", "macro_f1", "quadratic_kappa"),
    *("rps", "ece"),
)
"""The figures of the subgroup tables; all of them are in the files."""

PLOT_TEXTS: Final = {
    "figures": template(
        "Each figure stands with the range it would keep in 95 of 100 cohorts like this one "
        "(patients drawn anew, all photos of a patient together). Two models whose ranges "
        "overlap widely have not been told apart."
    ),
    "confusion": template(
        "Rows are what was measured, columns what the model named; the diagonal is right. The two "
        "corners are the gravest errors: osteoporosis called normal, and normal called "
        "osteoporosis."
    ),
    "roc": template(
        "Each curve shows what a chosen cut-off buys: how many patients with the condition are "
        "found (up) for how many without it are flagged (right). The dotted diagonal is chance. "
        "A curve says nothing of whether the percentages can be believed: see calibration."
    ),
    "reliability": template(
        "If the model says 70% to many patients, 70 of 100 of them should have it. Points on the "
        "diagonal do; below it the model claims too much, above it too little. Bars are 95% "
        "limits; a point of few patients says little, so the count is given."
    ),
    "decision": template(
        "Net benefit asks whether acting on the model does more good than harm. Read it at the "
        "risk at which you would send a patient to DXA: at 20% you accept four needless scans "
        "for one find. The highest line is the best policy there; below 0 it is better to refer "
        "nobody. OST needs only age and weight: a model must beat it to be worth a picture."
    ),
    "groups": template(
        "A model can be right on average and wrong for some. Compare each group's range with "
        "everyone's. Where a group is small, the table says so and its figures say little."
    ),
    "hosmer_lemeshow": template(
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
    value, interval = number(estimate.value, digits), interval_text(estimate, digits)
    return message("{value} ({interval})", value=value, interval=interval) if interval else value


def interval_text(estimate: Estimate, digits: int = 3) -> str:
    """The 95% interval, such as "0.828 to 0.864"; "" without one."""
    if estimate.value is None or estimate.low is None:
        return ""
    low, high = number(estimate.low, digits), number(estimate.high, digits)
    return message("{low} to {high}", low=low, high=high)


def floor_text(group: Group, name: str) -> str:
    """The floor beside an ECE, else ""."""
    floors = {"ece": group.ece_floor, "classwise_ece": group.classwise_ece_floor}
    floor = floors.get(name)
    if floor is None:
        return ""
    mean, most = number(floor.mean), number(floor.p95)
    return message("floor {mean}, 95% below {most}", mean=mean, most=most)


def with_floor(group: Group, name: str) -> str:
    """A figure with its interval, and with its floor where it has one."""
    value, floor = range_text(group.figures[name]), floor_text(group, name)
    return message("{value}; {floor}", value=value, floor=floor) if floor else value
