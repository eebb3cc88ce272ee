from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from face2bone.bundle import Bundle
from face2bone.calibration import Temperature
from face2bone.errors import EngineError
from face2bone.modalities.face import FACE_INPUT
from face2bone.modalities.input_spec import InputSpec
from face2bone.nn import Face2Bone
from face2bone.nn.inception_resnet_v1 import STAGES
from face2bone.runtime import ParityReport, TorchEngine, choice, make_engine, parity, probe_crops


@pytest.fixture(autouse=True)
def no_engines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choice, "_engines", {})


class StandIn(TorchEngine):
    """Takes OpenVINO's place: the same network, its logits shifted by ``error``."""

    error = np.zeros(3, dtype=np.float32)
    refused: tuple[str, ...] = ()

    def __init__(
        self, network: Face2Bone, spec: InputSpec, threads: int | None, precision: str
    ) -> None:
        if precision in self.refused:
            raise EngineError("This processor does not compute in bf16. Choose f32.")
        super().__init__(network, spec, threads, device="cpu")
        self.wanted = precision

    @property
    def name(self) -> str:
        return f"openvino cpu {self.wanted}"

    def logits(self, x: np.ndarray) -> np.ndarray:
        return super().logits(x) + self.error


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch) -> type[StandIn]:
    kind = type("Own", (StandIn,), {})
    monkeypatch.setattr(choice, "OpenVinoEngine", kind)
    return kind


@pytest.mark.slow
def test_auto_is_openvino_when_it_agrees(tiny_bundle: Bundle) -> None:
    assert make_engine(tiny_bundle).name == "openvino cpu f32"


def test_auto_is_torch_when_openvino_cannot_run(
    tiny_bundle: Bundle, stand_in: Any, caplog: pytest.LogCaptureFixture
) -> None:
    stand_in.refused = ("f32", "bf16")
    assert make_engine(tiny_bundle).name == "torch cpu f32"
    assert "is not used" in caplog.text


def test_auto_is_torch_when_openvino_differs(
    tiny_bundle: Bundle, stand_in: Any, caplog: pytest.LogCaptureFixture
) -> None:
    stand_in.error = np.array([0.0, 0.0, 0.05], dtype=np.float32)
    assert make_engine(tiny_bundle).name == "torch cpu f32"
    assert "differs from torch" in caplog.text


def test_a_reduced_precision_is_given_up_for_f32_when_it_differs_or_is_missing(
    tiny_bundle: Bundle, stand_in: Any
) -> None:
    assert make_engine(tiny_bundle, precision="bf16", threads=1).name == "openvino cpu bf16"
    stand_in.refused = ("bf16",)
    assert make_engine(tiny_bundle, precision="bf16").name == "openvino cpu f32"


def test_an_engine_is_made_once_for_each_bundle_and_choice(
    tiny_bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = make_engine(tiny_bundle, "torch")
    assert make_engine(tiny_bundle, "torch") is first
    assert make_engine(tiny_bundle, "torch", threads=1) is not first
    assert make_engine(replace(tiny_bundle, sha256="0" * 64), "torch") is not first
    monkeypatch.setattr(choice, "KEPT_ENGINES", 1)
    make_engine(tiny_bundle, "torch", threads=2)
    assert make_engine(tiny_bundle, "torch") is not first


def test_an_unknown_engine_is_refused(tiny_bundle: Bundle) -> None:
    with pytest.raises(EngineError, match="'tensorflow'"):
        make_engine(tiny_bundle, "tensorflow")  # type: ignore[arg-type]


def test_a_named_engine_that_cannot_run_is_an_error(tiny_bundle: Bundle, stand_in: Any) -> None:
    stand_in.refused = ("bf16",)
    with pytest.raises(EngineError, match="bf16"):
        make_engine(tiny_bundle, "openvino", precision="bf16")


def test_probe_crops_are_the_same_every_time_and_differ_from_each_other(
    tiny_bundle: Bundle,
) -> None:
    probes = probe_crops(tiny_bundle)
    assert probes.shape == (8, 160, 160, 3)
    assert (probes == probe_crops(tiny_bundle)).all()
    assert len({probe.tobytes() for probe in probes}) == 8


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
