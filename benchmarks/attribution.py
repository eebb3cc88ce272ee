"""Exact region attribution against the forward passes it needs, and against shap and captum.

    python -m benchmarks.attribution [--runs 3] [--passes 1024]

For the configured bundle and the full-width network. Every figure is for 1,024 passes; with
fewer ``--passes`` that many are timed and scaled up (stems are always run and never scaled).

    bare           passes on ready-made input, on OpenVINO: what cannot be avoided
    exact, plain   the value table by a whole pass for each coalition, on OpenVINO
    exact          as shipped: the stem runs for a few coalitions and is pieced together
    bare, torch    passes on ready-made input, on torch as TorchEngine runs it
    exact, torch   as shipped, on torch
    Partition      shap.PartitionExplainer, whose players are halves of the picture, torch
    Sampling       captum ShapleyValueSampling over the same regions, one class, torch
"""

import argparse
from collections.abc import Callable
from typing import Any, Final

import numpy as np
import torch
from torch import Tensor

from benchmarks.timing import THREADS, drawn_face, machine, medians, networks
from face2bone.arrays import Flags, Pixels, Reals
from face2bone.explain.baselines import Baseline, blur_baseline
from face2bone.explain.coalition_values import painted_crops, value_of_coalitions, values_of
from face2bone.explain.coalitions import BATCH, all_coalitions
from face2bone.modalities.face import FACE_INPUT, AlignedFace
from face2bone.nn import BundleNetwork, normalise
from face2bone.runtime import Engine, OpenVinoEngine, TorchEngine, logits_of_crops, network_input

COALITIONS: Final = 1024
PLAYERS: Final = 10


class Counted:
    """The network on plain torch, as a function of crops (B, 160, 160, 3); counts its passes."""

    def __init__(self, network: BundleNetwork) -> None:
        self.network, self.passes = network, 0

    def tensor(self, crops: Tensor) -> Tensor:
        """Crops to logits (B, 3)."""
        self.passes += len(crops)
        with torch.inference_mode():
            logits: Tensor = self.network(normalise(crops, FACE_INPUT).contiguous())
        return logits

    def __call__(self, crops: Pixels) -> Reals:
        """The same for numpy, at most one batch at a time."""
        starts = range(0, len(crops), BATCH)
        parts = [self.tensor(torch.tensor(crops[i : i + BATCH])).numpy() for i in starts]
        return np.concatenate(parts)


def main() -> None:
    """Print one table a network."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=3, help="rounds; medians are printed")
    parser.add_argument("--passes", type=int, default=COALITIONS, help="passes timed")
    asked = parser.parse_args()
    print(machine())
    face = drawn_face()
    for label, network in networks():
        print(
            f"\n{label}, medians of {asked.runs}, {asked.passes} passes timed of 1,024", flush=True
        )
        for line in lines(network, face, asked.runs, asked.passes):
            print(line, flush=True)


def lines(network: BundleNetwork, face: AlignedFace, runs: int, passes: int) -> list[str]:
    """The table of one network."""
    baseline, plain = blur_baseline(face), Counted(network)
    jobs: dict[str, Callable[[], object]] = {}
    for suffix, engine in (
        ("", OpenVinoEngine(network, FACE_INPUT, threads=THREADS)),
        (", torch", TorchEngine(network, FACE_INPUT, threads=THREADS, device="cpu")),
    ):
        jobs |= engine_jobs(engine, face, baseline, passes, suffix)
    rivals: dict[str, Callable[[], object]] = {
        "Partition": lambda: partition(plain, face, passes),
        "Sampling": lambda: sampling(plain, face, baseline, passes),
    }
    counts = {}
    for name, job in rivals.items():
        before = plain.passes
        job()  # warm, and how many passes it takes
        counts[name] = plain.passes - before
    seconds = medians(jobs | rivals, runs)
    scale = COALITIONS / passes
    figures = {
        "bare": scale * seconds["bare"],
        "exact, plain": scale * seconds["plain"],
        "exact": seconds["stems"] + scale * seconds["rest"],
        "bare, torch": scale * seconds["bare, torch"],
        "exact, torch": seconds["stems, torch"] + scale * seconds["rest, torch"],
        **{name: COALITIONS / counts[name] * seconds[name] for name in rivals},
    }
    head = f"{'':<14}{'seconds':>9}{'/ bare':>8}{'/ exact':>9}"
    rows = [
        f"{name:<14}{s:>9.2f}{s / figures['bare']:>8.2f}{s / figures['exact']:>9.2f}"
        for name, s in figures.items()
    ]
    return [head, *rows, f"stems: {seconds['stems']:.2f} s of the exact table"]


def engine_jobs(
    engine: Engine, face: AlignedFace, baseline: Baseline, passes: int, suffix: str
) -> dict[str, Callable[[], object]]:
    """Bare passes, the plain table, and the shipped one in its two parts."""
    network = logits_of_crops(engine)
    game = (face.pixels, baseline.pixels, face.part_map, PLAYERS)
    coalitions = all_coalitions(PLAYERS)[np.linspace(0, COALITIONS - 1, passes).astype(int)]
    batch = network_input(np.repeat(face.pixels[None], BATCH, axis=0), FACE_INPUT)
    shared = value_of_coalitions(network, *game)

    def painted(rows: Flags) -> Pixels:
        return painted_crops(face.pixels, baseline.pixels, face.part_map, rows)

    def plain() -> object:
        return values_of(lambda rows: network(painted(rows)), coalitions)

    def bare() -> None:
        for _ in range(passes // BATCH):
            engine.logits(batch)

    engine.logits(batch)  # compiled, and its memory taken
    shared(coalitions[:1])
    jobs: dict[str, Callable[[], object]] = {
        "bare": bare,
        "plain": plain,
        "stems": lambda: value_of_coalitions(network, *game),
        "rest": lambda: values_of(shared, coalitions),
    }
    return {name + suffix: job for name, job in jobs.items() if name != "plain" or not suffix}


def partition(plain: Counted, face: AlignedFace, passes: int) -> None:
    """shap's PartitionExplainer with a blurred picture behind, all three classes."""
    import shap

    masker = shap.maskers.Image("blur(20,20)", face.pixels.shape)
    explainer: Any = shap.PartitionExplainer(plain, masker)
    explainer(face.pixels[None].astype(np.float32), max_evals=passes, batch_size=BATCH, silent=True)


def sampling(plain: Counted, face: AlignedFace, baseline: Baseline, passes: int) -> None:
    """captum's sampled Shapley values of the same regions, for one class as it works."""
    from captum.attr import ShapleyValueSampling

    players = np.where(face.part_map < 0, PLAYERS, face.part_map).astype(np.int64)
    mask = torch.from_numpy(np.repeat(players[None, ..., None], 3, axis=-1))
    sampler: Any = ShapleyValueSampling(plain.tensor)
    sampler.attribute(
        torch.from_numpy(face.pixels[None].astype(np.float32)),
        baselines=torch.from_numpy(baseline.pixels[None].astype(np.float32)),
        target=2,
        feature_mask=mask,
        n_samples=max(1, passes // (PLAYERS + 1)),
        perturbations_per_eval=BATCH,
    )


if __name__ == "__main__":
    main()
