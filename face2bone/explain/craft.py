"""CRAFT: the patterns a network reuses, how much of each a picture holds, and which matter.

Notation (Fel et al., CVPR 2023, arXiv 2211.10154):
    g       the network up to the cut: pictures to non-negative features (B, C, h, w)
    h       the rest: features to logits (B, K)
    A       features at single map positions of many pictures, (n, C)
    W       concept bank (R, C), U coefficients (n, R): A is about U W
    m       a mask in [0, 1]^R that turns concepts down

*Presence* of a concept is its coefficient in a picture, averaged over the map; *importance*
for a class is the total Sobol index of m in h((U m) W), in [0, 1] and without sign;
*location* is its coefficient at each map position. One bank serves all classes.

Two departures from the published code. It learns W from patches enlarged to whole inputs;
here W is learned from the map positions of whole prepared pictures (as Xplique's HolisticCraft
does), because a bank of enlarged patches does not carry a network's answer for a face:
docs/reference/explanations.md has the figures. And it samples m from a biased sequence; see
sobol.py.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from face2bone.arrays import Flags, Floats, PartMap, Pixels, Reals
from face2bone.bundle import ConceptBank
from face2bone.covariates import Rows
from face2bone.errors import TrainingError
from face2bone.explain.location import exemplar_patches, location_tags, to_crop
from face2bone.explain.nmf import factorise, project, relative_error
from face2bone.explain.sobol import TotalIndices, total_indices
from face2bone.explain.words import counted
from face2bone.modalities.parts import Part
from face2bone.modalities.prepared import Prepared
from face2bone.nn.network import MapGeometry
from face2bone.progress import FractionDone
from face2bone.runtime import Engine, beside_patients, network_input

BATCH: Final = 64
MOST_PHOTOS: Final = 1000
"""Pictures a bank is learned from; more only cost memory (0.2 GB of features at full width)."""
MOST_POSITIONS: Final = 20_000
"""Map positions, drawn from these pictures, that are factorised."""
WEIGHED_PHOTOS: Final = 24
"""Pictures over which importance is averaged; each takes (R + 1) x 256 passes of h."""
COMMON: Final = 0.95
"""Presence 1 is what this share of the cohort's pictures stays under."""


@dataclass(frozen=True)
class ConceptAttribution:
    """The concepts of one picture, in the bank's order.

    ``presence`` (R,): 1 is as much as a concept commonly reaches in the cohort, 0 is none;
    ``importance`` (R, K): total Sobol index for each class's logit in this picture, in [0, 1];
    ``importance_error`` (R, K): its standard error, from the finite number of masks;
    ``location`` float32 (R, H, W) in [0, 1], 0 outside the parts, for display;
    ``coefficients`` (R, h, w): the location before scaling and enlargement;
    ``reconstruction_error``: share of the picture's features (Frobenius norm) that the bank
    does not express; near 1, the concepts say little about this picture.
    """

    names: tuple[str, ...]
    presence: Floats
    importance: Floats
    importance_error: Floats
    location: npt.NDArray[np.float32]
    coefficients: Floats
    reconstruction_error: float

    def importance_words(self, concept: int, bone_class: int) -> str:
        """The importance and what 95% of repeats with other masks stay within: "0.65 ± 0.09"."""
        value, error = self.importance[concept, bone_class], self.importance_error
        return f"{value:.2f} ± {2 * error[concept, bone_class]:.2f}"


def no_concepts() -> ConceptAttribution:
    """The concepts of a picture whose features were not looked at: not one."""
    none, nowhere = np.zeros((0, 0)), np.zeros((0, 0, 0))
    location = nowhere.astype(np.float32)
    return ConceptAttribution((), none.ravel(), none, none, location, nowhere, math.nan)


def concept_coefficients(features: Reals, basis: Reals) -> Floats:
    """Non-negative coefficients (B, R, h, w) of features (B, C, h, w) on a basis (R, C)."""
    count, channels, height, width = features.shape
    rows = features.transpose(0, 2, 3, 1).reshape(-1, channels)
    U = project(rows, basis).reshape(count, height, width, len(basis))
    return U.transpose(0, 3, 1, 2)


def concept_importance(
    engine: Engine,
    basis: Reals,
    coefficients: Floats,
    samples: int | None = None,
    seed: int = 0,
) -> TotalIndices:
    """Total Sobol indices (R, K) of one picture's concepts, coefficients (R, h, w).

    One mask value turns a concept down at every map position. Takes ``samples`` (R + 1)
    passes of the network's second half (``total_indices`` says how many samples by default).
    """
    parts, height, width = coefficients.shape
    U = coefficients.reshape(parts, -1).astype(np.float32)
    W = np.ascontiguousarray(basis.T, dtype=np.float32)

    def head_of(masks: Floats) -> Reals:
        logits = []
        for start in range(0, len(masks), BATCH):
            m = masks[start : start + BATCH, :, None].astype(np.float32)
            features = W @ (m * U)
            logits.append(engine.head(features.reshape(len(m), -1, height, width)))
        return np.concatenate(logits)

    return total_indices(head_of, parts, samples, seed)


def explain_concepts(bank: ConceptBank, engine: Engine, aligned: Prepared) -> ConceptAttribution:
    """Presence, importance and location of the bank's concepts in one aligned face."""
    features = engine.features(network_input(aligned.pixels[None], engine.input))
    U = concept_coefficients(features, bank.basis)[0]
    parts = len(bank)
    importance = concept_importance(engine, bank.basis, U)
    rows = features[0].reshape(features.shape[1], -1).T
    return ConceptAttribution(
        names=bank.names,
        presence=U.mean(axis=(1, 2)) / bank.presence_scale,
        importance=importance.values,
        importance_error=importance.errors,
        location=_display(U, bank.presence_scale, aligned.mask, engine.stages.cut),
        coefficients=U,
        reconstruction_error=relative_error(rows, U.reshape(parts, -1).T, bank.basis),
    )


