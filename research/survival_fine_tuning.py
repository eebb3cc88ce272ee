"""Does a network that is fine-tuned on times say more of a hazard than its frozen features do?

    python -m research.survival_fine_tuning runs/fine_tuning

900 drawn people, their faces drawn once; 600 are learnt from and 300 are asked. The frozen
score is a layer over the demonstration bundle's features, fitted with age and sex in closed form
(``picture_score.picture_layer``). Fine-tuning goes on from exactly there: the same layer and the
whole trunk under it, by Cox's partial likelihood of batches, age and sex held as they were fitted;
the epochs are fixed, so that nobody who is asked chooses among them. Harrell's C with 95% intervals
over the people asked, paired for the differences.

    crops/          the aligned faces
    features.npy    one row a person
    planted.json    one world as soon as it is done, and so on
    results.json    all of them
    results.md      the table of docs/research/survival.md
"""

import copy
import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import numpy as np
import torch
from torch import Tensor, nn

from face2bone.arrays import Floats, Integers
from face2bone.atomic_files import whole_file, write_whole
from face2bone.bundle import load_bundle
from face2bone.cohort.crop_store import CropStore
from face2bone.drawn.face.crops import aged_crops
from face2bone.drawn.face.followed import draw_followed, oracle
from face2bone.drawn.hazard import SurvivalWorld
from face2bone.evaluation.added_value.columns import picture_features
from face2bone.evaluation.bootstrap import Estimate, estimates
from face2bone.evaluation.survival.clinical import People
from face2bone.evaluation.survival.picture_score import PictureLayer, picture_layer
from face2bone.modalities.face import FACE_INPUT
from face2bone.nn import BundleNetwork, normalise
from face2bone.patient import Sex
from face2bone.runtime import TorchEngine
from face2bone.survival.concordance import harrell
from face2bone.survival.cox import fit_cox
from face2bone.survival.times import SurvivalTimes
from face2bone.tasks.survival import SurvivalTask
from face2bone.training.augment import augment_batch, kind_of
from face2bone.training.recipe import read_recipe

PATIENTS, LEARNT_FROM = 900, 600
SEED: Final = 915_000
EPOCHS: Final = 3
RATE: Final = 1e-4
BATCH: Final = 60
DEMO: Final = Path("models/demo")
TASK: Final = SurvivalTask("time_years", "event")
MODELS: Final = ("oracle", "age and sex", "frozen", "tuned")
RESULTS, TABLE = "results.json", "results.md"


@dataclass(frozen=True)
class Row:
    """One world. figures: Harrell's C of each model, and what one has over another."""

    world: str
    events_learnt_from: int
    events_asked: int
    figures: dict[str, Estimate]


class HazardNetwork(nn.Module):
    """A trunk and one layer over its pooled cut."""

    def __init__(self, trunk: BundleNetwork, layer: PictureLayer) -> None:
        super().__init__()
        self.trunk = copy.deepcopy(trunk).eval().requires_grad_(True)
        self.layer = nn.Linear(len(layer.weights), 1, bias=False)
        self.layer.weight.data[:] = torch.tensor(layer.weights, dtype=torch.float32)

    def forward(self, x: Tensor) -> Tensor:
        """Input (B, C, H, W) -> the face's part of the log hazard (B,)."""
        log_hazard: Tensor = self.layer(self.trunk.features(x).mean((2, 3)))[:, 0]
        return log_hazard


def fine_tune(
    network: HazardNetwork,
    store: CropStore,
    beside: Floats,
    times: SurvivalTimes,
    rows: Integers,
    epochs: int = EPOCHS,
) -> None:
    """Go on in place with the people at ``rows``; ``beside`` (N,) is the clinical log hazard."""
    labels = torch.tensor(np.column_stack([times.years, times.events]), dtype=torch.float32)
    offset, rng = torch.tensor(beside, dtype=torch.float32), np.random.default_rng(SEED)
    optimizer = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=0.02)
    augmentation = read_recipe("demo").augmentation
    for epoch in range(epochs):
        order = rng.permutation(rows)
        for start in range(0, len(order), BATCH):
            some = order[start : start + BATCH]
            at = store.rows[some]
            streams = [np.random.default_rng([SEED, epoch, int(row)]) for row in at]
            crops, _ = augment_batch(
                store.crops[at], store.region_maps[at], augmentation, streams, kind_of(store)
            )
            told = network(normalise(torch.tensor(crops), store.spec)) + offset[some]
            loss = TASK.loss(told[:, None], labels[some])
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(network.parameters(), 5.0)
            optimizer.step()
        print(f"epoch {epoch + 1}/{epochs}", flush=True)


