from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from face2bone.bundle import Bundle
from face2bone.errors import EngineError
from face2bone.modalities.input_spec import InputSpec
from face2bone.nn import Face2Bone
from face2bone.runtime import TorchEngine, choice, make_engine, probe_crops


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
