"""An assessor that needs no trained model, and pictures for it."""

import hashlib
from dataclasses import dataclass
from datetime import date
from types import SimpleNamespace
from typing import Any

import numpy as np

from face2bone.assessment import BundleFacts
from face2bone.errors import SubjectNotFound
from face2bone.runtime import OodVerdict, Prediction
from face2bone.scoring.pictures import GivenPictures
from face2bone.scoring.score_list import ScoreList, list_of_pictures

FACTS = BundleFacts(
    name="tiny",
    version="0",
    status="demo",
    sha256="0" * 64,
    created_on=date(2026, 11, 29),
    cohort="none",
    study="face2bone",
    parts=(),
    classes=("normal", "osteopenia", "osteoporosis"),
    class_fractions=(0.2, 0.5, 0.3),
    measured_patients=0,
)


@dataclass(frozen=True)
class Located:
    """What was found in a picture."""

    data: bytes
    rejected: bool = False
    reasons: tuple[str, ...] = ()
    beside: tuple[float, ...] = ()

    @property
    def quality(self) -> Any:
        return SimpleNamespace(status="accept")


@dataclass
class Answering:
    """Stands for an assessor: a picture of b"none" has no face, any other a result of its own."""

    facts: BundleFacts = FACTS
    looked_at: int = 0

    @property
    def bundle(self) -> Any:
        card = SimpleNamespace(require_study=lambda study, what: None, covariates=())
        return SimpleNamespace(card=card)

    @property
    def tools(self) -> Any:
        return SimpleNamespace(modality=SimpleNamespace(read=lambda data: data))

    def locate(self, data: bytes) -> Any:
        self.looked_at += 1
        if data == b"none":
            raise SubjectNotFound("No face was found. Take the photo again.")
        return Located(data)

    def predict(self, located: Any) -> Prediction:
        p = expected(located.data)
        return Prediction(p, (int(p.argmax()),), OodVerdict(0.5, 1.0, False), p.astype("f4"), "cpu")


def expected(data: bytes) -> np.ndarray[Any, np.dtype[np.float64]]:
    """The probabilities of a picture's bytes."""
    seed = int.from_bytes(hashlib.sha256(data).digest()[:4], "big")
    return np.random.default_rng(seed).dirichlet((1.0, 1.0, 1.0))


def cohort(count: int) -> tuple[ScoreList, GivenPictures]:
    """So many pictures, every fifth without a face."""
    files = {f"{i:03d}.jpg": b"none" if i % 5 == 4 else f"photo {i}".encode() for i in range(count)}
    return list_of_pictures(sorted(files)), GivenPictures(files)
