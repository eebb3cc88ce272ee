"""Discs: a kind of picture and a study that the package has never heard of.

A disc lies somewhere on black; its four quarters are grey, and the lower left is the darker the
lower the bone mass. So the truth of an explanation is known: it is the lower left that speaks. Age
speaks too, a little: it is read beside the picture.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import pandas as pd
import torch
from PIL import Image
from torch import Tensor, nn

from face2bone.bone import CLASS_LABELS
from face2bone.errors import SubjectError
from face2bone.modalities.input_spec import InputSpec
from face2bone.modalities.measure import Measure
from face2bone.modalities.modality import Modality
from face2bone.modalities.parts import DrawnPart, Schematic, paired
from face2bone.modalities.photo import Photo, read_photo
from face2bone.modalities.prepared import Prepared, QualityVerdict
from face2bone.nn import Architecture, BundleNetwork, PictureNetwork, TrainingOutputs
from face2bone.nn.network import MapGeometry, Stages
from face2bone.studies import Study, Tools
from face2bone.tasks import BONE_MASS

SIDE: Final = 160  # pixels of a picture
PARTS: Final = (*paired("upper", "upper"), *paired("lower", "lower"))
SPEAKS: Final = "lower_left"
INPUT: Final = InputSpec(48, 48, 3, mean=100.0, scale=50.0, mask_value=0)
GREYS: Final = (200, 120, 40)  # of the lower left, by class


def schematic_of_a_disc() -> Schematic:
    """Four squares under a round outline."""
    uppers = {"upper_left": (50, 0), "upper_right": (0, 0)}
    places = uppers | {"lower_left": (50, 50), "lower_right": (0, 50)}
    return Schematic(
        100,
        100,
        (50, 50, 48, 48),
        tuple(
            DrawnPart(part, ((x, y), (x + 50, y), (x + 50, y + 50), (x, y + 50)), (x + 25, y + 25))
            for part, (x, y) in places.items()
        ),
    )


@dataclass(frozen=True)
class Disc:
    """The disc of a picture."""

    aligned: Prepared
    quality: QualityVerdict = field(default_factory=lambda: QualityVerdict((), "accept"))
    told: tuple[str, ...] = ()
    measures: tuple[Measure, ...] = ()


def disc_bytes(label: int, rng: np.random.Generator) -> bytes:
    """A PNG of one disc whose lower left is of a class."""
    y, x = np.mgrid[:SIDE, :SIDE]
    centre, radius = rng.uniform(70, 90, 2), rng.uniform(45, 60)
    right, low = x > centre[0], y > centre[1]
    grey = np.where(low & ~right, GREYS[label], 120) + rng.integers(-15, 16, (SIDE, SIDE))
    grey[np.hypot(x - centre[0], y - centre[1]) > radius] = 0
    pixels = np.repeat(grey.astype(np.uint8)[..., None], 3, axis=2)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, format="PNG")
    return buffer.getvalue()


def prepare(picture: Photo) -> tuple[Disc, ...]:
    """Find the disc, move it to the middle, divide it into quarters."""
    rows, columns = np.nonzero(picture.pixels[..., 0] > 10)
    if not len(rows):
        raise SubjectError("No disc was found in the picture. Take one that shows a disc.")
    low, high = np.array([columns.min(), rows.min()]), np.array([columns.max(), rows.max()])
    scale = INPUT.width / float((high - low).max() + 1)
    transform = np.column_stack((np.eye(2) * scale, -low * scale)).astype(np.float32)
    pixels = cv2.warpAffine(picture.pixels, transform, (INPUT.width, INPUT.height))
    y, x = np.mgrid[: INPUT.height, : INPUT.width] + 0.5 - INPUT.height / 2
    mask = np.hypot(x, y) < INPUT.height / 2 - 1
    part_map = np.where(mask, (x > 0) + 2 * (y > 0), -1).astype(np.int8)
    pixels = np.where(mask[..., None], pixels, INPUT.mask_value).astype(np.uint8)
    return (Disc(Prepared(pixels, mask, part_map, transform, PARTS, INPUT)),)


@dataclass(frozen=True)
class DiscSettings(Architecture):
    """Classes, and the two values beside the disc."""

    outputs: int = 3
    covariates: int = 2
    in_words = "two convolutions and a mean, with age and sex"


class DiscNetwork(BundleNetwork, PictureNetwork):
    """Two convolutions and a mean: a few hundred weights."""

    def __init__(self, config: DiscSettings) -> None:
        super().__init__()
        self.config = config
        self.first = nn.Conv2d(3, self.stem_channels, 3, stride=2, padding=1)
        self.second = nn.Conv2d(self.stem_channels, self.cut_channels, 5, stride=4, padding=2)
        self.classifier = nn.Linear(self.cut_channels + config.covariates, config.outputs)
        self.t_score = nn.Linear(self.cut_channels, 1)

    input_shape = INPUT.shape
    stem_channels, cut_channels = 8, 16
    stages = Stages(
        stem=MapGeometry(24, 24, first=0.0, step=2.0, field=3, non_negative=True),
        cut=MapGeometry(6, 6, first=0.0, step=8.0, field=11, non_negative=True),
    )

    def stem(self, x: Tensor) -> Tensor:
        """(B, 3, 48, 48) -> (B, 8, 24, 24)."""
        return self.first(x).relu()

    def features_after(self, stem: Tensor) -> Tensor:
        """(B, 8, 24, 24) -> (B, 16, 6, 6)."""
        return self.second(stem).relu()

    def head(self, features: Tensor, beside: Tensor | None = None) -> Tensor:
        """(B, 16, 6, 6) and (B, 2) -> logits (B, K)."""
        assert beside is not None
        pooled = torch.cat([features.mean(dim=(2, 3)), beside], dim=1)
        logits: Tensor = self.classifier(pooled)
        return logits

    def training_outputs(self, x: Tensor, beside: Tensor | None = None) -> TrainingOutputs:
        """Logits, T-score and the pooled cut."""
        features = self.features(x)
        pooled = features.mean(dim=(2, 3))
        logits = self.head(features, beside)
        return TrainingOutputs(logits, self.t_score(pooled)[:, 0], None, pooled)


def draw_cohort(
    out: Path, patients: int, world: str, seed: int, progress: Callable[[int, int], None]
) -> Path:
    """A folder of discs with its manifest, as any cohort's; two views of every tenth patient."""
    rng = np.random.default_rng(seed)
    (out / "photos").mkdir(parents=True)
    rows = []
    for patient in range(patients):
        label = int(rng.integers(0, 3))
        age = 60 + 5 * label + int(rng.integers(0, 10))
        for view in range(2 if patient % 10 == 0 else 1):
            name = f"photos/{patient}-{view}.png"
            (out / name).write_bytes(disc_bytes(label, rng))
            rows.append(_row(patient, name, label, age))
        progress(patient + 1, patients)
    pd.DataFrame(rows).to_csv(out / "manifest.csv", index=False)
    return out / "manifest.csv"


def _row(patient: int, name: str, label: int, age: int) -> dict[str, object]:
    about = {"patient_id": f"d{patient}", "photo": name, "sex": "FM"[patient % 2], "age_years": age}
    size = {"height_cm": 160, "weight_kg": 60}
    bone = {"bone_mass_class": CLASS_LABELS[label], "acquired_on": "2026-05-02"}
    return about | size | bone | {"reference_method": "none", "study": "discs"}


DISC: Final = Modality(
    id="disc",
    noun="picture",
    subject="disc",
    kind="picture of a disc",
    pictures="discs on black",
    read=read_photo,
    prepare=prepare,
    parts=PARTS,
    input=INPUT,
    schematic=schematic_of_a_disc(),
    rejected=SubjectError,
    unusable="The picture cannot be assessed.",
    recognisable=False,
)
DISCS: Final = Study(
    id="discs",
    title="Discs",
    pictures="discs on black",
    outcome="bone mass class, by how dark the lower left is",
    covariates=("age_years", "sex"),
    guards=("age",),
    tools=Tools(
        modality=DISC,
        task=BONE_MASS,
        architecture="discs",
        baselines=("blur", "inpaint"),
        worlds=("planted",),
        draw_cohort=draw_cohort,
    ),
)
