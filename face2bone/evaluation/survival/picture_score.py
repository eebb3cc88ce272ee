"""Two scores from a frozen network's features, so that nobody is scored by a fit that saw them.

The patients are dealt into folds, events evenly. For each fold the features' leading components
(``added_value.columns``) are learnt on the others, and on them

    face age      age by ridge regression in closed form, penalty by generalised cross-validation
    face hazard   Cox on age and sex, free, on the face age, free, and on the components under a
                  ridge; the score is the face's part of the log hazard, beyond age and sex

A cohort has thousands of ages and only some hundred events, so the second begins with what ages
have taught about the features. How much of the face it uses is chosen inside the fitting folds by
the partial likelihood of patients left out (Verweij & van Houwelingen 1993, Stat. Med.
12:2305-2314): nothing, the face age alone, or the components too, under one of several ridges.
Where it is nothing, everybody of the fold scores 0.
"""

from dataclasses import dataclass
from itertools import compress
from typing import Final

import numpy as np
from sklearn.linear_model import RidgeCV

from face2bone.arrays import Flags, Floats, Integers
from face2bone.errors import SurvivalError
from face2bone.evaluation.added_value.columns import learn_components
from face2bone.evaluation.survival.clinical import Clinical
from face2bone.survival.cox import FLAT, CoxModel, fit_cox, log_likelihood
from face2bone.survival.times import SurvivalTimes

COMPONENTS: Final = 60
FOLDS: Final = 5
INNER_FOLDS: Final = 4
RIDGES: Final = (1e-2, 1e-1, 1.0, 10.0, 100.0, 1e3, 1e4)  # of ages
PENALTIES: Final = (np.inf, 1_000.0, 300.0, 100.0, 30.0, 10.0)  # of components; inf: without them
FAINT: Final = 1e-6  # spread, the first component's being 1, below which one is rounding
LEAST_EVENTS: Final = 30


@dataclass(frozen=True)
class PictureHazard:
    """score: the face's part of the log hazard, (N,). left_out: share of folds without the face."""

    score: Floats
    left_out: float


def event_folds(times: SurvivalTimes, seed: int, folds: int = FOLDS) -> Integers:
    """A fold for each patient, those with the event dealt out evenly; (N,).

    Raises ``SurvivalError`` for fewer than ``LEAST_EVENTS`` events.
    """
    events = int(times.events.sum())
    if events < LEAST_EVENTS:
        raise SurvivalError(
            "{count} patients had the event where {least} are needed. Follow the "
            "cohort for longer, or join another to it.",
            count=events,
            least=LEAST_EVENTS,
        )
    return _dealt(times, seed, folds)


def _dealt(times: SurvivalTimes, seed: int, folds: int) -> Integers:
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(times))
    order = order[np.argsort(times.events[order], kind="stable")]
    fold = np.empty(len(times), np.int64)
    fold[order] = np.arange(len(times)) % folds
    return fold


def apparent_age(features: Floats, age_years: Floats, fold: Integers) -> Floats:
    """Age as the features (N, F) tell it, in years, out of fold; (N,)."""
    predicted = np.empty_like(age_years)
    for k in np.unique(fold):
        inside = fold != k
        scores = learn_components(features[inside], COMPONENTS)(features)
        model = RidgeCV(alphas=RIDGES).fit(scores[inside], age_years[inside])
        predicted[~inside] = model.predict(scores[~inside])
    return predicted


def picture_hazard(
    features: Floats,
    age_years: Floats,
    clinical: Clinical,
    times: SurvivalTimes,
    fold: Integers,
    seed: int = 0,
) -> PictureHazard:
    """Log hazard that features (N, F) add to clinical columns, out of fold.

    A rare column may be the same for everybody in some fit; in that fold it is left aside. Raises
    ``Separation`` naming one that orders the events of a fit perfectly.
    """
    score, left_out = np.zeros(len(times)), 0
    folds = np.unique(fold)
    for k in folds:
        inside = fold != k
        inner = _dealt(times.rows(inside), seed + int(k), INNER_FOLDS)
        known = _telling(clinical, inside, inner)
        free = known.names
        x = np.hstack([known.columns, _of_the_picture(features, age_years, inside, inner)])
        penalty = _chosen(x[inside], free, times.rows(inside), inner)
        if penalty is None:
            left_out += 1
            continue
        model = _fitted(x[inside], free, times.rows(inside), penalty)
        alone = x[~inside].copy()
        alone[:, : len(free)] = model.centre[: len(free)]
        score[~inside] = model.log_hazard(alone[:, : len(model.names)])
    return PictureHazard(score, left_out / len(folds))


