"""CRAFT: the patterns a network reuses, how much of each a photo holds, and which matter.

Notation (Fel et al., CVPR 2023, arXiv 2211.10154):
    g       the network up to the cut: crops to non-negative features (B, C, 8, 8)
    h       the rest: features to logits (B, 3)
    A       features of patches, averaged over the map, (n, C)
    W       concept bank (R, C), U coefficients (n, R): A is about U W
    m       a mask in [0, 1]^R that turns concepts down

*Presence* of a concept is its coefficient in a photo, averaged over the map; *importance*
for a class is the total Sobol index of m in h((U m) W), in [0, 1] and without sign;
*location* is its coefficient at each map position. The published code samples masks from an
unscrambled Halton sequence, which is biased; see sobol.py. One bank serves all classes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from face2bone.bone import CLASS_LABELS
from face2bone.bundle import ConceptBank
from face2bone.explain.arrays import BoolArray, FloatArray, Pixels, RealArray, RegionMap
from face2bone.explain.location import region_density, region_tag, to_crop
from face2bone.explain.nmf import factorise, project, relative_error
from face2bone.explain.patches import PATCH, Patches, face_patches
from face2bone.explain.sobol import SAMPLES, total_indices
from face2bone.face.alignment import AlignedFace
from face2bone.runtime import Engine, network_input

BATCH: Final = 64
LOCATED_PHOTOS: Final = 200
"""Photos whose location maps give the region tags and the presence scale."""
WEIGHED_PHOTOS: Final = 24
"""Photos over which importance is averaged; each takes (R + 1) x 256 passes of h."""
COMMON: Final = 0.95
"""Presence 1 is what this share of the cohort's photos stays under."""


@dataclass(frozen=True)
class ConceptAttribution:
    """The concepts of one photo, in the bank's order.

    ``presence`` (R,): 1 is as much as a concept commonly reaches in the cohort, 0 is none;
    ``importance`` (R, 3): total Sobol index for each class's logit in this photo, in [0, 1];
    ``location`` float32 (R, 160, 160) in [0, 1], 0 outside the face, for display;
    ``coefficients`` (R, 8, 8): the location before scaling and enlargement;
    ``reconstruction_error``: share of the photo's features (Frobenius norm) that the bank
    does not express; near 1, the concepts say little about this photo.
    """

    names: tuple[str, ...]
    presence: FloatArray
    importance: FloatArray
    location: npt.NDArray[np.float32]
    coefficients: FloatArray
    reconstruction_error: float


def concept_coefficients(features: RealArray, basis: RealArray) -> FloatArray:
    """Non-negative coefficients (B, R, h, w) of features (B, C, h, w) on a basis (R, C)."""
    count, channels, height, width = features.shape
    rows = features.transpose(0, 2, 3, 1).reshape(-1, channels)
    U = project(rows, basis).reshape(count, height, width, len(basis))
    return U.transpose(0, 3, 1, 2)


def concept_importance(
    engine: Engine,
    basis: RealArray,
    coefficients: FloatArray,
    samples: int = SAMPLES,
    seed: int = 0,
) -> FloatArray:
    """Total Sobol indices (R, 3) of one photo's concepts, coefficients (R, 8, 8).

    One mask value turns a concept down at every map position. Takes ``samples`` (R + 1)
    passes of the network's second half.
    """
    parts, height, width = coefficients.shape
    U = coefficients.reshape(parts, -1).astype(np.float32)
    W = np.ascontiguousarray(basis.T, dtype=np.float32)

    def head_of(masks: FloatArray) -> RealArray:
        logits = []
        for start in range(0, len(masks), BATCH):
            m = masks[start : start + BATCH, :, None].astype(np.float32)
            features = W @ (m * U)
            logits.append(engine.head(features.reshape(len(m), -1, height, width)))
        return np.concatenate(logits)

    return total_indices(head_of, parts, samples, seed)


def explain_concepts(bank: ConceptBank, engine: Engine, aligned: AlignedFace) -> ConceptAttribution:
    """Presence, importance and location of the bank's concepts in one aligned face."""
    features = engine.features(network_input(aligned.crop[None]))
    U = concept_coefficients(features, bank.basis)[0]
    parts = len(bank)
    rows = features[0].reshape(features.shape[1], -1).T
    return ConceptAttribution(
        names=bank.names,
        presence=U.mean(axis=(1, 2)) / bank.presence_scale,
        importance=concept_importance(engine, bank.basis, U),
        location=_display(U, bank.presence_scale, aligned.mask),
        coefficients=U,
        reconstruction_error=relative_error(rows, U.reshape(parts, -1).T, bank.basis),
    )


def _display(U: FloatArray, scale: RealArray, mask: BoolArray) -> npt.NDArray[np.float32]:
    """Each concept over its own peak, but a trace of one is not lit up as if it were strong."""
    peak = np.maximum(U.max(axis=(1, 2)), scale)
    return (to_crop(U / peak[:, None, None]) * mask).astype(np.float32)


