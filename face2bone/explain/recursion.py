"""What one concept is made of: its strong places decomposed again, at an earlier layer.

Notation (CRAFT, Fel et al. 2023, section 3.2; as craft.py):
    k       the concept, u_k its coefficient at each position of the cut
    s       the stem of the network, pictures to (B, C', h', w'), non-negative
    t       the rest up to the cut, stems to features (B, C, h, w)
    A', W'  features of the stem where the concept is strong, (n, C'); their bank (r, C')
    m       a mask in [0, 1]^r that turns sub-concepts down

Deep layers put different things into one direction because the classes need no more; one layer
back they are still apart. Where u_k is strong, the positions of the stem within half a step of the
cut's position are factorised (of Face2Bone 3 x 3, which it reads first): the published recursion on
a concept's crops. The stem's positions see locally (31 pixels each and no more), so a sub-concept,
unlike a concept, really lies where it is located.

*Importance* and *location* mean for a sub-concept what they mean for a concept, with the concept
in the class's stead: the total Sobol index for the concept's presence, of m in
t(s - (1 - m) U' W'), in [0, 1], without sign; and its coefficient at each of those positions.

Engines do not stop at the stem for this; it needs the torch network, ``bundle.network``.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import torch

from face2bone.arrays import Flags, Floats, PartMap, Pixels, Reals
from face2bone.bundle import ConceptBank
from face2bone.errors import TrainingError
from face2bone.explain.craft import concept_coefficients
from face2bone.explain.location import exemplar_patches, location_tags
from face2bone.explain.nmf import factorise, project, relative_error
from face2bone.explain.sobol import total_indices
from face2bone.modalities.input_spec import InputSpec
from face2bone.modalities.parts import Part
from face2bone.nn import BundleNetwork
from face2bone.nn.network import MapGeometry
from face2bone.progress import FractionDone
from face2bone.runtime import network_input

STRONG: Final = 0.5
"""A concept is strong where it has this share of what 1% of the cohort's positions exceed."""
MOST_POSITIONS: Final = 20_000
WEIGHED_PHOTOS: Final = 4
"""Photos over which importance is averaged, those that hold most of the concept; each takes
(r + 1) x 256 passes from the stem to the cut."""
BATCH: Final = 32

Maps = npt.NDArray[np.float32]


@dataclass(frozen=True)
class SubConcepts:
    """What concept ``parent`` of a bank is made of, the most important part first.

    ``basis`` (r, C') rows of unit length; ``share`` (r,) of all parts' coefficients where the
    concept is strong, summing to 1; ``importance`` (r,) total Sobol index for the concept's
    presence, in [0, 1]; ``region_tags`` where each lies; ``exemplars`` uint8 (r, n, h, w, C)
    around the peaks; ``error``: share of the stem's features there that the parts do not
    express; ``positions``: of the stem, over all pictures, that were decomposed.
    """

    parent: int
    basis: Floats
    share: Floats
    importance: Floats
    region_tags: tuple[str, ...]
    exemplars: Pixels
    error: float
    positions: int


def decompose_concept(
    network: BundleNetwork,
    spec: InputSpec,
    bank: ConceptBank,
    parent: int,
    crops: Pixels,
    region_maps: PartMap,
    parts: tuple[Part, ...],
    n_parts: int = 4,
    seed: int = 0,
    exemplars: int = 6,
    samples: int | None = None,
    progress: FractionDone | None = None,
) -> SubConcepts:
    """Decompose one concept over prepared pictures: crops (N, H, W, C), maps (N, H, W).

    ``spec`` is what the network reads, ``parts`` those of the maps. ``exemplars`` patches of
    each sub-concept are kept; pass 0 when the crops are of patients.
    ``progress`` gets the fraction done; raise from it to cancel. Raises ``TrainingError`` when no
    picture holds the concept, or when it is strong at fewer positions than ``n_parts``.
    """
    report, stages = progress or (lambda fraction: None), network.stages
    if stages.stem is None:
        raise TrainingError("This network has no earlier layer to take a concept apart at.")
    stems, strength = _read(network, spec, bank, parent, crops, lambda f: report(0.3 * f))
    strong = _strong_positions(strength, stages.stem, stages.cut)
    U, W, error = _parts(stems, strong, n_parts, seed)
    order = np.argsort(-strength.mean(axis=(1, 2)), kind="stable")[:WEIGHED_PHOTOS]
    importance = []
    for done, photo in enumerate(order, start=1):
        importance.append(
            _importance(network, bank, parent, stems[photo], U[photo], W, samples, seed + done)
        )
        report(0.3 + 0.7 * done / len(order))
    weight = np.mean(importance, axis=0)
    by_weight = np.argsort(-weight, kind="stable")
    U = U[:, by_weight]
    amount = U.sum(axis=(0, 2, 3))
    return SubConcepts(
        parent=parent,
        basis=W[by_weight],
        share=amount / amount.sum(),
        importance=weight[by_weight],
        region_tags=tuple(words for _, words in location_tags(U, region_maps, parts, stages.stem)),
        exemplars=exemplar_patches(crops, U, exemplars, stages.stem),
        error=error,
        positions=int(strong.sum()),
    )


