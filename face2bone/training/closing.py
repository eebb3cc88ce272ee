"""What a finished run says at its end: how good, on how many, what was left out, what to doubt.

A run on ages says how far off it is, and on whom.
"""

import json
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from face2bone.cohort.crop_store import left_out_of, rejection_reasons
from face2bone.cohort.splits import DOUBLES
from face2bone.evaluation.bootstrap import Estimate
from face2bone.evaluation.guards.chance import chance_limit
from face2bone.evaluation.years_words import shown

REASONS: Final = 3


def closing_words(folder: Path) -> str:
    """A few lines about the finished run in ``folder``, in plain words."""
    results = json.loads((folder / "metrics.json").read_text("utf-8"))["results"]["test"]
    left_out = left_out_of(folder / "crops")
    return "\n".join(
        [
            *_figures(results),
            *_chance(results),
            *_focused(folder),
            left_out_words(left_out),
            *doubles_words(folder),
        ]
    )


def _figures(results: Mapping[str, Any]) -> Iterator[str]:
    yield (
        f"On the {results['n']} photos of test patients: accuracy {results['accuracy']:.3f}, "
        f"macro AUC {results['macro_auc']:.3f}, quadratic kappa {results['quadratic_kappa']:.3f}, "
        f"calibration error {results['ece']:.3f} (a perfect model shows up to "
        f"{results['ece_floor_p95']:.3f} on so many)."
    )
    covered = ", ".join(f"{share:.0%} of {name}" for name, share in results["set_coverage"].items())
    yield f"Prediction sets hold the true class for {covered}."


def _chance(results: Mapping[str, Any]) -> Iterator[str]:
    counts = np.sum(results["confusion"], axis=1)
    limit = chance_limit(np.repeat(np.arange(len(counts)), counts))
    if not results["macro_auc"] > 0.5 + limit:
        yield (
            "WARNING: no better than chance. With so many test photos a model that knows nothing "
            f"reaches a macro AUC of {0.5 + limit:.3f}. Do not use this bundle."
        )


def _focused(folder: Path) -> Iterator[str]:
    training = tomllib.loads((folder / "config.toml").read_text("utf-8"))["training"]
    if training.get("focal_gamma"):
        twice = " Class weights beside it correct an imbalance twice." * bool(
            training["class_weighting"]
        )
        yield (
            "WARNING: the focal loss distorts probabilities, so do not use them without the "
            f"calibration of this bundle.{twice}"
        )


def left_out_words(rejected: pd.DataFrame) -> str:
    """How many photos were left out, and the commonest reasons."""
    if rejected.empty:
        return "Every photo was usable."
    reasons = list(rejection_reasons(rejected).items())[:REASONS]
    told = "; ".join(
        f"{'once' if count == 1 else f'{count} times'}: {why}" for why, count in reasons
    )
    return f"Photos left out: {len(rejected)} (crops/rejected.csv lists them). {told}"


def doubles_words(folder: Path, labels: str = "classes") -> Iterator[str]:
    """A warning where a run found the same photo under two patients or labels."""
    if (folder / DOUBLES).is_file():
        yield f"WARNING: photos stand under two patients or {labels}; see {DOUBLES}."


def years_closing(folder: Path) -> str:
    """A few lines about the finished run in ``folder``, in plain words."""
    found = json.loads((folder / "metrics.json").read_text("utf-8"))["results"]["test"]
    error = Estimate(found["mae"], found["mae_low"], found["mae_high"])
    lines = [
        f"On one photo each of {found['people']} test people: mean absolute error "
        f"{shown(error)} years, {found['bias']:+.1f} years on average; the 90% interval "
        f"holds {found['coverage']:.0%} of their ages and is {found['width']:.1f} years wide on "
        "average."
    ]
    if not found["better_than_guess"]:
        lines.append(
            "WARNING: not shown to be better than a guess. To say the training people's median age "
            f"of everybody errs by {found['guess_mae']:.1f} years, which the error's 95% interval "
            "does not stay below. Do not use this bundle."
        )
    lines += [left_out_words(left_out_of(folder / "crops")), *doubles_words(folder, "ages")]
    return "\n".join(lines)
