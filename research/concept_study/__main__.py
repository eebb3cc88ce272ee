"""Measure the concept bank of a bundle on drawn faces.

    python -m research.concept_study [--work runs/concepts] [--out docs/evidence]

Stability over seeds and reconstruction error by the number of concepts; the two views of
location, and the implicit gradients against finite differences; the parts of the first concept.
Keeps crops, features, fits and figures in ``--work`` (a stopped run goes on), prints Markdown
tables and writes ``concepts.json`` and ``concepts.svg``. About fifteen minutes of one core; one
thread on a shared machine: OMP_NUM_THREADS=1.
"""

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from face2bone.bundle import Bundle, load_bundle
from face2bone.settings import get_settings
from research.concept_study.banks import (
    FACES,
    LEARNED_FROM,
    POSITIONS,
    SEED,
    all_fits,
    crops,
    cut_features,
    shipped_cosines,
    stability_table,
)
from research.concept_study.figure import write_curves
from research.concept_study.locations import kept_locations, location_table
from research.concept_study.parts import kept_parts, parts_table
from research.concept_study.stability import Stability, stability


def main() -> None:
    """Draw, factorise, locate, take apart, print and write."""
    parser = argparse.ArgumentParser(
        prog="python -m research.concept_study",
        description=__doc__,
        formatter_class=argparse.RawTextHelpFormatter,
    )
    parser.add_argument("--work", type=Path, default=Path("runs/concepts"))
    parser.add_argument("--out", type=Path, default=Path("docs/evidence"))
    chosen = parser.parse_args()
    work, out = chosen.work, chosen.out
    work.mkdir(parents=True, exist_ok=True)
    out.mkdir(parents=True, exist_ok=True)
    bundle = load_bundle(get_settings().bundle)
    store = crops(work / "crops")
    groups = list(all_fits(cut_features(bundle, store, work), work / "fits"))
    found = [stability(fits) for fits in groups]
    shipped = shipped_cosines(bundle, [fit for fits in groups for fit in fits])
    write_curves(found, len(bundle.concepts), out / "concepts.svg")
    locations = kept_locations(bundle, work / "locations")
    parts = kept_parts(bundle, store, work / "parts.json")
    measured = document(bundle, found) | {
        "shipped": shipped,
        "locations": locations,
        "parts": parts,
    }
    (out / "concepts.json").write_text(json.dumps(measured, indent=1) + "\n", "utf-8")
    print(stability_table(found), shipped, sep="\n\n", end="\n\n")
    print(location_table(locations), parts_table(parts), sep="\n\n")


def document(bundle: Bundle, found: list[Stability]) -> dict[str, Any]:
    """What was measured on what."""
    return {
        "bundle": {"name": bundle.card.name, "sha256": bundle.sha256},
        "faces": f"{FACES} drawn faces, planted world, seed {SEED}; no real person",
        "learned_from": LEARNED_FROM,
        "positions": POSITIONS,
        "stability": [asdict(one) for one in found],
    }


if __name__ == "__main__":
    main()
