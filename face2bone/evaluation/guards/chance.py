"""Two questions of luck: do shuffled labels fall to chance, and does another seed say the same?

**Label shuffle.** The labels are permuted between patients and everything is fitted again. What
is left above chance cannot come from the patients: it is a leak in the procedure.

**Seed spread.** The seed only deals patients into folds. When the verdict depends on it, there
is no verdict.
"""

from dataclasses import dataclass
from typing import Annotated, Final

import numpy as np
from pydantic import Field

from face2bone.arrays import Floats, Integers
from face2bone.evaluation.added_value.crossfit import cross_fit
from face2bone.evaluation.added_value.rule import judge
from face2bone.evaluation.bootstrap import unit_weights
from face2bone.evaluation.ranking import macro_auc
from face2bone.tasks import BONE_MASS

SEEDS: Final = 3
Z_LIMIT: Final = 3.3  # one false alarm in a thousand, two-sided


@dataclass(frozen=True)
class Shuffle:
    """Macro AUC of three models after the labels were permuted.

    limit: largest distance from 0.5 that chance explains. at_chance: all three are within it.
    """

    clinical: float
    picture: Annotated[float, Field(alias="face")]
    both: float
    limit: float
    at_chance: bool


@dataclass(frozen=True)
class SeedSpread:
    """Gain and verdict of the rule with each way of dealing the folds."""

    gains: tuple[float, ...]
    found: tuple[bool, ...]

    @property
    def agree(self) -> bool:
        """Whether every seed gives the same verdict."""
        return len(set(self.found)) == 1


def shuffle_labels(clinical: Floats, features: Floats, labels: Integers, seed: int = 0) -> Shuffle:
    """Permute the labels, cross-fit, and look for what is left.

    See ``added_value.crossfit.cross_fit``.
    """
    permuted = np.random.default_rng([seed, len(labels)]).permutation(labels)
    fitted = cross_fit(clinical, features, permuted, seed)
    ones, limit = unit_weights(len(labels)), chance_limit(labels)
    clinical_area, picture, both = (
        float(macro_auc(p, permuted, ones)[0])
        for p in (fitted.clinical, fitted.picture, fitted.both)
    )
    farthest = max(abs(area - 0.5) for area in (clinical_area, picture, both))
    return Shuffle(clinical_area, picture, both, limit, farthest <= limit)


def chance_limit(labels: Integers) -> float:
    """Distance from 0.5 that a macro AUC of a useless score keeps, all but once in a thousand.

    The null variance of Mann-Whitney's statistic, (P + Q + 1) / (12 P Q), averaged over classes
    as if their areas moved together, so the limit is on the wide side.
    """
    counts = np.bincount(labels, minlength=BONE_MASS.outputs).astype(float)
    n = counts.sum()
    errors = np.sqrt((n + 1.0) / (12.0 * counts * (n - counts)))
    return Z_LIMIT * float(errors.mean())


def seed_spread(
    clinical: Floats, features: Floats, labels: Integers, seeds: int = SEEDS
) -> SeedSpread:
    """The rule's gain and verdict with seeds 0 to ``seeds`` - 1."""
    gains = [judge(cross_fit(clinical, features, labels, seed)) for seed in range(seeds)]
    return SeedSpread(tuple(g.gain for g in gains), tuple(g.found for g in gains))
