"""Are drawn films fast, local and learnable, and does the null world hold nothing?

    python -m benchmarks.drawn_films [--films 600] [--kinds knee hand]

For each kind: films a second on one core; the share of each value's change that lies in its own
mask; and the AUC for osteoporosis (5-fold) of a linear model on histograms of oriented gradients
of films aligned by their true landmarks, beside the oracle's and beside what age, sex and body
mass index say, with the 95% interval of what the film adds to those three.
"""

import argparse
import time
from dataclasses import replace
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from face2bone.arrays import Floats
from face2bone.drawn.film.film import DrawnFilm, value_mask
from face2bone.drawn.film.kind import FilmKind
from face2bone.drawn.film.patients import FilmPatient, draw_film_cohort, film_oracle
from face2bone.drawn.hand import HAND
from face2bone.drawn.knee import KNEE
from face2bone.drawn.worlds import World

KINDS: Final = {"knee": KNEE, "hand": HAND}
SEED: Final = 400_400
CROP: Final = {"knee": (128, 128), "hand": (224, 160)}  # height, width
CELL: Final = {"knee": 16, "hand": 8}
BINS: Final = 9
RESAMPLES: Final = 1_000


def main() -> None:
    """Print the three parts for each kind."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--films", type=int, default=600)
    parser.add_argument("--kinds", nargs="+", choices=list(KINDS), default=list(KINDS))
    given = parser.parse_args()
    cv2.setNumThreads(1)
    for name in given.kinds:
        kind = KINDS[name]
        print(f"{name}: {films_per_second(kind):.0f} films a second on one core")
        for value, shares in locality(kind).items():
            print(f"  {value:20} in its mask: mean {np.mean(shares):.3f}, lowest {min(shares):.3f}")
        for world in (World.PLANTED, World.NULL):
            print(f"  {world.value}: {learnable(kind, world, given.films)}", flush=True)


def films_per_second(kind: FilmKind, films: int = 20) -> float:
    """Processor time of drawing; the first film, which fills tables, is not counted."""
    cohort = draw_film_cohort(kind.model, films + 1, World.PLANTED, SEED)
    kind.draw(cohort[0])
    start = time.process_time()
    for patient in cohort[1:]:
        kind.draw(patient)
    return films / (time.process_time() - start)


def locality(kind: FilmKind, films: int = 6) -> dict[str, list[float]]:
    """By value: the share of the change of one noise SD that lies in the value's mask."""
    shares: dict[str, list[float]] = {name: [] for name in kind.model.names}
    for patient in draw_film_cohort(kind.model, films, World.PLANTED, SEED + 1):
        maps = kind.value_maps(patient, kind.spacing_mm)
        base = kind.draw(patient, clean=True).grey.astype(np.float64)
        for k, value in enumerate(kind.model.values):
            more = list(patient.values)
            more[k] += value.noise_sd
            moved = np.abs(kind.draw(replace(patient, values=tuple(more)), clean=True).grey - base)
            inside = value_mask(maps[value.name], kind.spacing_mm)
            shares[value.name].append(float(moved[inside].sum() / moved.sum()))
    return shares


def learnable(kind: FilmKind, world: World, films: int) -> str:
    """AUC of the linear model, of the oracle, of age, sex and BMI, and what the film adds."""
    cohort = draw_film_cohort(kind.model, films, world, SEED + 2)
    sick = np.array([int(p.bone_class) == 2 for p in cohort])
    image = _scores(gradients(kind, cohort), sick)
    clinical = film_oracle(kind.model, cohort, World.NULL)[:, 2]
    logit = np.log(clinical) - np.log1p(-clinical)
    both = _scores(np.column_stack([logit, image]), sick)
    oracle = film_oracle(kind.model, cohort, world)[:, 2]
    low, high = added(sick, logit, both)
    image_auc, oracle_auc, clinical_auc = (
        roc_auc_score(sick, s) for s in (image, oracle, clinical)
    )
    return (
        f"film {image_auc:.3f}, oracle {oracle_auc:.3f}, age, sex and BMI {clinical_auc:.3f}, "
        f"the film adds {low:+.3f} to {high:+.3f}"
    )


