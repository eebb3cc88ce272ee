"""An evaluation as a folder: report, figures, tables, predictions; whole or not at all.

report.html          the page for people, which needs nothing else
metrics.json         everything in it, for programs
figures.csv          every figure of every group with its interval
confusion.csv, reliability.csv, roc.csv, decision_curve.csv
predictions.csv      one row a usable photo, by the cohort's pseudonym; no photo
rejected.csv         photos left out, with the reason
"""

from pathlib import Path
from typing import Any, Final

import pandas as pd

from face2bone.atomic_files import whole_folder
from face2bone.bundle import BundleCard
from face2bone.errors import EvaluationError
from face2bone.evaluation.evaluate import Evaluated
from face2bone.evaluation.record import to_json
from face2bone.evaluation.result import Evaluation
from face2bone.report.model.evaluation_html import evaluation_html
from face2bone.tasks import BONE_MASS

REPORT: Final = "report.html"
METRICS: Final = "metrics.json"


def check_out(out: Path) -> None:
    """Raise ``EvaluationError`` when ``out`` holds anything but an earlier evaluation."""
    if out.exists() and (not out.is_dir() or (any(out.iterdir()) and not _is_ours(out))):
        raise EvaluationError(
            "{folder} is there and holds no evaluation. Choose a new folder for --out.",
            folder=out.name,
        )


def write_evaluation(evaluated: Evaluated, card: BundleCard, out: Path) -> Path:
    """Write the folder beside its place and rename it there; an earlier one is replaced.

    Returns the report's path. Raises ``EvaluationError`` as ``check_out`` does.
    """
    check_out(out)
    with whole_folder(out) as made:
        _fill(made, evaluated, card)
    return out / REPORT


def tables(evaluation: Evaluation) -> dict[str, pd.DataFrame]:
    """The evaluation as tables, by file name without its ending."""
    return {
        "figures": _figures(evaluation),
        "confusion": _confusion(evaluation),
        "reliability": _reliability(evaluation),
        "roc": _roc(evaluation),
        "decision_curve": _decision(evaluation),
    }


def _is_ours(out: Path) -> bool:
    return (out / METRICS).is_file() and (out / REPORT).is_file()


def _fill(folder: Path, evaluated: Evaluated, card: BundleCard) -> None:
    record = evaluated.record
    (folder / REPORT).write_text(evaluation_html(record, card), "utf-8")
    (folder / METRICS).write_bytes(to_json(record))
    named = tables(record.evaluation)
    named |= {"predictions": evaluated.predictions, "rejected": evaluated.rejected}
    for name, table in named.items():
        table.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n")


def _figures(evaluation: Evaluation) -> pd.DataFrame:
    rows: list[dict[str, Any]] = []
    for group in (evaluation.everyone, *evaluation.groups):
        about: dict[str, Any] = {"dimension": group.dimension, "group": group.name}
        about |= {"patients": group.patients, "photos": group.photos}
        for name, estimate in group.figures.items():
            rows.append(about | {"figure": name} | vars(estimate) | {"caution": group.caution})
        for name, floor in (("ece", group.ece_floor), ("classwise_ece", group.classwise_ece_floor)):
            for kind, value in vars(floor).items():
                rows.append(about | {"figure": f"{name}_floor_{kind}", "value": value})
        for test in group.hosmer_lemeshow:
            for kind in ("statistic", "degrees_of_freedom", "p_value"):
                figure = f"hosmer_lemeshow_{test.cut}_{kind}"
                rows.append(about | {"figure": figure, "value": getattr(test, kind)})
    return pd.DataFrame(rows)


def _confusion(evaluation: Evaluation) -> pd.DataFrame:
    rows = [
        {"dimension": g.dimension, "group": g.name, "true": true}
        | dict(zip((f"named_{name}" for name in BONE_MASS.classes), counts, strict=True))
        for g in (evaluation.everyone, *evaluation.groups)
        for true, counts in zip(BONE_MASS.classes, g.confusion, strict=True)
    ]
    return pd.DataFrame(rows)


def _reliability(evaluation: Evaluation) -> pd.DataFrame:
    rows = [{"of": c.of} | vars(point) for c in evaluation.reliability for point in c.points]
    return pd.DataFrame(rows)


def _roc(evaluation: Evaluation) -> pd.DataFrame:
    frames = [pd.DataFrame(vars(curve)) for curve in evaluation.roc]
    return pd.concat(frames) if frames else pd.DataFrame(columns=["cut"])


def _decision(evaluation: Evaluation) -> pd.DataFrame:
    rows: list[dict[str, Any]] = []
    for curve in evaluation.decision:
        for i, threshold in enumerate(curve.thresholds):
            row = {"cut": curve.cut, "threshold": threshold, "refer_all": curve.refer_all[i]}
            row |= {f"model_{k}": v for k, v in vars(curve.model[i]).items()}
            if curve.ost is not None and curve.model_minus_ost is not None:
                row["ost"] = curve.ost[i]
                gain = vars(curve.model_minus_ost[i])
                row |= {f"model_minus_ost_{k}": v for k, v in gain.items()}
            rows.append(row)
    return pd.DataFrame(rows)
