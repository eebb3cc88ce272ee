"""Attributions against what was planted: rank agreement with a reference, share where it counts.

Notation:
    phi     an attribution's ten region values
    r       the reference: exact Shapley values of the game whose baseline is the healthy twin
    c       mean absolute pixel change of each region between patient and twin, 0 to 255
    M       where each bone parameter shows: M[k, i] is the share of the change that parameter
            k makes to the face that lies in region i; rows sum to 1
    e       effect of each parameter alone: the logit of the patient minus the logit with only
            that parameter made healthy
"""

from typing import TYPE_CHECKING

import numpy as np

from face2bone.arrays import Flags, Floats, PartMap
from research.faithfulness.baselines import region_means, region_sums

if TYPE_CHECKING:
    from research.faithfulness.twin import TwinFace


def changed_regions(change: Floats, region_map: PartMap) -> Flags:
    """Regions (10,) the planted bone loss changed: more than the face as a whole.

    ``change`` (160, 160) is a twin's. The threshold is the mean absolute change over all pixels
    of the face: every region changes a little (fine wrinkles, compression), so "at all" would
    name all ten, and a fixed number of levels would name none on a face near its twin.
    """
    of_face = float(change[region_map >= 0].mean())
    return np.asarray(region_means(change, region_map) > of_face)


def inside_ratio(phi: Floats, changed: Flags) -> float:
    """Share of the absolute attribution that lies in changed regions, over a uniform one's.

    1 is what an attribution gets that gives every region the same; nothing attributed at all
    counts as that. ``changed`` must hold a region.
    """
    total = float(np.abs(phi).sum())
    share = float(np.abs(phi[changed]).sum()) / total if total > 0 else float(changed.mean())
    return share / float(changed.mean())


def parameter_map(face: "TwinFace") -> Floats:
    """M (6, 10) of one patient; a row of zeros for a parameter that is healthy already."""
    sums = np.stack([region_sums(c, face.aligned.part_map) for c in face.change_alone])
    return np.asarray(sums / np.maximum(sums.sum(axis=1, keepdims=True), 1e-9))


def parameter_reference(effects: Floats, mapping: Floats) -> Floats:
    """A second reference (10,) that owes nothing to Shapley: e laid onto regions by M.

    ``effects`` (6,) in logits, ``mapping`` (6, 10) from ``parameter_map``.
    """
    reference: Floats = effects @ mapping
    return reference
