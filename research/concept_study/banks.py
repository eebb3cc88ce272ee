"""Banks of many sizes and seeds, each kept as it is done."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from face2bone.atomic_files import whole_file
from face2bone.bundle import Bundle
from face2bone.cohort.crop_store import CropStore
from face2bone.drawn.face.crops import drawn_crops
from face2bone.drawn.face.patients import draw_cohort
from face2bone.drawn.face.provenance import GENERATOR_HASH, PATIENT_MODEL_HASH
from face2bone.drawn.worlds import World
from face2bone.modalities.face import FACE_INPUT
from face2bone.runtime import TorchEngine, network_input
from research.concept_study.stability import BankFit, Stability, Varied, fit_bank, matched_cosines

SEED: Final = 970_000  # in the evaluation range
FACES: Final = 1_000
LEARNED_FROM: Final = 800  # the rest measure the error
POSITIONS: Final = 8_000
COUNTS: Final = (4, 6, 8, 12, 16, 24)
SEEDS: Final = tuple(range(5))
KINDS: Final[tuple[Varied, ...]] = ("sample", "start")
BATCH: Final = 32

Features = npt.NDArray[np.float32]


def crops(folder: Path) -> CropStore:
    """The study's faces, drawn and aligned once."""
    patients = draw_cohort(FACES, World.PLANTED, SEED)
    drawn_by = f"{GENERATOR_HASH} {PATIENT_MODEL_HASH}"
    return drawn_crops(patients, drawn_by, folder, workers=1, progress=_tell)


def cut_features(bundle: Bundle, store: CropStore, work: Path) -> Features:
    """Features (N, C, 8, 8) of every face, computed once for this bundle."""
    path = work / f"features-{bundle.sha256[:12]}.npy"
    if not path.is_file():
        engine = TorchEngine(bundle.network, FACE_INPUT, device="cpu")
        batches = [store.rows[i : i + BATCH] for i in range(0, len(store.rows), BATCH)]
        parts = [
            engine.features(network_input(store.crops[batch], FACE_INPUT)) for batch in batches
        ]
        np.save(path, np.concatenate(parts))
    loaded: Features = np.load(path)
    return loaded


def all_fits(features: Features, folder: Path) -> Iterator[list[BankFit]]:
    """The fits of each kind and number of concepts, every one kept as it is done."""
    folder.mkdir(exist_ok=True)
    learned, held_out = _rows(features[:LEARNED_FROM]), _rows(features[LEARNED_FROM:])
    for varied in KINDS:
        for concepts in COUNTS:
            yield [_kept_fit(learned, held_out, concepts, seed, varied, folder) for seed in SEEDS]


def shipped_cosines(bundle: Bundle, fits: list[BankFit]) -> dict[str, float]:
    """How near each concept of the bundle is to its partner in the fits of as many, on average."""
    bank = bundle.concepts
    alike = [fit for fit in fits if fit.concepts == len(bank)]
    mean = np.mean([matched_cosines(bank.basis, fit.basis) for fit in alike], axis=0)
    return dict(zip(bank.names, mean.round(3).tolist(), strict=True))


def stability_table(found: list[Stability]) -> str:
    """The curves as Markdown."""
    lines = ["| seeds vary | concepts | mean cosine | found again | least stable | error |"]
    lines.append("|---|---|---|---|---|---|")
    lines += [
        f"| {s.varied} | {s.concepts} | {s.mean_cosine:.3f} | {s.found_again:.0%} "
        f"| {s.worst_cosine:.3f} | {s.error:.3f} ({s.error_low:.3f} to {s.error_high:.3f}) |"
        for s in found
    ]
    return "\n".join(lines)


def _kept_fit(
    learned: Features, held_out: Features, concepts: int, seed: int, varied: Varied, folder: Path
) -> BankFit:
    """One fit, from its file when it has been done."""
    path = folder / f"{varied}-{concepts}-{seed}.npz"
    if not path.is_file():
        fit = fit_bank(learned, held_out, concepts, seed, varied, POSITIONS)
        with whole_file(path) as part, part.open("wb") as file:
            np.savez(file, basis=fit.basis, error=fit.error)
        print(f"{path.stem}: error {fit.error:.3f}", file=sys.stderr, flush=True)
    kept = np.load(path)
    return BankFit(varied, concepts, seed, kept["basis"], float(kept["error"]))


def _rows(features: Features) -> Features:
    """Features (N, C, 8, 8) as one row a map position, (64 N, C)."""
    return features.transpose(0, 2, 3, 1).reshape(-1, features.shape[1])


def _tell(done: int, total: int) -> None:
    print(f"{done} of {total} faces", file=sys.stderr, flush=True)
