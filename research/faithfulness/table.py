"""The table itself: means over patients with intervals, as Markdown, JSON and CSV.

NAME.csv            every figure of every patient of one network
faithfulness.json   every mean and every paired difference, with its interval
faithfulness.md     the tables of docs/evidence/faithfulness.md
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from face2bone.arrays import Floats
from face2bone.bone import CLASS_LABELS
from face2bone.calibration import Calibrator
from face2bone.drawn.face.parameters import AGEING_NAMES
from face2bone.evaluation.bootstrap import Estimate, estimates
from face2bone.modalities.face.parts import FACE_PARTS
from research.faithfulness.figures import (
    AGAINST_TRUTH,
    CHECKED,
    OURS,
    TRUTH,
    changed_share,
    parameter_maps,
    patient_rows,
)
from research.faithfulness.study import Faces

Estimates = dict[str, Estimate]
LOOKED_AT: Final = 16
"""Patients 0 to 15 were looked at when inpainting was made the second baseline: the rates
of the check are of the others."""
OTHERWISE: Final = (
    "agreement of the fills", "deletion, own fill", "deletion, other fill",
    "insertion, own fill", "insertion, other fill", "infidelity, blur", "infidelity, inpainting",
    "max-sensitivity", "agreement with shuffled weights",
)  # fmt: skip


def write_table(out: Path, networks: Mapping[str, Sequence[Calibrator]], faces: Faces) -> Path:
    """Figures of every network (name and calibration) that has finished patients.

    Returns the Markdown's path.
    """
    found: dict[str, Any] = {}
    sections = []
    for name, calibration in networks.items():
        rows = patient_rows(out / name, faces, calibration)
        if len(rows) < 2:
            continue
        rows.to_csv(out / f"{name}.csv", index_label="patient", lineterminator="\n")
        means, ahead = means_of(rows), differences_of(rows)
        found[name] = {
            "patients": len(rows),
            "classes": rows["class"].value_counts().to_dict(),
            "means": {k: asdict(v) for k, v in means.items()},
            "ours_minus": {k: asdict(v) for k, v in ahead.items()},
            "by_class": ranks_by_class(rows),
            "self_check": {what: self_check_counts(fresh(rows), what) for what in CHECKED},
        }
        sections += [f"## {name}: {len(rows)} patients", *_section(means, ahead, rows)]
    drawn = [int(file.stem) for file in sorted(faces.folder.glob("*.npz"))]
    sections += ["## Where each parameter shows", *_mapping(faces, drawn)]
    (out / "faithfulness.json").write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    path = out / "faithfulness.md"
    path.write_text("\n\n".join(sections) + "\n", "utf-8")
    return path


def means_of(rows: pd.DataFrame) -> Estimates:
    """Mean of every numeric column over the patients who have it, with its interval."""
    found: Estimates = {}
    for column in rows.select_dtypes("number"):
        found |= mean_estimates({str(column): rows[column].dropna().to_numpy(np.float64)})
    return found


def differences_of(rows: pd.DataFrame) -> Estimates:
    """Our blur values minus every other method on every figure, paired by patient."""
    columns = {}
    for figure in AGAINST_TRUTH:
        ours = rows[f"{figure}: {OURS}"].to_numpy(np.float64)
        for method in methods_of(rows):
            columns[f"{figure}: {method}"] = ours - rows[f"{figure}: {method}"].to_numpy(np.float64)
    return mean_estimates(columns)


def mean_estimates(columns: Mapping[str, Floats]) -> Estimates:
    """Mean and 95% patient-bootstrap interval of columns (N,) of the same patients."""
    names, values = list(columns), np.stack(list(columns.values()), axis=1)

    def figures(weights: Floats) -> dict[str, Floats]:
        means = weights @ values / weights.sum(axis=1, keepdims=True)
        return dict(zip(names, means.T, strict=True))

    if len(values) == 0:
        return {name: Estimate(None) for name in names}
    return estimates(figures, np.arange(len(values)))


def methods_of(rows: pd.DataFrame) -> list[str]:
    """Names of the methods, in the order they were measured in, the reference left out."""
    names = [c.partition(": ")[2] for c in rows.columns if c.startswith("rank: ")]
    return [name for name in names if name != TRUTH]


def ranks_by_class(rows: pd.DataFrame) -> dict[str, dict[str, float]]:
    """Mean rank figure of every method, by the bone mass class the patient was drawn with."""
    columns = {f"rank: {method}": method for method in methods_of(rows)}
    means = rows.groupby("class")[list(columns)].mean().rename(columns=columns).round(4)
    return {str(name): dict(row) for name, row in means.iterrows()}


def self_check_counts(rows: pd.DataFrame, what: str) -> dict[str, int]:
    """Patients by whether the explanation is right (rank with the reference) and withheld."""
    right, withheld = rows[f"right: {what}"] > 0, rows[f"withheld: {what}"] > 0
    return {
        "right, shown": int((right & ~withheld).sum()),
        "right, withheld": int((right & withheld).sum()),
        "not right, shown": int((~right & ~withheld).sum()),
        "not right, withheld": int((~right & withheld).sum()),
    }


def fresh(rows: pd.DataFrame) -> pd.DataFrame:
    """The patients nobody had looked at when the check was settled."""
    return rows[rows.index >= LOOKED_AT]


def _section(means: Estimates, ahead: Estimates, rows: pd.DataFrame) -> Iterator[str]:
    methods = methods_of(rows)
    header = ("method", *AGAINST_TRUTH)
    yield _table(
        header, ((m, *(_cell(means[f"{f}: {m}"]) for f in AGAINST_TRUTH)) for m in methods)
    )
    yield f"### {OURS} minus the row"
    yield _table(
        header,
        (
            (m, *(_cell(ahead[f"{f}: {m}"], sign=True) for f in AGAINST_TRUTH))
            for m in methods
            if m != OURS
        ),
    )
    yield "### Rank by drawn class"
    by_class = ranks_by_class(rows)
    counts = rows["class"].value_counts()
    classes = [name for name in CLASS_LABELS if name in by_class]
    yield _table(
        ("method", *(f"{name} ({counts[name]})" for name in classes)),
        ((m, *(f"{by_class[name][m]:.2f}" for name in classes)) for m in methods),
    )
    yield "### Without truth, and the check of one photo"
    yield _table(("figure", "mean"), ((n, _cell(means[n])) for n in OTHERWISE if n in means))
    checked = fresh(rows)
    yield f"The check, on the {len(checked)} patients nobody had looked at when it was settled:"
    checks = {what: self_check_counts(checked, what) for what in CHECKED}
    yield _table(
        ("explanation of the", *checks[CHECKED[0]]),
        ((what, *(str(v) for v in counted.values())) for what, counted in checks.items()),
    )


def _mapping(faces: Faces, drawn: Sequence[int]) -> Iterator[str]:
    maps, change = parameter_maps(faces, drawn)
    lines = [
        *((name, *(f"{v:.0%}" for v in row)) for name, row in zip(AGEING_NAMES, maps, strict=True)),
        ("mean change (levels)", *(f"{v:.1f}" for v in change)),
        ("counts as changed in", *(f"{v:.0%}" for v in changed_share(faces, drawn))),
    ]
    yield _table(("parameter", *(r.label for r in FACE_PARTS)), lines)


def _table(header: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    rows = [header, ["---"] * len(header), *lines]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def _cell(found: Estimate, sign: bool = False) -> str:
    """Such as ``.71 (.66 to .75)``; with a sign, ``+.12``; a dash where it is not defined."""
    if found.value is None:
        return "-"
    plus = "+" if sign else ""
    text = f"{found.value:{plus}.2f}"
    return text if found.low is None else f"{text} ({found.low:.2f} to {found.high:.2f})"
