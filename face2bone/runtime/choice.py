"""Which engine runs a bundle: asked for by name, or the fastest that proves itself.

Parity is how far two engines lie apart on the same crops, in the unit a person is shown.
"""

import logging
import threading
from dataclasses import dataclass
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt

from face2bone.calibration import Calibrator, calibrated
from face2bone.choices import EngineKind
from face2bone.errors import EngineError
from face2bone.modalities.input_spec import InputSpec
from face2bone.runtime.engine import Crops, Engine, Precision, beside_patients, logits_of_crops
from face2bone.runtime.openvino_engine import OpenVinoEngine
from face2bone.runtime.torch_engine import TorchEngine

F32_MAX: Final = 0.001
BF16_P99: Final = 0.01
BF16_MAX: Final = 0.03


@dataclass(frozen=True)
class ParityReport:
    """Differences in probability between two engines on ``count`` crops.

    Per crop the largest difference over the classes is taken; ``max_difference`` and
    ``p99`` are over crops. ``class_changes``: crops whose most probable class differs.
    """

    count: int
    max_difference: float
    p99: float
    class_changes: int

    def holds(self, precision: Precision) -> bool:
        """Whether the difference is what rounding explains.

        f32: at most 0.001. bf16: 99th percentile at most 0.01 and none above 0.03.
        """
        if precision == "f32":
            return self.max_difference <= F32_MAX
        return self.p99 <= BF16_P99 and self.max_difference <= BF16_MAX


def parity(
    engine_a: Engine,
    engine_b: Engine,
    crops: Crops,
    calibration: tuple[Calibrator, ...] = (),
    covariates: int = 0,
) -> ParityReport:
    """Compare two engines on crops (B, H, W, C), 0 to 255.

    ``calibration`` is the bundle's, so that the difference is the one a person would see. Where the
    network reads ``covariates``, they are those of an average patient.
    """
    average = np.zeros(covariates, np.float32)
    engines = (beside_patients(engine, average) for engine in (engine_a, engine_b))
    a, b = (calibrated(logits_of_crops(engine)(crops), *calibration) for engine in engines)
    differences = np.abs(a - b).max(axis=1)
    return ParityReport(
        count=len(crops),
        max_difference=float(differences.max()),
        p99=float(np.quantile(differences, 0.99)),
        class_changes=int((a.argmax(axis=1) != b.argmax(axis=1)).sum()),
    )


PROBES: Final = 8
KEPT_ENGINES: Final = 4  # a full-width engine holds about 0.3 GB
PROBE_SEED: Final = 0


class _Card(Protocol):
    @property
    def input(self) -> InputSpec:
        """What the network reads."""


class Runnable(Protocol):
    """What an engine needs of a bundle, whatever its network says of a picture."""

    @property
    def card(self) -> _Card:
        """Says what the network reads."""

    @property
    def network(self) -> Any:
        """In evaluation mode, with a stem, features and a head."""

    @property
    def calibration(self) -> tuple[Calibrator, ...]:
        """From logits to the shares that two engines are compared by."""

    @property
    def mean_picture(self) -> npt.NDArray[np.uint8]:
        """(H, W, C) of the network's input."""

    @property
    def sha256(self) -> str:
        """Of the card, which holds the hash of everything else."""


_log = logging.getLogger(__name__)
_lock = threading.Lock()
_engines: dict[tuple[str, EngineKind, int | None, Precision], Engine] = {}


def make_engine(
    bundle: Runnable,
    kind: EngineKind = "auto",
    threads: int | None = None,
    precision: Precision = "f32",
) -> Engine:
    """An engine for the bundle; made once per process, bundle hash and choice.

    kind: "torch" (the GPU where there is one), "openvino" (CPU), or "auto": torch on a
        GPU; else OpenVINO if it is installed and agrees with torch on ``probe_crops``;
        else torch. A reduced precision that does not agree is given up for f32.
    threads: CPU threads of each call; None for the library's own choice.

    Raises ``EngineError`` for an unknown kind, or an engine that cannot run here.
    """
    key = (bundle.sha256, kind, threads, precision)
    with _lock:
        if key not in _engines:
            engine = _make(bundle, kind, threads, precision)
            while len(_engines) >= KEPT_ENGINES:
                _engines.pop(next(iter(_engines)))
            _engines[key] = engine
        return _engines[key]


def probe_crops(bundle: Runnable) -> npt.NDArray[np.uint8]:
    """Crops (8, H, W, C) on which "auto" compares engines: the mean face, perturbed.

    Light from 0.7 to 1.3 times the mean face's, and noise of 12 levels, from a fixed seed.
    """
    rng = np.random.default_rng(PROBE_SEED)
    light = np.linspace(0.7, 1.3, PROBES)[:, None, None, None]
    noise = rng.normal(0.0, 12.0, (PROBES, *bundle.mean_picture.shape))
    return np.clip(np.rint(light * bundle.mean_picture + noise), 0, 255).astype(np.uint8)


def _make(bundle: Runnable, kind: EngineKind, threads: int | None, precision: Precision) -> Engine:
    match kind:
        case "torch":
            return TorchEngine(bundle.network, bundle.card.input, threads, precision)
        case "openvino":
            return OpenVinoEngine(bundle.network, bundle.card.input, threads, precision)
        case "auto":
            return _prove(bundle, threads, precision)
        case _:
            raise EngineError(
                "There is no engine {engine}. Set FACE2BONE_ENGINE to auto, torch or openvino.",
                engine=f"{kind!r}",
            )


def _prove(bundle: Runnable, threads: int | None, precision: Precision) -> Engine:
    network, spec = bundle.network, bundle.card.input
    reference = TorchEngine(network, spec, threads)
    if reference.device.type != "cpu":
        return reference if precision == "f32" else TorchEngine(network, spec, threads, precision)
    for candidate in dict.fromkeys((precision, "f32")):
        try:
            engine = OpenVinoEngine(network, spec, threads, candidate)
        except EngineError:
            _log.warning("OpenVINO is not used: it cannot run", extra={"precision": candidate})
            continue
        covariates = network.config.covariates
        report = parity(reference, engine, probe_crops(bundle), bundle.calibration, covariates)
        if report.holds(candidate):
            return engine
        differs = {"precision": candidate}
        _log.warning("OpenVINO is not used: it differs from torch", extra=differs)
    return reference
