"""The evaluation as one HTML page that needs nothing else: no script, no font, no request."""

import html
from collections.abc import Iterable, Sequence
from typing import Final

from face2bone.bundle import BundleCard
from face2bone.bundle.card import notice_of
from face2bone.evaluation import Evaluation, Group
from face2bone.evaluation.record import EvaluationRecord
from face2bone.report.model import evaluation_plots as plots
from face2bone.report.model import evaluation_rows as rows
from face2bone.report.model.evaluation_text import CUT_WORDS, PLOT_TEXTS
from face2bone.report.model.tripod import tripod_items

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
        _confusion(record),
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
    lost = [(reason, str(count)) for reason, count in record.cohort.rejected.items()]
    rejected = _table(("reason", "photos"), lost) if lost else "<p>No photo was rejected.</p>"
    facts = _table(rows.COHORT_HEAD, rows.cohort_rows(record))
    return f"<h2>Whom it is of</h2>{facts}<h3>Photos left out</h3>{rejected}"


def _figures(group: Group) -> str:
    table = _table(rows.FIGURE_HEAD, rows.figure_rows(group))
    return f"<h2>Figures</h2><p>{PLOT_TEXTS['figures']}</p>{table}"


def _confusion(record: EvaluationRecord) -> str:
    table = _table(rows.CONFUSION_HEAD, rows.confusion_rows(record))
    return f"<h2>Confusion matrix</h2>{table}<p>{PLOT_TEXTS['confusion']}</p>"


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
    table = _table(rows.GROUP_HEAD, rows.group_rows(evaluation))
    few = "".join(
        f'<li class="few"><strong>{html.escape(name)}.</strong> {html.escape(why)}</li>'
        for name, why in rows.cautions(evaluation)
    )
    text = PLOT_TEXTS["groups"]
    return f'<h2>Groups of patients</h2><p>{text}</p><div class="tight">{table}</div><ul>{few}</ul>'


def _hosmer_lemeshow(evaluation: Evaluation) -> str:
    table = _table(rows.HOSMER_LEMESHOW_HEAD, rows.hosmer_lemeshow_rows(evaluation))
    text = PLOT_TEXTS["hosmer_lemeshow"]
    return f"<h2>Hosmer-Lemeshow, for comparison only</h2><p>{text}</p>{table}"


def _tripod(record: EvaluationRecord, card: BundleCard) -> str:
    items = [
        (item.number, item.subject, item.answer or "OPEN: a person must write this")
        for item in tripod_items(record, card)
    ]
    return (
        "<h2>TRIPOD+AI</h2><p>Items of the reporting guideline (BMJ 2024;385:e078378) that "
        "software can answer; the rest is open.</p>" + _table(("item", "subject", "answer"), items)
    )


def _plots(drawings: Iterable[str]) -> str:
    return f'<div class="plots">{"".join(f"<figure>{d}</figure>" for d in drawings)}</div>'


def _table(head: Sequence[str], body_rows: Iterable[Sequence[str]]) -> str:
    top = "".join(f'<th scope="col">{html.escape(cell)}</th>' for cell in head)
    header = f"<thead><tr>{top}</tr></thead>" if any(head) else ""
    body = "".join(
        f'<tr><th scope="row">{html.escape(row[0])}</th>'
        + "".join(f"<td>{html.escape(cell)}</td>" for cell in row[1:])
        + "</tr>"
        for row in body_rows
    )
    return f'<div class="wide"><table>{header}<tbody>{body}</tbody></table></div>'
