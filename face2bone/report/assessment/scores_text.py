"""The published scores as plain text for a terminal."""

import textwrap
from collections.abc import Iterable

from face2bone.clinical.score import Score

WIDTH = 96


def scores_text(scores: Iterable[Score]) -> str:
    """One paragraph a score, ending in a newline; every disclaimer beside its score."""
    return "\n\n".join("\n".join(_lines(score)) for score in scores) + "\n"


def _lines(score: Score) -> list[str]:
    lines = [f"{score.title}: {score.words}"]
    if score.value is not None:
        refers = " (reached)" if score.refers else ""
        lines += [f"{score.cutoff}{refers}"] if score.cutoff else []
        if score.missing:
            lines.append(f"not answered, counted as no: {', '.join(score.missing)}")
        lines += [score.note] if score.note else []
    lines += [f"for {score.population}", f"{score.source.citation} (figures {score.version})"]
    lines += [score.disclaimer] if score.disclaimer and score.value is not None else []
    return [_wrapped(lines[0], ""), *(_wrapped(line, "  ") for line in lines[1:])]


def _wrapped(line: str, indent: str) -> str:
    return textwrap.fill(
        line, WIDTH, initial_indent=indent, subsequent_indent="  ", break_on_hyphens=False
    )
