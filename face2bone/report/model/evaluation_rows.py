"""The tables of an evaluation as rows of text: one source for the report and the Model page."""

from typing import Final

from face2bone.evaluation import Evaluation, Group
from face2bone.evaluation.groups import band_names, caution
from face2bone.evaluation.record import EvaluationRecord
from face2bone.report.model.evaluation_text import (
    CUT_WORDS,
    FIGURE_TEXTS,
    HEADLINE,
    number,
    range_text,
    with_floor,
)
from face2bone.report.model.known_figures import MEASURED_ON, OURS, PUBLISHED
from face2bone.tasks import BONE_MASS
from face2bone.words import message, template

Row = tuple[str, ...]
DRAWN: Final = template("yes: no real person")
NOT_TOLD: Final = template("not told")

FIGURE_HEAD: Final = (
    template("figure"),
    template("value (95% interval)"),
    template("best"),
    template("meaning"),
)
COHORT_HEAD: Final = (template("about the cohort"), template("value"))
CONFUSION_HEAD: Final = (
    template("measured"),
    *(message("named {name}", name=name) for name in BONE_MASS.classes),
)
GROUP_HEAD: Final = (
    template("group"),
    template("visits"),
    *(FIGURE_TEXTS[name].label for name in HEADLINE),
    template("its floor, 95% below"),
)
HOSMER_LEMESHOW_HEAD: Final = (
    template("group"),
    template("cut"),
    template("statistic"),
    template("degrees of freedom"),
    template("p-value"),
)
PUBLISHED_HEAD: Final = (
    template("model"),
    template("accuracy"),
    template("precision"),
    template("recall"),
    template("F1"),
    template("AUC"),
    template("kappa"),
    template("measured on"),
)


def cohort_rows(record: EvaluationRecord) -> list[Row]:
    """Whom the figures are of."""
    cohort, everyone = record.cohort, record.evaluation.everyone
    counts = zip(BONE_MASS.classes, everyone.of_class, strict=True)
    shares = tuple(message("{name} {value}", name=name, value=f"{n}") for name, n in counts)
    lost = sum(cohort.rejected.values())
    return [
        (template("Cohort"), cohort.description),
        (template("Drawn pictures"), DRAWN if cohort.drawn else template("no")),
        (template("Patients"), _of(everyone.patients, cohort.patients)),
        (template("Pictures"), _of(cohort.photos - lost, cohort.photos)),
        (
            template("Visits"),
            message(
                "{visits}; several pictures of one visit count once, by their mean",
                visits=everyone.photos,
            ),
        ),
        (template("By class (visits)"), message("{shares}", shares=shares)),
        (
            template("Unlike the training pictures"),
            message("{count}, evaluated all the same", count=cohort.out_of_domain),
        ),
        (template("Measured by"), cohort.reference_method.label),
        (
            template("Pictures taken"),
            message("{low} to {high}", low=f"{cohort.first_day}", high=f"{cohort.last_day}"),
        ),
        (
            template("Sites, devices"),
            message(
                "{sites}, {devices}",
                sites=f"{cohort.sites}" if cohort.sites else NOT_TOLD,
                devices=f"{cohort.devices}" if cohort.devices else NOT_TOLD,
            ),
        ),
        ("T\u00a0=\u00a0−1.0", message("classed by the {rule} rule", rule=cohort.boundary)),
    ]


def _of(evaluated: int, everyone: int) -> str:
    return message("{evaluated} evaluated of {all}", evaluated=evaluated, all=everyone)


def figure_rows(group: Group) -> list[Row]:
    """Every figure with its interval, its floor where it has one, and its meaning."""
    rows: list[Row] = []
    for name, text in FIGURE_TEXTS.items():
        if name in group.figures:
            rows.append((text.label, with_floor(group, name), text.best, text.meaning))
    return rows


def confusion_rows(record: EvaluationRecord) -> list[Row]:
    """What was measured, and by what, against what the model named."""
    method = record.cohort.reference_method.label
    return [
        (message("{what}: {group}", what=method, group=name), *map(str, row))
        for name, row in zip(BONE_MASS.classes, record.evaluation.everyone.confusion, strict=True)
    ]


def group_name(group: Group) -> str:
    """Such as "sex: women", or "everyone"."""
    if group.name == group.dimension:
        return group.name
    name = band_names().get(group.name, group.name)
    return message("{what}: {group}", what=group.dimension, group=name)


def group_rows(evaluation: Evaluation) -> list[Row]:
    """The headline figures of everyone and of each group; small groups say so."""
    rows: list[Row] = []
    for group in (evaluation.everyone, *evaluation.groups):
        name = group_name(group)
        if group.caution:
            name = message("{group} (too few)", group=name)
        ranges = (range_text(group.figures[figure], 2) for figure in HEADLINE)
        rows.append((name, str(group.photos), *ranges, number(group.ece_floor.p95, 2)))
    return rows


def cautions(evaluation: Evaluation) -> list[Row]:
    """Group and sentence for every group that is too small."""
    groups = (evaluation.everyone, *evaluation.groups)
    return [(group_name(group), _caution(group)) for group in groups if group.caution]


def _caution(group: Group) -> str:
    """As the message it was made as, which a kept evaluation does not say."""
    made = caution(group.patients, dict(zip(BONE_MASS.classes, group.of_class, strict=True)))
    return made if made == group.caution else group.caution


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
    name = message("{name} (this model)", name=record.bundle.name)
    rows: list[Row] = [(name, *ours, record.cohort.description)]
    for row in PUBLISHED:
        figures = (row.accuracy, row.precision, row.recall, row.f1, row.auc, row.kappa)
        study = message("{name} (study)", name=row.model)
        rows.append((study, *(number(f, 4) for f in figures), MEASURED_ON))
    return rows
