from typing import Any

import numpy as np
import pytest

from face2bone.calibration import Temperature
from face2bone.modalities.face import FACE_INPUT
from face2bone.nn.inception_resnet_v1 import STAGES
from face2bone.runtime import ParityReport, parity


def crops(first_pixels: list[tuple[int, int, int]]) -> np.ndarray:
    result = np.zeros((len(first_pixels), 160, 160, 3), dtype=np.uint8)
    result[:, 0, 0] = first_pixels
    return result


def test_an_engine_equals_itself(scripted: Any) -> None:
    found = parity(scripted(), scripted(), crops([(255, 0, 0), (0, 0, 255)]))
    assert found == ParityReport(count=2, max_difference=0.0, p99=0.0, class_changes=0)


def test_differences_are_those_of_the_probabilities(scripted: Any) -> None:
    # logits (1, 0, 0) - scaled - against the same with the last class raised by 2
    other = scripted(shift=np.array([0.0, 0.0, 2.0]))
    pixels = crops([(255, 127, 127)])
    x = (np.array([255, 127, 127]) - 127.5) / 128
    a = np.exp(x) / np.exp(x).sum()
    b = np.exp(x + np.array([0, 0, 2])) / np.exp(x + np.array([0, 0, 2])).sum()
    found = parity(scripted(), other, pixels)
    assert found.max_difference == pytest.approx(np.abs(a - b).max(), abs=1e-6)
    assert found.class_changes == 1
    softer = parity(scripted(), other, pixels, (Temperature(4.0),))
    assert softer.max_difference < found.max_difference


def test_the_percentile_is_over_crops(scripted: Any) -> None:
    class OneOff:
        name, input, stages = "one off", FACE_INPUT, STAGES

        def __init__(self) -> None:
            self.features = self.head = lambda x: x

        def logits(self, x: np.ndarray) -> np.ndarray:
            result = scripted().logits(x)
            result[x[:, 0, 0, 0] > 0] += [0.0, 0.0, 1.0]
            return np.asarray(result)

    found = parity(scripted(), OneOff(), crops([(0, 0, 0)] * 299 + [(255, 0, 0)]))
    assert found.p99 == 0.0
    assert found.max_difference > 0.05


@pytest.mark.parametrize(
    ("largest", "p99", "f32", "bf16"),
    [
        (0.0009, 0.0001, True, True),
        (0.002, 0.0001, False, True),
        (0.029, 0.0099, False, True),
        (0.029, 0.0101, False, False),
        (0.031, 0.0001, False, False),
    ],
)
def test_limits(largest: float, p99: float, f32: bool, bf16: bool) -> None:
    report = ParityReport(count=500, max_difference=largest, p99=p99, class_changes=0)
    assert report.holds("f32") is f32
    assert report.holds("bf16") is bf16
