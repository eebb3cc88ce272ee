"""What a finished face age run says at its end: how far off, on whom, what was left out."""

import json
from pathlib import Path

from face2bone.cohort.crop_store import read_store, rejection_reasons
from face2bone.training.closing import REASONS


def years_closing(folder: Path) -> str:
    """A few lines about the finished run in ``folder``, in plain words."""
    found = json.loads((folder / "metrics.json").read_text("utf-8"))["results"]["test"]
    rejected = read_store(folder / "crops").rejected
    lines = [
        f"On one photo each of {found['people']} test people: mean absolute error "
        f"{found['mae']:.1f} years, {found['bias']:+.1f} years on average; the 90% interval holds "
        f"{found['coverage']:.0%} of their ages and is {found['width']:.1f} years wide on average."
    ]
    if found["mae"] >= found["guess_mae"]:
        lines.append(
            "WARNING: no better than a guess. To say the training people's median age of everybody "
            f"errs by {found['guess_mae']:.1f} years. Do not use this bundle."
        )
    if rejected.empty:
        lines.append("Every photo was usable.")
    else:
        reasons = list(rejection_reasons(rejected).items())[:REASONS]
        told = "; ".join(
            f"{'once' if count == 1 else f'{count} times'}: {why}" for why, count in reasons
        )
        lines.append(f"Photos left out: {len(rejected)} (crops/rejected.csv lists them). {told}")
    return "\n".join(lines)
