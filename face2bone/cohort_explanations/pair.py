"""Two patients side by side: where their results differ, and which regions make the difference.

A target's value for a face is its base (every region painted over) plus its region
values, exactly; so the difference between two faces is the difference of their bases plus the
differences of their region values. The base holds what painting leaves: light, skin and outline.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from face2bone.arrays import Floats
from face2bone.explain.photo_row import SEVERITY, Layout, PhotoFigures, signed
from face2bone.explain.words import counted
from face2bone.modalities.parts import Part
from face2bone.words import Message, message, template

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
    regions: Floats
    base: float
    total: float
    probabilities: Floats
    presence: Floats
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
    return message(
        "The answers differ most in the probability of {label}: {p} ({a}) and {q} ({b}).",
        label=labels[k],
        p=f"{first.probabilities[k]:.0%}",
        a=names[0],
        q=f"{second.probabilities[k]:.0%}",
        b=names[1],
    )


def _total(target: str, total: float, base: float, regions: Floats, names: tuple[str, str]) -> str:
    severity = target == SEVERITY
    what = template("The expected class") if severity else message("The logit of {n}", n=target)
    share = signed(float(regions.sum()))
    return message(
        "{what} is {size}: the {count} regions account for {share}, and {base} is there with "
        "every region painted over (light, skin and outline).",
        what=what,
        size=_size(total, names),
        count=counted(len(regions)),
        share=share if severity else message("{share} in logits", share=share),
        base=signed(base),
    )


def _size(total: float, names: tuple[str, str]) -> str:
    if abs(total) < NEGLIGIBLE:
        return message("the same ({b} and {a})", a=names[0], b=names[1])
    size = f"{abs(total):.2f}"
    if total > 0:
        return message("{size} higher ({b})", size=size, b=names[1])
    return message("{size} lower ({b})", size=size, b=names[1])


def _regions(regions: Floats, parts: tuple[Part, ...]) -> str:
    order = [int(i) for i in np.argsort(-np.abs(regions))[:NAMED]]
    named = [
        message("{region} ({value})", region=parts[i].label, value=signed(float(regions[i])))
        for i in order
        if _matters(regions[i])
    ]
    if not named:
        return template("No region makes a difference worth naming.")
    return message("Of the regions, {regions} make the most of it.", regions=_listed(named))


def _matters(value: float) -> bool:
    return abs(value) >= NEGLIGIBLE


def _listed(parts: list[Message]) -> str:
    if len(parts) == 1:
        return parts[0]
    return message("{first} and {last}", first=tuple(parts[:-1]), last=parts[-1])
