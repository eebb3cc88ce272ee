"""The two curves as one picture."""

from pathlib import Path
from typing import Final

from research.concept_study.stability import Stability

STYLES: Final = {"sample": ("#1d4ed8", "-", "o"), "start": ("#b35806", "--", "s")}
WORDS: Final = {"sample": "other map positions", "start": "other random starts"}


def write_curves(found: list[Stability], shipped: int, path: Path) -> None:
    """Error and stability against the number of concepts; ``shipped`` is marked."""
    import matplotlib

    matplotlib.use("svg")
    # The same figures, the same file.
    matplotlib.rcParams["svg.hashsalt"] = "face2bone"
    from matplotlib import pyplot

    figure, (left, right) = pyplot.subplots(1, 2, figsize=(9, 3.6), layout="constrained")
    for varied, (colour, line, marker) in STYLES.items():
        chosen = [one for one in found if one.varied == varied]
        counts = [one.concepts for one in chosen]
        style = {"color": colour, "linestyle": line, "marker": marker, "label": WORDS[varied]}
        left.plot(counts, [one.error for one in chosen], **style)
        right.plot(counts, [one.mean_cosine for one in chosen], **style)
        right.plot(counts, [one.worst_cosine for one in chosen], color=colour, linestyle=":")
    left.set(ylabel="features not expressed (held-out faces)", ylim=(0, None))
    right.set(ylabel="cosine with the partner (dotted: least stable)", ylim=(0, 1.02))
    for axes in (left, right):
        axes.axvline(shipped, color="#6b7280", linewidth=0.8)
        axes.set(xlabel=f"concepts (the bundle has {shipped})")
        axes.legend(frameon=False)
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)
