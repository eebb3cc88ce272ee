"""The face age demonstration bundle: drawn people whose age and gap are planted.

Taught as ``years`` says, from the demonstration bundle's trunk. ``python -m
face2bone.training.years_demo``.
"""

import json
import sys
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch

from face2bone import __version__, clock
from face2bone.arrays import Floats
from face2bone.atomic_files import write_whole
from face2bone.bundle import load_bundle
from face2bone.bundle.years_bundle import YearsBundle, YearsCard, save_years_bundle
from face2bone.cohort.crop_store import CropStore
from face2bone.evaluation.years_record import bands_of
from face2bone.nn import Face2Bone, NetworkConfig
from face2bone.settings import shipped_models
from face2bone.studies import AGE_TOOLS
from face2bone.tasks.years import YearsTask, fit_gap, gaps
from face2bone.training.recipe import read_recipe
from face2bone.training.years import AgedPhotos, Lesson, Stage, learn, outputs
from face2bone.training.years_contents import years_contents

TASK: Final = YearsTask(20, 90)
SEED: Final = 114
LIMITS: Final = (
    "A demonstration trained on drawn faces whose ages were planted: its years say nothing about "
    "a real person.",
)

STAGES: Final = (
    Stage("head", 8, 2e-3, 0.0, False),
    Stage("natural", 5, 1e-3, 0.5, False),
    Stage("balanced", 3, 5e-4, 0.1, True),
)


PLAN: Final = {
    "train": (4200, 114_000, False),
    "calibration": (2100, 114_001, True),
    "test": (2100, 914_002, True),
}
"""Side -> people, seed, and whether they are spread evenly over the ten-year bands.

Training people are as skewed in age as a clinic's; of the others every band can be measured.
"""


@dataclass(frozen=True)
class Drawn(AgedPhotos):
    """People whose gap was ``planted``, in years."""

    planted: Floats

    @classmethod
    def of(cls, store: CropStore) -> "Drawn":
        """The people of a store made by ``aged_crops``."""
        known = AgedPhotos.of(store)
        planted = np.asarray(store.index["gap_years"], np.float64)
        return cls(store, known.ages, known.is_male, planted)


def train_years_demo(out: Path, run: Path, stages: tuple[Stage, ...] = STAGES) -> YearsBundle:
    """Draw, train, calibrate and test into ``out``; ``run`` keeps crops and checkpoints."""
    drawn_by = AGE_TOOLS.demonstration()
    sides = {
        name: Drawn.of(drawn_by.crops(n, seed, evenly, run / name, workers=1))
        for name, (n, seed, evenly) in PLAN.items()
    }
    network, found = starting_network(), {}
    lesson = Lesson(TASK, read_recipe("demo").augmentation, SEED, stages, cached=True)
    for stage in stages:
        learn(network, sides["train"], stage, lesson, run, _printed)
        if stage.trunk:
            found[stage.name] = (
                outputs(network, sides["calibration"]),
                outputs(network, sides["test"]),
            )
    figures = {
        name: measured(calibration[0], test[0], sides)
        for name, (calibration, test) in found.items()
    }
    write_whole(run / "figures.json", json.dumps(figures, indent=1).encode())
    return bundled(network, found["balanced"], sides, figures, out)


def starting_network() -> Face2Bone:
    """The demonstration bundle's network, its classifier replaced by a layer over the years."""
    demo = load_bundle(shipped_models() / "demo")
    config = NetworkConfig.from_dict(asdict(demo.card.architecture))
    torch.manual_seed(SEED)
    network = Face2Bone(replace(config, head="linear", outputs=TASK.outputs))
    own = {k: v for k, v in demo.state.items() if not k.startswith("classifier.")}
    network.load_state_dict(own, strict=False)
    return network


def _printed(stage: str, done: float, total: float = 1, note: str = "", /) -> None:
    print(f"{stage} {done:g}/{total:g}: {note}", flush=True)


def measured(calibration: Floats, test: Floats, sides: dict[str, Drawn]) -> dict[str, Any]:
    """Figures of one stage on the people kept for the test, whose bands are of one size.

    ``natural_mae``: as it would be among people as skewed in age as those of the training.
    """
    known, people = sides["calibration"], sides["test"]
    interval = TASK.calibrate(calibration, known.ages)
    fit = fit_gap(TASK.answers(calibration), known.ages, known.is_male)
    told = TASK.known(test, people.ages, interval)
    found = gaps(told.answers, people.ages, people.is_male, fit)
    natural = told.weighed(_natural_weights(people.ages)[None])
    figures = told.figures()
    return {
        "people": len(people.ages),
        "mae": figures["mae"],
        "natural_mae": float(natural["mae"][0]),
        "coverage": figures["coverage"],
        "width": figures["width"],
        "gap_r": float(np.corrcoef(found, people.planted)[0, 1]),
        "gap_r_apparent": float(np.corrcoef(told.answers, people.ages + people.planted)[0, 1]),
        "bands": [asdict(band) for band in bands_of(told, AGE_TOOLS.demonstration().bands)],
    }


def _natural_weights(ages: Floats) -> Floats:
    """Weights (N,), sum one, that make evenly drawn people as skewed as ``aged``'s others."""
    people = AGE_TOOLS.demonstration()
    weights = np.exp(-0.5 * ((ages - people.age_mean) / people.age_sd) ** 2)
    natural: Floats = weights / weights.sum()
    return natural


def bundled(
    network: Face2Bone,
    found: tuple[tuple[Floats, Floats], tuple[Floats, Floats]],
    sides: dict[str, Drawn],
    figures: dict[str, Any],
    out: Path,
) -> YearsBundle:
    """The balanced network with what was measured of it."""
    calibration, (test, _) = found
    interval = TASK.calibrate(calibration[0], sides["calibration"].ages)
    contents = years_contents(
        network,
        TASK,
        sides,
        calibration,
        interval,
        bands_of(TASK.known(test, sides["test"].ages, interval), AGE_TOOLS.demonstration().bands),
        "drawn people, none of them in training",
        SEED,
    )
    people = len(sides["train"].ages)
    return save_years_bundle(out, _card(network, people, figures), contents)


def _card(network: Face2Bone, people: int, figures: dict[str, Any]) -> YearsCard:
    settings, drawn_by = network.config.to_dict(), AGE_TOOLS.demonstration()
    settings.pop("outputs")
    return YearsCard(
        name="face-age-demo",
        version=__version__,
        status="demo",
        created_on=clock.today(),
        network="face2bone",
        settings=settings,
        cohort=f"{people} drawn people, apparent age gap N(0, {drawn_by.gap_sd:g}); no real person",
        low=TASK.low,
        high=TASK.high,
        answer=TASK.answer,
        input=AGE_TOOLS.modality.input,
        limits=LIMITS,
        provenance={
            "licence": "Apache-2.0",
            "trunk": "of models/demo",
            "stages": [asdict(stage) for stage in STAGES],
            "plan": {name: list(plan) for name, plan in PLAN.items()},
            "seed": SEED,
            "torch": str(torch.__version__),
        },
        results=figures,
        generator_version=drawn_by.version,
        generator_hash=drawn_by.hash,
    )


if __name__ == "__main__":
    torch.set_num_threads(1)
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else Path("models/face-age-demo")
    print(train_years_demo(target, Path("runs/face-age")).sha256)