def scores(network: HazardNetwork, store: CropStore, rows: Integers) -> Floats:
    """The face's part of the log hazard of unchanged crops at ``rows``; (n,)."""
    told = []
    with torch.inference_mode():
        for start in range(0, len(rows), BATCH):
            crops = store.crops[store.rows[rows[start : start + BATCH]]]
            told.append(network(normalise(torch.tensor(crops), store.spec)).numpy())
    return np.concatenate(told).astype(np.float64)


def compared(models: dict[str, Floats], times: SurvivalTimes) -> dict[str, Estimate]:
    """Harrell's C of log hazards (n,) by name, and the differences that are asked about."""

    def figures(weights: Floats) -> dict[str, Floats]:
        found = {name: harrell(values, times, weights) for name, values in models.items()}
        over = {f"{a} over {b}": found[a] - found[b] for a, b in PAIRS}
        return found | over

    return estimates(figures, np.arange(len(times)))


PAIRS: Final = (("tuned", "frozen"), ("frozen", "age and sex"), ("tuned", "age and sex"))


def world_row(folder: Path, store: CropStore, features: Floats, world: SurvivalWorld) -> Row:
    """Fit, fine-tune and ask in one world."""
    people = draw_followed(PATIENTS, world, SEED)
    age = np.array([f.person.age_years for f in people])
    times = SurvivalTimes.of([f.time_years for f in people], [f.event for f in people])
    clinical = People(age, np.array([f.person.sex is Sex.MALE for f in people])).clinical
    learnt = np.arange(PATIENTS) < LEARNT_FROM
    fitted, asked = times.rows(learnt), times.rows(~learnt)
    of_learnt = People(age[learnt], clinical.columns[learnt, 1] > 0).clinical
    layer = picture_layer(features[learnt], age[learnt], of_learnt, fitted)
    network = HazardNetwork(load_bundle(DEMO).network, layer)
    beside = clinical.columns @ layer.clinical
    rows = np.arange(PATIENTS)
    fine_tune(network, store, beside, times, rows[learnt])
    alone = fit_cox(of_learnt.columns, fitted, of_learnt.names)
    models = {
        "oracle": oracle(people)[~learnt],
        "age and sex": alone.log_hazard(clinical.columns[~learnt]),
        "frozen": beside[~learnt] + features[~learnt] @ layer.weights,
        "tuned": beside[~learnt] + scores(network, store, rows[~learnt]),
    }
    events = int(fitted.events.sum()), int(asked.events.sum())
    row = Row(world.value, *events, compared(models, asked))
    write_whole(folder / f"{world.value}.json", json.dumps(asdict(row), indent=1) + "\n")
    return row


def as_table(rows: tuple[Row, ...]) -> str:
    """Markdown: one row a world."""
    names = [*MODELS, *(f"{a} over {b}" for a, b in PAIRS)]
    lines = [
        f"| world | events learnt from, asked | {' | '.join(names)} |",
        "|---" * (len(names) + 2) + "|",
    ]
    for row in rows:
        cells = [_shown(row.figures[name]) for name in names]
        counts = f"{row.events_learnt_from}, {row.events_asked}"
        lines.append(f"| {row.world} | {counts} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _shown(found: Estimate) -> str:
    value, low, high = (f"{v:.3f}" for v in (found.value, found.low, found.high) if v is not None)
    return f"{value} ({low} to {high})"


def prove(folder: Path, worlds: tuple[SurvivalWorld, ...] = tuple(SurvivalWorld)) -> str:
    """Run everything in ``folder``; returns the table."""
    folder.mkdir(parents=True, exist_ok=True)
    store = aged_crops(PATIENTS, SEED, False, folder / "crops", workers=2)
    features = _features(folder, store)
    rows = tuple(world_row(folder, store, features, world) for world in worlds)
    write_whole(folder / RESULTS, json.dumps([asdict(row) for row in rows], indent=1) + "\n")
    write_whole(folder / TABLE, as_table(rows) + "\n")
    return as_table(rows)


def _features(folder: Path, store: CropStore) -> Floats:
    path = folder / "features.npy"
    if not path.is_file():
        engine = TorchEngine(load_bundle(DEMO).network, FACE_INPUT)
        with whole_file(path) as part, part.open("wb") as opened:
            np.save(opened, picture_features(engine, store))
    features: Floats = np.load(path)
    return features


if __name__ == "__main__":
    torch.manual_seed(SEED)
    named = tuple(SurvivalWorld(name) for name in sys.argv[2:]) or tuple(SurvivalWorld)
    print(prove(Path(sys.argv[1]), named))
