"""The evaluation as one HTML page that needs nothing else: no script, no font, no request."""

import html
from collections.abc import Iterable, Sequence
from typing import Final

from face2bone.bone import CLASS_LABELS
from face2bone.bundle import BundleCard
from face2bone.evaluation import Evaluation, Group
from face2bone.evaluation.record import EvaluationRecord
from face2bone.report import evaluation_plots as plots
from face2bone.report.assessment_json import notice_of
from face2bone.report.evaluation_text import (
    CUT_WORDS,
    FIGURE_TEXTS,
    HEADLINE,
    PLOT_TEXTS,
    floor_text,
    number,
    range_text,
)
from face2bone.report.tripod import tripod_items

STYLE: Final = """
body{font:16px/1.5 system-ui,sans-serif;max-width:62rem;margin:0 auto;padding:0 1.2rem 4rem;
color:#111827;background:#fff}
h1{line-height:1.2}h2{margin-top:2.6rem;border-bottom:1px solid #d1d5db;padding-bottom:.2rem}
.banner{background:#5c2d00;color:#fff;padding:.7rem 1rem;border-radius:.4rem}
.remark{border-left:.35rem solid #b35806;padding:.3rem .9rem;background:#fff7ed}
table{border-collapse:collapse;font-size:.88rem;margin:1rem 0;font-variant-numeric:tabular-nums}
th,td{border-bottom:1px solid #e5e7eb;padding:.32rem .6rem;text-align:left;vertical-align:top}
thead th{border-bottom:2px solid #6b7280}.wide{overflow-x:auto}
.tight td{white-space:nowrap}
.plots{display:flex;flex-wrap:wrap;gap:1.2rem}.plots figure{margin:0;max-width:460px}
svg{max-width:100%;height:auto}.legend{list-style:none;padding:0;margin:.2rem 0;font-size:.85rem}
.legend svg{width:34px}.few{color:#7c2d12}code{overflow-wrap:anywhere}
@media print{h2{break-after:avoid}figure,table{break-inside:avoid}}
"""


def evaluation_html(record: EvaluationRecord, card: BundleCard) -> str:
    """The whole page, UTF-8 text."""
    evaluation = record.evaluation
    parts = [
        _head(record),
        _cohort(record),
        _figures(evaluation.everyone),
        _confusion(evaluation.everyone),
        _curves(evaluation),
        _groups(evaluation),
        _hosmer_lemeshow(evaluation),
        _tripod(record, card),
    ]
    title = html.escape(f"Evaluation of {record.bundle.name} {record.bundle.version}")
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{STYLE}</style></head><body><main>{''.join(parts)}</main></body></html>\n"
    )


def _head(record: EvaluationRecord) -> str:
    bundle = record.bundle
    remarks = "".join(f'<p class="remark">{html.escape(r)}</p>' for r in record.cohort.remarks)
    return (
        f"<h1>Evaluation of {html.escape(bundle.name)} {html.escape(bundle.version)}</h1>"
        f'<p class="banner" role="note"><strong>Status: {bundle.status}.</strong> '
        f"{html.escape(notice_of(bundle.status))}</p>{remarks}"
        f"<p>Bundle <code>{bundle.sha256}</code>, {html.escape(record.software)}, engine "
        f"{html.escape(record.engine)}, {record.created_on}.</p>"
    )


def _cohort(record: EvaluationRecord) -> str:
    cohort, everyone = record.cohort, record.evaluation.everyone
    counts = zip(CLASS_LABELS, everyone.of_class, strict=True)
    facts = [
        ("Cohort", cohort.description),
        ("Drawn faces", "yes: no real person" if cohort.drawn else "no"),
        ("Patients", f"{everyone.patients} evaluated of {cohort.patients}"),
        ("Photos", f"{everyone.photos} evaluated of {cohort.photos}"),
        ("By class (photos)", ", ".join(f"{name} {count}" for name, count in counts)),
        ("Unlike the training faces", f"{cohort.out_of_domain} photos, evaluated all the same"),
        ("Photos taken", f"{cohort.first_day} to {cohort.last_day}"),
        ("Sites, devices", f"{cohort.sites or 'not told'}, {cohort.devices or 'not told'}"),
        ("T = −1.0", f"classed by the {cohort.boundary} rule"),
    ]
    lost = [(reason, str(count)) for reason, count in cohort.rejected.items()]
    rejected = _table(("reason", "photos"), lost) if lost else "<p>No photo was rejected.</p>"
    return f"<h2>Whom it is of</h2>{_table(('', ''), facts)}<h3>Photos left out</h3>{rejected}"


