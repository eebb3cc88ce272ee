"""What a finished face age run says at its end: how far off, on whom, what was left out."""

import json
from pathlib import Path

from face2bone.cohort.crop_store import left_out_of
from face2bone.evaluation.bootstrap import Estimate
from face2bone.evaluation.years_words import shown
from face2bone.training.closing import doubles_words, left_out_words


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