def added(sick: npt.NDArray[np.bool_], without: Floats, with_film: Floats) -> tuple[float, float]:
    """95% bootstrap interval of the difference of two AUCs on the same patients."""
    rng = np.random.default_rng(0)
    gains = []
    for _ in range(RESAMPLES):
        drawn = rng.integers(0, len(sick), len(sick))
        gains.append(
            roc_auc_score(sick[drawn], with_film[drawn])
            - roc_auc_score(sick[drawn], without[drawn])
        )
    low, high = np.percentile(gains, [2.5, 97.5]).tolist()
    return low, high


def gradients(kind: FilmKind, cohort: tuple[FilmPatient, ...]) -> npt.NDArray[np.float32]:
    """(N, D) histograms of oriented gradients of the aligned films."""
    films = [kind.draw(patient) for patient in cohort]
    points = np.array([_points(f, p) for f, p in zip(films, cohort, strict=True)])
    goal = points.mean(axis=0)
    middle, reach = goal.mean(), np.abs(goal - goal.mean()).max()
    height, width = CROP[kind.name]
    scale = 0.40 * height / reach
    target = (goal - middle) * scale + complex(width / 2, height / 2)
    rows = []
    for film, patient, own in zip(films, cohort, points, strict=True):
        pixels = film.pixels()
        upright = np.ascontiguousarray(pixels[:, ::-1] if patient.side == "right" else pixels)
        crop = cv2.warpAffine(
            cv2.GaussianBlur(upright, (0, 0), 0.8), similarity(own, target), (width, height)
        )
        rows.append(histogram(cv2.equalizeHist(crop.astype(np.uint8)), CELL[kind.name]))
    return np.array(rows)


def _points(film: DrawnFilm, patient: FilmPatient) -> npt.NDArray[np.complex128]:
    """Landmarks as complex numbers, a right side mirrored."""
    x, y = np.array(list(film.landmarks.values())).T
    across = film.grey.shape[1] - 1 - x if patient.side == "right" else x
    points: npt.NDArray[np.complex128] = across + 1j * y
    return points


def similarity(
    own: npt.NDArray[np.complex128], target: npt.NDArray[np.complex128]
) -> npt.NDArray[np.float64]:
    """2 x 3 least-squares similarity from one set of points to another."""
    a, b = own - own.mean(), target - target.mean()
    turn = (np.conj(a) * b).sum() / (np.abs(a) ** 2).sum()
    shift = target.mean() - turn * own.mean()
    return np.array(
        [[turn.real, -turn.imag, shift.real], [turn.imag, turn.real, shift.imag]], np.float64
    )


def histogram(crop: npt.NDArray[Any], cell: int) -> npt.NDArray[np.float32]:
    """Histogram of oriented gradients: cells, blocks of 2 x 2 cells of unit length."""
    picture = crop.astype(np.float32)
    gx, gy = (cv2.Sobel(picture, -1, *order, ksize=1) for order in ((1, 0), (0, 1)))
    strength, place = np.hypot(gx, gy), (np.arctan2(gy, gx) % np.pi) / np.pi * BINS
    lower = np.floor(place).astype(int) % BINS
    part = place - np.floor(place)
    rows, columns = crop.shape[0] // cell, crop.shape[1] // cell
    cells = np.empty((BINS, rows, columns), np.float32)
    for b in range(BINS):
        share = np.where(lower == b, 1 - part, 0) + np.where((lower + 1) % BINS == b, part, 0)
        cells[b] = (strength * share).reshape(rows, cell, columns, cell).sum(axis=(1, 3))
    blocks = np.concatenate(
        [cells[:, i : rows - 1 + i, j : columns - 1 + j] for i in (0, 1) for j in (0, 1)]
    )
    row: npt.NDArray[np.float32] = (blocks / np.sqrt((blocks**2).sum(axis=0) + 1.0)).ravel()
    return row


def _scores(X: npt.NDArray[np.floating], sick: npt.NDArray[np.bool_]) -> Floats:
    """Out-of-fold decision values of a linear model."""
    steps = [StandardScaler(), LogisticRegression(C=0.02, max_iter=500)]
    if X.shape[1] > 2:
        steps.insert(1, PCA(80, random_state=0))
    else:
        steps[1] = LogisticRegression()
    scores: Floats = cross_val_predict(
        make_pipeline(*steps), X, sick, cv=5, method="decision_function"
    )
    return scores


if __name__ == "__main__":
    main()