@dataclass(frozen=True)
class PictureLayer:
    """A log hazard that is linear in pooled features, beside clinical columns.

    weights: (F,) of the features. clinical: (c,) of the columns, fitted beside them.
    """

    weights: Floats
    clinical: Floats


def picture_layer(
    features: Floats,
    age_years: Floats,
    clinical: Clinical,
    times: SurvivalTimes,
    seed: int = 0,
) -> PictureLayer:
    """What ``picture_hazard`` fits in one fold, on everybody given, as layer over features (N, F).

    Where nothing of the face explains patients left out better, it is the face age's share alone.
    """
    inner = _dealt(times, seed, INNER_FOLDS)
    learn = learn_components(features, COMPONENTS)
    parts = learn(features)
    kept = parts.std(axis=0) > FAINT
    told = apparent_age(features, age_years, inner)
    x = np.column_stack([clinical.columns, told / 10.0, parts[:, kept]])
    penalty = _chosen(x, clinical.names, times, inner)
    model = _fitted(x, clinical.names, times, np.inf if penalty is None else penalty)
    held = len(clinical.names)
    of_the_picture = np.zeros(1 + kept.sum())
    of_the_picture[: len(model.names) - held] = model.coefficients[held:]
    ages = RidgeCV(alphas=RIDGES).fit(parts, age_years)

    def score(some: Floats) -> Floats:
        known = learn(some)
        columns = np.column_stack([ages.predict(known) / 10.0, known[:, kept]])
        linear: Floats = columns @ of_the_picture
        return linear

    count = features.shape[1]
    weights = score(np.eye(count)) - score(np.zeros((1, count)))
    return PictureLayer(weights, model.coefficients[:held])


def _telling(clinical: Clinical, inside: Flags, inner: Integers) -> Clinical:
    """The columns that tell patients apart in every fit of a fold."""
    fits = [clinical.columns[inside][inner != k] for k in np.unique(inner)]
    tells = np.all([part.std(axis=0) > FLAT for part in fits], axis=0)
    return Clinical(tuple(compress(clinical.names, tells)), clinical.columns[:, tells])


def _of_the_picture(features: Floats, age_years: Floats, inside: Flags, inner: Integers) -> Floats:
    """The face age in decades, nobody's own age in it, and the components; (N, 1 + k)."""
    learnt = learn_components(features[inside], COMPONENTS)(features)
    told = np.empty(len(age_years))
    told[inside] = apparent_age(features[inside], age_years[inside], inner)
    model = RidgeCV(alphas=RIDGES).fit(learnt[inside], age_years[inside])
    told[~inside] = model.predict(learnt[~inside])
    parts = learnt[:, learnt[inside].std(axis=0) > FAINT]
    return np.column_stack([told / 10.0, parts])


def _chosen(
    x: Floats, free: tuple[str, ...], times: SurvivalTimes, inner: Integers
) -> float | None:
    """The penalty whose fits explain patients left out best; None where none beats age and sex."""
    gains = np.zeros(len(PENALTIES))
    for k in np.unique(inner):
        inside = inner != k
        fitted, left = times.rows(inside), times.rows(~inside)
        alone = fit_cox(x[inside, : len(free)], fitted, free)
        gains -= log_likelihood(alone.log_hazard(x[~inside, : len(free)]), left)
        for place, penalty in enumerate(PENALTIES):
            model = _fitted(x[inside], free, fitted, penalty)
            seen = x[~inside, : len(model.names)]
            gains[place] += log_likelihood(model.log_hazard(seen), left)
    place = int(gains.argmax())
    return PENALTIES[place] if gains[place] > 0 else None


def _fitted(x: Floats, free: tuple[str, ...], times: SurvivalTimes, penalty: float) -> CoxModel:
    """Cox on the free columns and the face age, and on components under a finite ridge.

    One ridge serves all components: a weak one has less spread, so it is shrunk more.
    """
    used = x if np.isfinite(penalty) else x[:, : len(free) + 1]
    held = np.arange(used.shape[1]) > len(free)
    ridge = np.where(held, penalty, 0.0) / used.std(axis=0) ** 2 if held.any() else 0.0
    names = (*free, "face age", *(f"component {k + 1}" for k in range(held.sum())))
    return fit_cox(used, times, names, ridge)
