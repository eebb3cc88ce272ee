"""The measurements behind the table: every patient's games, kept one file at a time.

    faces/0007.npz            a drawn patient: crop, region map, healthy twin, half-way faces
    NAME/0007-games.npz       value tables under blur and twin; each parameter's own effect
    NAME/0007-rivals.npz      baselines and the other methods
    NAME/0007-inpaint.npz     value table under inpainting, the second baseline of every explanation
    NAME/0007-extra.npz       shuffled weights and max-sensitivity

NAME is the bundle's folder, or its parent where that is called "bundle". A file is written
whole or not at all, so a run that was stopped goes on where it was.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from face2bone.arrays import Floats
from face2bone.atomic_files import whole_file
from face2bone.bundle import Bundle, load_bundle
from face2bone.drawn.face.patients import DrawnPatient, draw_cohort
from face2bone.drawn.worlds import World
from face2bone.errors import SubjectError
from face2bone.explain.baselines import Baseline, blur_baseline, inpaint_baseline
from face2bone.explain.coalitions import shapley_values
from face2bone.explain.shapley import region_shapley
from face2bone.modalities.face import FACE_INPUT
from face2bone.modalities.face.alignment import AlignedFace
from face2bone.modalities.face.parts import FACE_PARTS
from face2bone.runtime import make_engine
from face2bone.runtime.engine import logits_of_crops
from face2bone.runtime.openvino_engine import OpenVinoEngine
from research.faithfulness import rivals
from research.faithfulness.baselines import BASELINES
from research.faithfulness.rivals import CONTRAST
from research.faithfulness.robustness import max_sensitivity, noisy, shuffled
from research.faithfulness.twin import TwinFace, twin_face

SEED: Final = 970_000
"""In the evaluation range: no model was trained on these patients, no rule settled on them."""
NOISY_COPIES: Final = 2
Arrays = dict[str, npt.NDArray[Any]]
PARTS: Final = ("games", "rivals", "inpaint", "extra")


@dataclass(frozen=True)
class Faces:
    """Drawn patients 0 to ``count`` - 1, each drawn once and then kept in ``folder``."""

    folder: Path
    count: int

    @cached_property
    def patients(self) -> tuple[DrawnPatient, ...]:
        """Of the planted world."""
        return draw_cohort(self.count, World.PLANTED, SEED)

    def face(self, index: int) -> TwinFace:
        """A patient's twin face; raises ``SubjectError`` when no face was found."""
        kept = once(self.folder / f"{index:04d}.npz", lambda: self._draw(index))
        if "crop" not in kept:
            raise SubjectError("No face was found on this drawing. The next patient is taken.")
        names = ("crop", "mask", "region_map", "transform", "landmarks")
        return TwinFace(AlignedFace(*(kept[n] for n in names)), kept["twin"], kept["alone"])

    def _draw(self, index: int) -> Arrays:
        try:
            face = twin_face(self.patients[index])
        except SubjectError:
            return {}
        aligned = face.aligned
        return {
            "crop": aligned.pixels,
            "mask": aligned.mask,
            "region_map": aligned.part_map,
            "transform": aligned.transform,
            "landmarks": aligned.landmarks,
            "twin": face.twin,
            "alone": face.alone,
        }


class Study:
    """One bundle over the faces."""

    def __init__(self, bundle: Path, out: Path, faces: Faces, threads: int) -> None:
        self.bundle: Bundle = load_bundle(bundle)
        self.folder, self.faces, self.threads = out / network_name(bundle), faces, threads
        self.network = self.bundle.network.eval().requires_grad_(False)
        self.logits_of = logits_of_crops(make_engine(self.bundle, "openvino", threads))

    @cached_property
    def shuffled_logits_of(self) -> Callable[..., Any]:
        """The same network with shuffled weights."""
        return logits_of_crops(
            OpenVinoEngine(shuffled(self.network, seed=0), FACE_INPUT, self.threads)
        )

    def measure(self, part: str, index: int) -> Arrays:
        """One part of one patient, computed the first time."""
        parts: Mapping[str, Callable[[int], Arrays]] = {
            "games": self._games, "rivals": self._rivals, "inpaint": self._inpaint,
            "extra": self._extra,
        }  # fmt: skip
        return once(self.folder / f"{index:04d}-{part}.npz", lambda: parts[part](index))

    def table(self, aligned: AlignedFace, baseline: Baseline) -> Floats:
        """Value table (1024, 3)."""
        return region_shapley(self.logits_of, aligned, baseline).table

    def _games(self, index: int) -> Arrays:
        face = self.faces.face(index)
        own = self.logits_of(np.concatenate([face.aligned.pixels[None], face.alone]))
        return {
            "blur": self.table(face.aligned, blur_baseline(face.aligned)),
            "twin": self.table(face.aligned, face.baseline),
            "effects": (own[0] - own[1:]) @ CONTRAST,
        }

    def _rivals(self, index: int) -> Arrays:
        aligned = self.faces.face(index).aligned
        blur = blur_baseline(aligned)
        table = self.measure("games", index)["blur"]
        known = {name: baseline(aligned) for name, baseline in BASELINES.items()}
        return known | {
            "Grad-CAM": rivals.grad_cam(self.network, aligned),
            "integrated gradients": rivals.integrated_gradients(self.network, aligned, blur),
            "patch occlusion": rivals.patch_occlusion(self.logits_of, aligned, blur),
            "region occlusion": rivals.region_occlusion(table),
            "LIME": rivals.lime(table, seed=index),
        }

    def _inpaint(self, index: int) -> Arrays:
        aligned = self.faces.face(index).aligned
        return {"inpaint": self.table(aligned, inpaint_baseline(aligned))}

    def _extra(self, index: int) -> Arrays:
        aligned = self.faces.face(index).aligned
        baseline = blur_baseline(aligned)
        without = region_shapley(self.shuffled_logits_of, aligned, baseline).table
        copies = [noisy(aligned, np.random.default_rng([SEED, i])) for i in range(NOISY_COPIES)]
        values = region_values(self.measure("games", index)["blur"])
        moved = max_sensitivity(
            lambda face: region_values(self.table(face, blur_baseline(face))), copies, values
        )
        return {"shuffled": without, "max_sensitivity": np.array(moved)}


def network_name(bundle: Path) -> str:
    """What a bundle is called in the study: its folder, or the run folder it lies in."""
    return bundle.resolve().parent.name if bundle.name == "bundle" else bundle.name


def region_values(table: Floats) -> Floats:
    """Shapley values (10,) of the osteoporosis logit minus the normal logit."""
    values: Floats = shapley_values(table, len(FACE_PARTS)) @ CONTRAST
    return values


def run(study: Study, counts: Mapping[str, int]) -> Iterator[tuple[str, int]]:
    """Measure each part for as many patients as asked; yields (part, patient) when done.

    Patient by patient, so that a run stopped early is a smaller whole study.
    """
    for index in range(max(counts.values())):
        for part in (p for p in PARTS if index < counts[p]):
            try:
                study.measure(part, index)
            except SubjectError:
                break
            yield part, index


def once(path: Path, compute: Callable[[], Arrays]) -> Arrays:
    """Arrays of a file, or computed and written to it."""
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(path) as part, part.open("wb") as file:
            np.savez_compressed(file, allow_pickle=False, **compute())
    with np.load(path, allow_pickle=False) as kept:
        return dict(kept)
