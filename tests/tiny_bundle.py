"""A complete bundle around an untrained network of 1/32 width.

Every part of the network takes part (gains are drawn, not zero); its figures mean nothing.
"""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import torch

from face2bone import bundle, calibration
from face2bone.bone import CLASS_LABELS
from face2bone.modalities.face import FACE_INPUT
from face2bone.nn import Face2Bone, NetworkConfig
from face2bone.runtime import TorchEngine, network_input

ARCHITECTURE: Final = NetworkConfig(width=1 / 32)


def save_tiny_bundle(root: Path, knows_every_picture: bool = False) -> bundle.Bundle:
    """The bundle, on disk; most faces are unlike its pictures unless it knows every one."""
    contents = _contents(_network())
    if knows_every_picture:
        contents = replace(contents, ood=replace(contents.ood, threshold=1e6))
    return bundle.save_bundle(root, _card(), contents)


def _network() -> Face2Bone:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        network = Face2Bone(ARCHITECTURE).eval()
        for name, parameter in network.named_parameters():
            if name.endswith("gain"):
                torch.nn.init.normal_(parameter)
    return network


def _contents(network: Face2Bone) -> bundle.BundleContents:
    rng = np.random.default_rng(1)
    crops = rng.integers(0, 256, (60, 160, 160, 3), dtype=np.uint8)
    engine = TorchEngine(network, FACE_INPUT, device="cpu")
    features = engine.features(network_input(crops, FACE_INPUT))
    probabilities, labels = rng.dirichlet((1.0, 1.0, 1.0), 150), np.arange(150) % 3
    return bundle.BundleContents(
        state=network.state_dict(),
        calibration=(calibration.Temperature(1.25),),
        conformal=calibration.fit_conformal(probabilities, labels),
        reliability=calibration.reliability_table(probabilities, labels),
        ood=bundle.fit_ood(bundle.pooled(features)),
        concepts=_concepts(rng, features, crops),
        mean_picture=crops.mean(axis=0).astype(np.uint8),
    )


def _concepts(
    rng: np.random.Generator, features: npt.NDArray[Any], crops: npt.NDArray[np.uint8]
) -> bundle.ConceptBank:
    return bundle.ConceptBank(
        basis=rng.random((4, features.shape[1]), dtype=np.float32),
        importance=rng.random((4, 3), dtype=np.float32),
        presence_scale=np.ones(4, dtype=np.float32),
        exemplars=crops[:8, :48, :48].reshape(4, 2, 48, 48, 3),
        names=tuple(f"Concept {i}" for i in range(1, 5)),
        region_tags=("forehead", "nose and lips", "left midface", "right midface"),
        description=("Noise, for tests.",) * 4,
    )


def _card() -> bundle.BundleCard:
    return bundle.BundleCard(
        name="tiny",
        version="0",
        status="demo",
        created_on=date(2026, 11, 21),
        architecture=ARCHITECTURE,
        cohort="Noise, for tests",
        labels=CLASS_LABELS,
        class_fractions=(0.2, 0.5, 0.3),
        input=FACE_INPUT,
        provenance={"recipe": "tests/tiny_bundle.py", "seed": 1},
        results={"macro_auc": 0.5},
        generator_version="none",
    )
