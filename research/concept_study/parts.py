"""What the bank's most important concept is made of."""

import json
from pathlib import Path
from typing import Any, Final

from face2bone.bundle import Bundle
from face2bone.cohort.crop_store import CropStore
from face2bone.explain.recursion import decompose_concept
from research.concept_study.banks import LEARNED_FROM

CONCEPT: Final = 0
PARTS: Final = 4


def kept_parts(bundle: Bundle, store: CropStore, path: Path) -> dict[str, Any]:
    """The parts, found once."""
    if not path.is_file():
        rows = store.rows[LEARNED_FROM:]
        crops, maps = store.crops[rows], store.region_maps[rows]
        network = bundle.network
        found = decompose_concept(
            network, bundle.card.input, bundle.concepts, CONCEPT, crops, maps, store.parts, PARTS
        )
        figures = {
            "concept": bundle.concepts.names[CONCEPT],
            "photos": len(rows),
            "positions": found.positions,
            "error": found.error,
            "share": found.share.tolist(),
            "importance": found.importance.tolist(),
            "region_tags": found.region_tags,
        }
        path.write_text(json.dumps(figures), "utf-8")
    kept: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return kept


def parts_table(found: dict[str, Any]) -> str:
    """The parts as Markdown, most important first."""
    rows = zip(found["share"], found["importance"], found["region_tags"], strict=True)
    lines = [
        f"Parts of {found['concept']}: {found['photos']} photos, {found['positions']} positions "
        f"of the stem, error {found['error']:.2f}",
        "",
        "| part | share | importance for the concept | location |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| {number} | {share:.0%} | {importance:.2f} | {where} |"
        for number, (share, importance, where) in enumerate(rows, start=1)
    ]
    return "\n".join(lines)
