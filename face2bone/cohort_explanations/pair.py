"""Two patients side by side: where their results differ, and which regions make the difference.

A target's value for a face is its base (every region painted over) plus its region
values, exactly; so the difference between two faces is the difference of their bases plus the
differences of their region values. The base holds what painting leaves: light, skin and outline.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from face2bone.explain.arrays import FloatArray
from face2bone.explain.photo_row import SEVERITY, Layout, PhotoFigures, signed
from face2bone.explain.words import counted
from face2bone.modalities.parts import Part

NAMED: Final = 3
"""Regions a sentence names."""
NEGLIGIBLE: Final = 0.005
"""Differences below it print as 0.00 and are not named."""


@dataclass(frozen=True)
class Difference:
    """The second patient minus the first, for one target of ``Layout``.

    regions (n,), base and total: ``base + regions.sum() == total``; probabilities (K,);
    presence (R,); ``words``: the same as plain sentences.
    """

    target: str
    regions: FloatArray
    base: float
    total: float
    probabilities: FloatArray
    presence: FloatArray
    words: tuple[str, ...]


def difference(
    first: PhotoFigures,
    second: PhotoFigures,
    target: str,
    layout: Layout,
    names: tuple[str, str] = ("A", "B"),
) -> Difference:
    """What sets the second face apart from the first; ``names`` are theirs in the words."""
    k = layout.targets.index(target)
    regions = second.values[:, k] - first.values[:, k]
    base = float(second.base[k] - first.base[k])
    total = float(second.full[k] - first.full[k])
    p = second.probabilities - first.probabilities
    presence = second.presence - first.presence
    words = (
        _results(first, second, layout.labels, names),
        _total(target, total, base, regions, names),
        _regions(regions, layout.parts),
    )
    return Difference(target, regions, base, total, p, presence, words)


def _results(
    first: PhotoFigures, second: PhotoFigures, labels: tuple[str, ...], names: tuple[str, str]
) -> str:
    k = int(np.abs(second.probabilities - first.probabilities).argmax())
    return (
        f"The answers differ most in the probability of {labels[k]}: "
        f"{first.probabilities[k]:.0%} ({names[0]}) and {second.probabilities[k]:.0%} ({names[1]})."
    )


def _total(
    target: str, total: float, base: float, regions: FloatArray, names: tuple[str, str]
) -> str:
    what = "The expected class" if target == SEVERITY else f"The logit of {target}"
    unit = "" if target == SEVERITY else " in logits"
    if abs(total) < NEGLIGIBLE:
        size = f"the same ({names[1]} and {names[0]})"
    else:
        size = f"{abs(total):.2f} {'higher' if total > 0 else 'lower'} ({names[1]})"
    return (
        f"{what} is {size}: the {counted(len(regions))} regions account for "
        f"{signed(float(regions.sum()))}{unit}, and {signed(base)} is there "
        "with every region painted over (light, skin and outline)."
    )


def _regions(regions: FloatArray, parts: tuple[Part, ...]) -> str:
    order = [int(i) for i in np.argsort(-np.abs(regions))[:NAMED]]
    named = [
        f"{parts[i].label} ({signed(float(regions[i]))})" for i in order if _matters(regions[i])
    ]
    if not named:
        return "No region makes a difference worth naming."
    return f"Of the regions, {_listed(named)} make the most of it."


def _matters(value: float) -> bool:
    return abs(value) >= NEGLIGIBLE


def _listed(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