def _read(
    network: BundleNetwork,
    spec: InputSpec,
    bank: ConceptBank,
    parent: int,
    crops: Pixels,
    progress: FractionDone,
) -> tuple[Maps, Floats]:
    """Stems (N, C', h', w') and the concept's coefficients (N, h, w)."""
    stems, strength = [], []
    for start in range(0, len(crops), BATCH):
        x = torch.from_numpy(network_input(crops[start : start + BATCH], spec))
        with torch.inference_mode():
            stem = network.stem(x)
            features = network.features_after(stem).numpy()
        stems.append(stem.numpy())
        strength.append(concept_coefficients(features, bank.basis)[:, parent])
        progress(min(1.0, (start + BATCH) / len(crops)))
    return np.concatenate(stems), np.concatenate(strength)


def _strong_positions(strength: Floats, stem: MapGeometry, cut: MapGeometry) -> Flags:
    """The stem's positions (N, h', w') within half a step of one where the concept is strong."""
    peak = float(np.quantile(strength, 0.99))
    if peak <= 0:
        raise TrainingError(
            "None of the photos holds the concept, so it has no parts. Choose another, or give "
            "more photos."
        )
    at_cut = (strength >= STRONG * peak).astype(np.float64)
    down, across = _near(stem.rows, cut.rows, cut.step), _near(stem.columns, cut.columns, cut.step)
    strong: Flags = down @ at_cut @ across.T > 0
    return strong


def _near(fine: Floats, coarse: Floats, step: float) -> Floats:
    """1 where a fine position lies within half a coarse step of a coarse one, else 0."""
    return (np.abs(fine[:, None] - coarse) <= step / 2).astype(np.float64)


def _parts(stems: Maps, strong: Flags, parts: int, seed: int) -> tuple[Floats, Floats, float]:
    """Coefficients (N, r, h', w'), 0 where the concept is weak; W' (r, C'); and the error."""
    rows = stems.transpose(0, 2, 3, 1)[strong]
    sample = np.random.default_rng(seed).permutation(len(rows))[:MOST_POSITIONS]
    W = factorise(rows[sample], parts, seed)[1]
    coefficients = project(rows, W)
    U = np.zeros((*strong.shape, parts))
    U[strong] = coefficients
    return U.transpose(0, 3, 1, 2), W, relative_error(rows, coefficients, W)


def _importance(
    network: BundleNetwork,
    bank: ConceptBank,
    parent: int,
    stem: Maps,
    U: Floats,
    W: Floats,
    samples: int | None,
    seed: int,
) -> Floats:
    """Total Sobol indices (r,) of one picture's parts for the concept's presence in it.

    ``stem`` (C', h', w'), ``U`` (r, h', w'). What the parts do not express stays as it is, so
    only they are asked about; a feature that would fall below 0 stays at 0, where the stem's
    own rectifier ends.
    """
    expressed = (W.T[:, :, None] * U.reshape(len(W), -1)).astype(np.float32)

    def presence(masks: Floats) -> Reals:
        means = []
        for start in range(0, len(masks), BATCH):
            down = (1 - masks[start : start + BATCH]).astype(np.float32)
            taken = np.einsum("br,crp->bcp", down, expressed, optimize=True)
            rest = np.maximum(stem - taken.reshape(-1, *stem.shape), 0)
            with torch.inference_mode():
                features = network.features_after(torch.from_numpy(rest)).numpy()
            means.append(concept_coefficients(features, bank.basis)[:, parent].mean(axis=(1, 2)))
        whole: Reals = np.concatenate(means)[:, None]
        return whole

    return total_indices(presence, len(W), samples, seed).values[:, 0]
