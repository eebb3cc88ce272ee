"""Speed and agreement of the engines: conversion, ms per image, difference from torch.

    python benchmarks/inference.py [WIDTH ...]      widths 0.25 and 1.0 by default

The networks are untrained, which changes nothing about speed; every gain is drawn at
random, so that each part of the network takes part. The best of several runs is given:
on a machine that does other things the mean says more about those.
"""

import sys
import time
from collections.abc import Callable
from functools import partial

import numpy as np
import torch

from face2bone.errors import EngineError
from face2bone.modalities.face import FACE_INPUT
from face2bone.nn import Face2Bone, NetworkConfig
from face2bone.runtime import Engine, OpenVinoEngine, Precision, TorchEngine, network_input, parity

BATCHES = (1, 16, 64)
SECONDS = 3.0
PARITY_CROPS = 64
ENGINES: tuple[tuple[type[TorchEngine] | type[OpenVinoEngine], Precision], ...] = (
    (TorchEngine, "f32"),
    (TorchEngine, "bf16"),
    (OpenVinoEngine, "f32"),
    (OpenVinoEngine, "bf16"),
)


def lively_network(width: float) -> Face2Bone:
    """An untrained network in which no part is switched off by a gain of zero."""
    torch.manual_seed(0)
    network = Face2Bone(NetworkConfig(width=width)).eval()
    for name, parameter in network.named_parameters():
        if name.endswith("gain"):
            torch.nn.init.normal_(parameter)
    return network


def best_ms(call: Callable[[], object]) -> float:
    """Shortest run in milliseconds, repeated for ``SECONDS`` and at least three times."""
    runs: list[float] = []
    while len(runs) < 3 or sum(runs) < SECONDS:
        start = time.perf_counter()
        call()
        runs.append(time.perf_counter() - start)
    return 1000 * min(runs[1:])


def report(engine: Engine, made_in: float, reference: Engine) -> None:
    """One line: making it, ms per image of one pass at each batch, and agreement."""
    crops = np.random.default_rng(0).integers(0, 256, (PARITY_CROPS, 160, 160, 3), dtype=np.uint8)
    x = network_input(crops, FACE_INPUT)
    times = [best_ms(partial(engine.logits, x[:n])) / n for n in BATCHES]
    split = best_ms(lambda: engine.head(engine.features(x[:1])))
    found = parity(reference, engine, crops)
    print(
        f"{engine.name:<20}{made_in:>8.2f}"
        + "".join(f"{ms:>9.1f}" for ms in times)
        + f"{split:>13.1f}{found.max_difference:>12.1e}{found.class_changes:>8}"
    )


def main() -> None:
    """Print one table for each width."""
    for width in [float(word) for word in sys.argv[1:]] or [0.25, 1.0]:
        network = lively_network(width)
        count = sum(parameter.numel() for parameter in network.parameters())
        print(f"\nwidth {width:g}, {count / 1e6:.1f} M parameters")
        print(
            f"{'ms per image':<20}{'made, s':>8}"
            + "".join(f"{f'at {n}':>9}" for n in BATCHES)
            + f"{'in two calls':>13}{'max diff.':>12}{'changes':>8}"
        )
        reference = TorchEngine(network, FACE_INPUT)
        for kind, precision in ENGINES:
            start = time.perf_counter()
            try:
                engine = kind(network, precision=precision)
                engine.logits(np.zeros((1, 3, 160, 160), dtype=np.float32))  # compiles it
            except EngineError as error:
                print(f"{kind.__name__} {precision}: {error}")
                continue
            report(engine, time.perf_counter() - start, reference)


if __name__ == "__main__":
    main()
