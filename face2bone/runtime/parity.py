"""How far apart two engines are on the same crops, in the unit a person is shown."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from face2bone.calibration import Calibrator, calibrated
from face2bone.runtime.engine import Crops, Engine, Precision, beside_patients, logits_of_crops

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
