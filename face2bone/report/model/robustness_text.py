"""The robustness table as Markdown, for the shell and for the evidence page."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from face2bone.robustness import Robustness, Shift


def robustness_text(found: Robustness) -> str:
    """A table with limits, then a sentence for each change that is beyond its own."""
    classes = any(shift.named_otherwise is not None for shift in found.shifts)
    head = ["change", "what was done", "pairs", "median shift", "9 in 10 within", "limit"]
    head += ["named otherwise"] if classes else []
    lines = [" | ".join(head), " | ".join("---" for _ in head)]
    lines += [" | ".join(_row(shift, classes)) for shift in found.shifts]
    table = "\n".join(f"| {line} |" for line in lines)
    return "\n\n".join([_caption(found), table, _verdict(found)])


def robustness_json(found: Robustness) -> bytes:
    """The table as a file, which calls what was looked at by the name it always had."""
    return (json.dumps(_filed(asdict(found)), indent=1) + "\n").encode()


def _filed(values: Mapping[str, Any]) -> dict[str, Any]:
    named = {"pictures": "faces", "pairs": "faces"}
    filed = {named.get(name, name): value for name, value in values.items()}
    shifts = {"shifts": [_filed(shift) for shift in values["shifts"]]} if "shifts" in values else {}
    return filed | shifts


def _caption(found: Robustness) -> str:
    lost = f" In {found.not_found} pairs a face was not found." if found.not_found else ""
    drawn = f"{found.pictures} drawn faces (seed {found.seed})"
    photos = "1 photograph" if found.pictures == 1 else f"{found.pictures} photographs"
    people = photos if found.seed is None else drawn
    return (
        f"{found.bundle} {found.sha256[:12]}, {people}; shifts of the "
        f"{found.unit if found.unit != 'years' else 'apparent age in years'}.{lost}"
    )


def _row(shift: Shift, classes: bool) -> list[str]:
    digits = 3 if classes else 1
    cells = [
        shift.kind,
        shift.words,
        str(shift.pairs),
        f"{shift.median:+.{digits}f}",
        f"{shift.nine_in_ten:.{digits}f}",
        "none" if shift.limit is None else f"{shift.limit:g}" + ("" if shift.holds else " **no**"),
    ]
    if classes:
        cells.append("" if shift.named_otherwise is None else f"{shift.named_otherwise:.0%}")
    return cells


def _verdict(found: Robustness) -> str:
    if not found.beyond:
        return "Every median shift that has a limit is within it."
    named = "; ".join(f"{shift.kind} ({shift.words})" for shift in found.beyond)
    return f"Beyond the limit: {named}."