def fit_concepts(
    engine: Engine,
    crops: Pixels,
    region_maps: RegionMap,
    n_concepts: int = 8,
    seed: int = 0,
    exemplars: int = 6,
    progress: Callable[[float], None] | None = None,
) -> ConceptBank:
    """Learn a concept bank from aligned faces: crops (N, 160, 160, 3), maps (N, 160, 160).

    ``exemplars`` patches of each concept go into the bank as pictures; pass 0 when the
    faces are of patients. Concepts come in order of importance, greatest first; one that
    no whole photo holds is dropped. ``progress`` gets the fraction done; raise from it to
    cancel. Raises ``TrainingError`` when there are too few patches.
    """
    report = progress or (lambda fraction: None)
    patches = face_patches(region_maps)
    A = _patch_features(engine, crops, patches, lambda f: report(0.5 * f))
    U, W = factorise(A, n_concepts, seed)
    chosen = np.random.default_rng(seed).permutation(len(crops))[:LOCATED_PHOTOS]
    located = _located(engine, W, crops[chosen])
    importance = _mean_importance(
        engine, W, located[:WEIGHED_PHOTOS], seed, lambda f: report(0.6 + 0.4 * f)
    )
    scale = np.quantile(located.mean(axis=(2, 3)), COMMON, axis=0)
    alive = np.flatnonzero(scale > 0)
    order = alive[np.argsort(-importance[alive].mean(axis=1), kind="stable")]
    tags = _tags(located[:, order], region_maps[chosen])
    return ConceptBank(
        basis=W[order].astype(np.float32),
        importance=importance[order].astype(np.float32),
        presence_scale=scale[order].astype(np.float32),
        exemplars=_exemplars(crops, patches, U[:, order], exemplars),
        names=tuple(f"Concept {i}: {short}" for i, (short, _) in enumerate(tags, start=1)),
        region_tags=tuple(words for _, words in tags),
        description=tuple(map(_describe, (words for _, words in tags), importance[order])),
    )


def _patch_features(
    engine: Engine, crops: Pixels, patches: Patches, progress: Callable[[float], None]
) -> npt.NDArray[np.float32]:
    """A (n, C): features of every patch, averaged over the map."""
    rows: list[npt.NDArray[np.float32]] = []
    for inputs in patches.batches(crops, BATCH):
        rows.append(engine.features(network_input(inputs)).mean(axis=(2, 3)))
        progress(min(1.0, len(rows) * BATCH / len(patches)))
    return np.concatenate(rows) if rows else np.zeros((0, 0), np.float32)


def _located(engine: Engine, W: FloatArray, crops: Pixels) -> FloatArray:
    """Coefficients (N, R, 8, 8) of whole photos."""
    starts = range(0, len(crops), BATCH)
    features = (engine.features(network_input(crops[s : s + BATCH])) for s in starts)
    return np.concatenate([concept_coefficients(f, W) for f in features])


def _mean_importance(
    engine: Engine,
    W: FloatArray,
    located: FloatArray,
    seed: int,
    progress: Callable[[float], None],
) -> FloatArray:
    """Importance (R, 3) averaged over photos, each with its own scramble of the masks."""
    each = []
    for i, coefficients in enumerate(located):
        each.append(concept_importance(engine, W, coefficients, seed=seed + i))
        progress((i + 1) / len(located))
    return np.asarray(np.mean(each, axis=0))


def _tags(located: FloatArray, region_maps: RegionMap) -> list[tuple[str, str]]:
    """Short tag and tag in words of each concept, from its mean location over the photos."""
    # Photos weigh by how much of the concept they hold: where it is absent it has no place.
    weights = located.mean(axis=(2, 3))
    weights /= weights.sum(axis=0)
    pairs = zip(located, region_maps, strict=True)
    densities = np.stack([region_density(to_crop(u), map_) for u, map_ in pairs])
    return [region_tag(d) for d in np.einsum("nr,nrk->rk", weights, densities)]


def _exemplars(crops: Pixels, patches: Patches, U: FloatArray, count: int) -> Pixels:
    """The patches that hold most of each concept, one a photo: uint8 (R, K, 48, 48, 3)."""
    photos = len(np.unique(patches.photo))
    chosen = [_best_of_photos(column, patches)[: min(count, photos)] for column in U.T]
    cut = [patches.cut(crops, int(i)) for best in chosen for i in best]
    shape = (U.shape[1], min(count, photos), PATCH, PATCH, 3)
    return np.array(cut, dtype=np.uint8).reshape(shape)


def _best_of_photos(column: FloatArray, patches: Patches) -> npt.NDArray[np.intp]:
    """Each photo's best patch for one concept, the best photo first."""
    order: npt.NDArray[np.intp] = np.argsort(-column, kind="stable")
    first = np.unique(patches.photo[order], return_index=True)[1]
    best: npt.NDArray[np.intp] = order[np.sort(first)]
    return best


def _describe(words: str, importance: FloatArray) -> str:
    """One sentence for the concept's card."""
    most = CLASS_LABELS[int(np.argmax(importance))]
    return f"A pattern found {words}; of the three classes it matters most for {most}."
