"""What becomes of a hand that is given as a knee, and of the knees themselves?

    python -m benchmarks.film_kinds [--films 50]

Drawn hands and knees, and films of two knees, as they are and changed as films are: contrast,
brightness, inversion, parts cut off, a photograph of the film. Of each kind, how many are refused
as a hand, show no knee, are taken without a cortical index, and with one; and the likeness of the
find.
"""

import argparse
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

from face2bone.drawn.film.film import DrawnFilm
from face2bone.drawn.film.patients import draw_film_cohort
from face2bone.drawn.film.write import png_bytes
from face2bone.drawn.hand import HAND
from face2bone.drawn.knee import KNEE
from face2bone.drawn.knee.pair import draw_both_knees
from face2bone.drawn.worlds import World
from face2bone.errors import SubjectError
from face2bone.modalities.knee.finding import find_knees
from face2bone.modalities.knee.locator import locate_knees
from face2bone.modalities.radiograph import Radiograph, read_radiograph

HANDS, KNEES = 500_400, 500_500
Grey = npt.NDArray[Any]


def photographed(grey: Grey) -> Grey:
    """On a light box by a phone: turned a little, smaller, darker towards the edge, with noise."""
    rows, columns = grey.shape
    turned = cv2.getRotationMatrix2D((columns / 2, rows / 2), 3.0, 0.85)
    seen = cv2.warpAffine(grey, turned, (columns, rows), borderValue=0.12)
    y, x = np.mgrid[-1 : 1 : rows * 1j, -1 : 1 : columns * 1j]
    noise = np.random.default_rng(0).normal(0.0, 0.02, grey.shape)
    lit = cv2.GaussianBlur(seen, (0, 0), 1.2) * (1.0 - 0.15 * (x**2 + y**2)) + noise
    shown: Grey = np.clip(lit, 0.0, 1.0)
    return shown


CHANGES: Final[dict[str, Callable[[Grey], Grey]]] = {
    "as drawn": lambda grey: grey,
    "photographed": photographed,
    "half the contrast": lambda grey: 0.25 + grey / 2,
    "brighter by a fifth": lambda grey: np.clip(grey + 0.2, 0, 1),
    "darker by a fifth": lambda grey: np.clip(grey - 0.2, 0, 1),
    "upper third cut off": lambda grey: grey[len(grey) // 3 :],
    "lower third cut off": lambda grey: grey[: 2 * len(grey) // 3],
}


def fate(film: Radiograph) -> str:
    """What the reader of knees makes of a film."""
    try:
        knee = find_knees(film)[0]
    except SubjectError as error:
        return "refused as a hand" if "hand" in str(error) else "no knee found"
    if knee.quality.rejecting:
        return "refused by its quality"
    told = any(one.value is not None for one in knee.measures)
    return "taken, with an index" if told else "taken, without an index"


def films(kind: str, count: int) -> list[DrawnFilm]:
    """Drawn films of hands, of knees, or of both knees of a patient."""
    model, seed = (HAND.model, HANDS) if kind == "hands" else (KNEE.model, KNEES)
    draw = {"hands": HAND.draw, "knees": KNEE.draw, "both knees": draw_both_knees}[kind]
    return [draw(one) for one in draw_film_cohort(model, count, World.PLANTED, seed)]


def main() -> None:
    """Print a line a kind and change."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--films", type=int, default=50)
    given = parser.parse_args()
    for kind in ("hands", "knees", "both knees"):
        read = [read_radiograph(png_bytes(film)) for film in films(kind, given.films)]
        for change, changed in CHANGES.items() if kind == "hands" else [*CHANGES.items()][:2]:
            some = [
                replace(film, pixels=np.ascontiguousarray(changed(film.pixels))) for film in read
            ]
            found = [locate_knees(film.pixels) for film in some]
            like = [knees[0].likeness for knees in found if knees]
            fates = Counter(fate(film) for film in some)
            spread = f"{min(like):.2f} to {max(like):.2f}" if like else "none"
            print(f"{kind}, {change}: {dict(fates)}; likeness {spread}", flush=True)


if __name__ == "__main__":
    main()
