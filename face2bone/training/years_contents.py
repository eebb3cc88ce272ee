"""What a face age bundle holds beside its card, from a trained network and its three sides."""

import copy
from collections.abc import Mapping

import numpy as np

from face2bone.arrays import Floats, Pixels
from face2bone.bundle import fit_ood
from face2bone.bundle.years_bundle import Band, YearsContents, YearsFacts
from face2bone.cohort.crop_store import CropStore
from face2bone.explain.baselines import mean_picture
from face2bone.nn import BundleNetwork
from face2bone.tasks.years import YearsInterval, YearsTask, fit_gap
from face2bone.training.build_bundle import DESCRIBED_PICTURES
from face2bone.training.years import AgedPhotos

Outputs = tuple[Floats, Floats]
"""Logits (N, K) and pooled features (N, C) of one side, as ``years.outputs`` gives them."""


def years_contents(
    network: BundleNetwork,
    task: YearsTask,
    sides: Mapping[str, AgedPhotos],
    calibration: Outputs,
    interval: YearsInterval,
    bands: tuple[Band, ...],
    measured_on: str,
    seed: int,
) -> YearsContents:
    """Age gap and out-of-domain reference are fitted on the calibration people, one row each.

    Raises ``TrainingError`` where they are too few.
    """
    people, (logits, features) = sides["calibration"], calibration
    facts = YearsFacts(
        interval=interval,
        gap=fit_gap(task.answers(logits), people.ages, people.is_male),
        bands=bands,
        measured_on=measured_on,
    )
    return YearsContents(
        state=copy.deepcopy(network.state_dict()),
        facts=facts,
        mean_picture=_mean_picture(sides["train"].store, seed),
        ood=fit_ood(features),
    )


def _mean_picture(store: CropStore, seed: int) -> Pixels:
    """Of as many training faces as describe a bone bundle: more do not change it."""
    rows = store.rows[np.random.default_rng(seed).permutation(len(store.rows))[:DESCRIBED_PICTURES]]
    return mean_picture(store.crops[rows], store.region_maps[rows], store.spec.mask_value)