def _display(U: Floats, scale: Reals, mask: Flags, cut: MapGeometry) -> npt.NDArray[np.float32]:
    """Each concept over its own peak, but a trace of one is not lit up as if it were strong."""
    peak = np.maximum(U.max(axis=(1, 2)), scale)
    return (to_crop(U / peak[:, None, None], cut, mask.shape) * mask).astype(np.float32)


def fit_concepts(
    engine: Engine,
    crops: Pixels,
    region_maps: PartMap,
    parts: tuple[Part, ...],
    labels: Sequence[str],
    n_concepts: int = 8,
    seed: int = 0,
    exemplars: int = 6,
    progress: FractionDone | None = None,
    beside: Rows | None = None,
) -> ConceptBank:
    """Learn a concept bank from prepared pictures: crops (N, H, W, C), maps (N, H, W).

    ``parts`` are those of the maps, ``labels`` the classes of the network. At most 1,000 crops are
    used, drawn by ``seed``. ``exemplars`` patches of each concept go into the bank as pictures;
    pass 0 when the crops are of patients. Concepts come in order of importance, greatest first;
    one that is practically never present is dropped. ``progress`` gets the fraction done; raise
    from it to cancel. ``beside`` (N, V) are the covariates of each crop's patient, where the
    network reads any. Raises ``TrainingError`` when there is no crop, fewer features than concepts,
    or features that are not parts-based: of a cut that does not end in a ReLU.
    """
    _require_positive_features(engine, crops)
    report = progress or (lambda fraction: None)
    rng = np.random.default_rng(seed)
    chosen = rng.permutation(len(crops))[:MOST_PHOTOS]
    crops, region_maps = crops[chosen], region_maps[chosen]
    features = _features(engine, crops, lambda f: report(0.2 * f))
    W = _basis(features, n_concepts, seed, rng)
    starts = range(0, len(features), BATCH)
    located = np.concatenate([concept_coefficients(features[i : i + BATCH], W) for i in starts])
    report(0.3)
    rows = [None] * WEIGHED_PHOTOS if beside is None else beside[chosen[:WEIGHED_PHOTOS]]
    engines = [beside_patients(engine, row) for row in rows]
    importance = _mean_importance(
        engines, W, located[:WEIGHED_PHOTOS], seed, lambda f: report(0.3 + 0.7 * f)
    )
    scale = np.quantile(located.mean(axis=(2, 3)), COMMON, axis=0)
    alive = np.flatnonzero(scale > 0)
    order = alive[np.argsort(-importance[alive].mean(axis=1), kind="stable")]
    located = located[:, order]
    tags = location_tags(located, region_maps, parts, engine.stages.cut)
    names, region_tags, description = _texts(tags, importance[order], labels)
    return ConceptBank(
        basis=W[order].astype(np.float32),
        importance=importance[order].astype(np.float32),
        presence_scale=scale[order].astype(np.float32),
        exemplars=exemplar_patches(crops, located, exemplars, engine.stages.cut),
        names=names,
        region_tags=region_tags,
        description=description,
    )


def _require_positive_features(engine: Engine, crops: Pixels) -> None:
    if not engine.stages.cut.non_negative:
        raise TrainingError(
            "This network's features are not all positive, so concepts cannot be learned from "
            "them. Leave concepts out, or cut the network after a ReLU."
        )
    if len(crops) == 0:
        raise TrainingError("Concepts cannot be learned from no faces. Give some photos.")


def _features(engine: Engine, crops: Pixels, progress: FractionDone) -> npt.NDArray[np.float32]:
    """Features (N, C, h, w) of every crop."""
    parts = []
    for start in range(0, len(crops), BATCH):
        parts.append(engine.features(network_input(crops[start : start + BATCH], engine.input)))
        progress(min(1.0, (start + BATCH) / len(crops)))
    return np.concatenate(parts)


def _basis(
    features: npt.NDArray[np.float32], parts: int, seed: int, rng: np.random.Generator
) -> Floats:
    """W (R, C) from a sample of all pictures' map positions."""
    photos, _, height, width = features.shape
    sample = rng.permutation(photos * height * width)[:MOST_POSITIONS]
    photo, row, column = np.unravel_index(sample, (photos, height, width))
    positions = features[photo, :, row, column]
    return factorise(positions, parts, seed)[1]


def _mean_importance(
    engines: Sequence[Engine],
    W: Floats,
    located: Floats,
    seed: int,
    progress: FractionDone,
) -> Floats:
    """Importance (R, K) averaged over pictures, each with its own scramble of the masks.

    ``engines``: one a picture, with its patient's covariates.
    """
    each = []
    for i, coefficients in enumerate(located):
        each.append(concept_importance(engines[i], W, coefficients, seed=seed + i).values)
        progress((i + 1) / len(located))
    return np.asarray(np.mean(each, axis=0))


def _texts(
    tags: Sequence[tuple[str, str]], importance: Floats, labels: Sequence[str]
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Names, places and descriptions for the concepts' cards."""
    names = tuple(f"Concept {i}: {short}" for i, (short, _) in enumerate(tags, start=1))
    places = tuple(words for _, words in tags)
    each = zip(places, importance, strict=True)
    return names, places, tuple(_describe(words, weights, labels) for words, weights in each)


def _describe(words: str, importance: Floats, labels: Sequence[str]) -> str:
    """One sentence for the concept's card."""
    most = labels[int(np.argmax(importance))]
    count = counted(len(labels))
    return f"A pattern found {words}; of the {count} classes it matters most for {most}."
