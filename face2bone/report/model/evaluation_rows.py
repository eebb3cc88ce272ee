"""The tables of an evaluation as rows of text: one source for the report and the Model page."""

from typing import Final

from face2bone.evaluation import Evaluation, Group
from face2bone.evaluation.record import EvaluationRecord
from face2bone.report.model.evaluation_text import (
    CUT_WORDS,
    FIGURE_TEXTS,
    HEADLINE,
    floor_text,
    number,
    range_text,
)
from face2bone.report.model.published_study import MEASURED_ON, OURS, PUBLISHED
from face2bone.tasks import BONE_MASS

Row = tuple[str, ...]

FIGURE_HEAD: Final = ("figure", "value (95% interval)", "best", "meaning")
CONFUSION_HEAD: Final = ("", *(f"named {name}" for name in BONE_MASS.classes))
GROUP_HEAD: Final = (
    *("group", "visits", *(FIGURE_TEXTS[name].label for name in HEADLINE)),
    "its floor, 95% below",
)
HOSMER_LEMESHOW_HEAD: Final = ("group", "cut", "statistic", "degrees of freedom", "p-value")
PUBLISHED_HEAD: Final = (
    *("model", "accuracy", "precision", "recall", "F1", "AUC", "kappa", "measured on"),
)


def cohort_rows(record: EvaluationRecord) -> list[Row]:
    """Whom the figures are of."""
    cohort, everyone = record.cohort, record.evaluation.everyone
    counts = zip(BONE_MASS.classes, everyone.of_class, strict=True)
    lost = sum(cohort.rejected.values())
    return [
        ("Cohort", cohort.description),
        ("Drawn faces", "yes: no real person" if cohort.drawn else "no"),
        ("Patients", f"{everyone.patients} evaluated of {cohort.patients}"),
        ("Photos", f"{cohort.photos - lost} evaluated of {cohort.photos}"),
        ("Visits", f"{everyone.photos}; several photos of one visit count once, by their mean"),
        ("By class (visits)", ", ".join(f"{name} {count}" for name, count in counts)),
        ("Unlike the training faces", f"{cohort.out_of_domain} photos, evaluated all the same"),
        ("Measured by", cohort.reference_method.label),
        ("Photos taken", f"{cohort.first_day} to {cohort.last_day}"),
        ("Sites, devices", f"{cohort.sites or 'not told'}, {cohort.devices or 'not told'}"),
        ("T\u00a0=\u00a0−1.0", f"classed by the {cohort.boundary} rule"),
    ]


def figure_rows(group: Group) -> list[Row]:
    """Every figure with its interval, its floor where it has one, and its meaning."""
    rows: list[Row] = []
    for name, text in FIGURE_TEXTS.items():
        if name in group.figures:
            value, floor = range_text(group.figures[name]), floor_text(group, name)
            value += f"; {floor}" if floor else ""
            rows.append((text.label, value, text.best, text.meaning))
    return rows


def confusion_rows(record: EvaluationRecord) -> list[Row]:
    """What was measured, and by what, against what the model named."""
    method = record.cohort.reference_method.label
    return [
        (f"{method}: {name}", *map(str, row))
        for name, row in zip(BONE_MASS.classes, record.evaluation.everyone.confusion, strict=True)
    ]


def group_name(group: Group) -> str:
    """Such as "sex: women", or "everyone"."""
    return group.name if group.name == group.dimension else f"{group.dimension}: {group.name}"


def group_rows(evaluation: Evaluation) -> list[Row]:
    """The headline figures of everyone and of each group; small groups say so."""
    rows: list[Row] = []
    for group in (evaluation.everyone, *evaluation.groups):
        name = group_name(group) + (" (too few)" if group.caution else "")
        ranges = (range_text(group.figures[figure], 2) for figure in HEADLINE)
        rows.append((name, str(group.photos), *ranges, number(group.ece_floor.p95, 2)))
    return rows


def cautions(evaluation: Evaluation) -> list[Row]:
    """Group and sentence for every group that is too small."""
    groups = (evaluation.everyone, *evaluation.groups)
    return [(group_name(group), group.caution) for group in groups if group.caution]


def hosmer_lemeshow_rows(evaluation: Evaluation) -> list[Row]:
    """The test of each group at each cut."""
    return [
        (
            group_name(group),
            CUT_WORDS[test.cut],
            number(test.statistic, 1),
            str(test.degrees_of_freedom),
            number(test.p_value),
        )
        for group in (evaluation.everyone, *evaluation.groups)
        for test in group.hosmer_lemeshow
    ]


def published_rows(record: EvaluationRecord) -> list[Row]:
    """The bundle, then the study's own table, each with where it was measured."""
    ours = (number(record.evaluation.everyone.figures[name].value, 4) for name in OURS)
    name = f"{record.bundle.name} (this bundle)"
    rows: list[Row] = [(name, *ours, record.cohort.description)]
    for row in PUBLISHED:
        figures = (row.accuracy, row.precision, row.recall, row.f1, row.auc, row.kappa)
        rows.append((f"{row.model} (study)", *(number(f, 4) for f in figures), MEASURED_ON))
    return rows