def _figures(group: Group) -> str:
    rows = []
    for name, text in FIGURE_TEXTS.items():
        if name in group.figures:
            value = range_text(group.figures[name])
            floor = floor_text(group, name)
            rows.append(
                (text.label, f"{value}; {floor}" if floor else value, text.best, text.meaning)
            )
    head = ("figure", "value (95% interval)", "best", "meaning")
    return f"<h2>Figures</h2><p>{PLOT_TEXTS['figures']}</p>{_table(head, rows)}"


def _confusion(group: Group) -> str:
    rows = [
        (f"DXA: {name}", *map(str, row))
        for name, row in zip(CLASS_LABELS, group.confusion, strict=True)
    ]
    head = ("", *(f"named {name}" for name in CLASS_LABELS))
    return f"<h2>Confusion matrix</h2>{_table(head, rows)}<p>{PLOT_TEXTS['confusion']}</p>"


def _curves(evaluation: Evaluation) -> str:
    reliability = [plots.reliability_plot(curve) for curve in evaluation.reliability]
    decision = [
        f"<h3>Finding {CUT_WORDS[curve.cut]}</h3>{plots.decision_plot(curve)}"
        for curve in evaluation.decision
    ]
    return (
        f"<h2>Ranking</h2>{_plots([plots.roc_plot(evaluation.roc)])}<p>{PLOT_TEXTS['roc']}</p>"
        f"<h2>Calibration</h2>{_plots(reliability)}<p>{PLOT_TEXTS['reliability']}</p>"
        f"<h2>Decision curves</h2>{_plots(decision)}<p>{PLOT_TEXTS['decision']}</p>"
    )


def _groups(evaluation: Evaluation) -> str:
    names = (FIGURE_TEXTS[name].label for name in HEADLINE)
    head = ("group", "photos", *names, "its floor, 95% below")
    rows = [_group_row(group) for group in (evaluation.everyone, *evaluation.groups)]
    cautions = "".join(
        f'<li class="few"><strong>{html.escape(_group_name(g))}.</strong> '
        f"{html.escape(g.caution)}</li>"
        for g in (evaluation.everyone, *evaluation.groups)
        if g.caution
    )
    body = f'<div class="tight">{_table(head, rows)}</div>'
    return f"<h2>Groups of patients</h2><p>{PLOT_TEXTS['groups']}</p>{body}<ul>{cautions}</ul>"


def _group_row(group: Group) -> Sequence[str]:
    name = _group_name(group) + (" (too few)" if group.caution else "")
    ranges = (range_text(group.figures[f], 2) for f in HEADLINE)
    return (name, str(group.photos), *ranges, number(group.ece_floor.p95, 2))


def _group_name(group: Group) -> str:
    return group.name if group.name == group.dimension else f"{group.dimension}: {group.name}"


def _hosmer_lemeshow(evaluation: Evaluation) -> str:
    rows = [
        (
            _group_name(group),
            CUT_WORDS[test.cut],
            number(test.statistic, 1),
            str(test.degrees_of_freedom),
            number(test.p_value),
        )
        for group in (evaluation.everyone, *evaluation.groups)
        for test in group.hosmer_lemeshow
    ]
    head = ("group", "cut", "statistic", "degrees of freedom", "p-value")
    text = PLOT_TEXTS["hosmer_lemeshow"]
    return f"<h2>Hosmer-Lemeshow, for comparison only</h2><p>{text}</p>{_table(head, rows)}"


def _tripod(record: EvaluationRecord, card: BundleCard) -> str:
    rows = [
        (item.number, item.subject, item.answer or "OPEN: a person must write this")
        for item in tripod_items(record, card)
    ]
    return (
        "<h2>TRIPOD+AI</h2><p>Items of the reporting guideline (BMJ 2024;385:e078378) that "
        "software can answer; the rest is open.</p>" + _table(("item", "subject", "answer"), rows)
    )


def _plots(drawings: Iterable[str]) -> str:
    return f'<div class="plots">{"".join(f"<figure>{d}</figure>" for d in drawings)}</div>'


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    top = "".join(f'<th scope="col">{html.escape(cell)}</th>' for cell in head)
    header = f"<thead><tr>{top}</tr></thead>" if any(head) else ""
    body = "".join(
        f'<tr><th scope="row">{html.escape(row[0])}</th>'
        + "".join(f"<td>{html.escape(cell)}</td>" for cell in row[1:])
        + "</tr>"
        for row in rows
    )
    return f'<div class="wide"><table>{header}<tbody>{body}</tbody></table></div>'
