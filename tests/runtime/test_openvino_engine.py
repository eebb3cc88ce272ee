import sys
from concurrent.futures import ThreadPoolExecutor
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from face2bone.errors import EngineError
from face2bone.modalities.face import FACE_INPUT
from face2bone.nn import Face2Bone, NetworkConfig
from face2bone.runtime import OpenVinoEngine, TorchEngine
from face2bone.runtime.openvino_engine import import_openvino

Arrays = tuple[np.ndarray, np.ndarray]


@pytest.mark.slow
@pytest.mark.parametrize("count", [1, 5, 35])
def test_each_call_equals_the_networks_at_any_batch(
    on_openvino: OpenVinoEngine, inputs: np.ndarray, expected: Arrays, count: int
) -> None:
    features, logits = expected
    assert on_openvino.features(inputs[:count]) == pytest.approx(features[:count], abs=1e-3)
    assert on_openvino.head(features[:count]) == pytest.approx(logits[:count], abs=1e-4)
    assert on_openvino.logits(inputs[:count]) == pytest.approx(logits[:count], abs=1e-4)
    assert on_openvino.features(inputs[:1]).min() >= 0


@pytest.mark.slow
def test_stopped_after_the_stem_it_goes_on_to_the_same_logits(
    on_openvino: OpenVinoEngine, on_torch: TorchEngine, inputs: np.ndarray, expected: Arrays
) -> None:
    stem = on_openvino.stem(inputs[:5])
    assert stem.shape[:3] == (5, 17, 17)
    assert stem == pytest.approx(on_torch.stem(inputs[:5]), abs=1e-4)
    assert on_openvino.after_stem(stem) == pytest.approx(expected[1][:5], abs=1e-4)


@pytest.mark.slow
def test_a_network_with_controls_in_place_of_its_parts_converts_too(inputs: np.ndarray) -> None:
    torch.manual_seed(3)
    config = NetworkConfig(
        width=1 / 32, fsa="control", ssam="control", transformer="control", head="mlp"
    )
    network = Face2Bone(config).eval()
    for name, parameter in network.named_parameters():
        if name.endswith("gain"):
            torch.nn.init.normal_(parameter)
    expected = TorchEngine(network, FACE_INPUT, device="cpu").logits(inputs[:3])
    assert OpenVinoEngine(network, FACE_INPUT).logits(inputs[:3]) == pytest.approx(
        expected, abs=1e-4
    )


@pytest.mark.slow
def test_every_part_is_compiled_for_float32_whatever_the_processor_offers(
    network: Face2Bone, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, dict[str, object]]] = []
    engine = OpenVinoEngine(network, FACE_INPUT, threads=1)
    compile_model = engine._core.compile_model

    def compiled(model: Any, device: str, options: dict[str, object]) -> Any:
        asked.append((model.get_friendly_name(), options))
        return compile_model(model, device, options)

    monkeypatch.setattr(engine, "_core", SimpleNamespace(compile_model=compiled))
    for part in ("stem", "after_stem", "features", "head", "logits"):
        model = engine._compile(part)._model
        precision = model.get_property("INFERENCE_PRECISION_HINT")
        assert precision.get_type_name() == "f32"
    assert len(asked) == 5
    for _, options in asked:
        assert options["INFERENCE_PRECISION_HINT"] == "f32"
        assert options["EXECUTION_MODE_HINT"] == "ACCURACY"


@pytest.mark.slow
def test_threads_share_it_without_mixing_results(
    on_openvino: OpenVinoEngine, inputs: np.ndarray, expected: Arrays
) -> None:
    def call(i: int) -> np.ndarray:
        features = on_openvino.features(inputs[i : i + 1])
        return np.stack([on_openvino.head(features)[0], on_openvino.logits(inputs[i : i + 1])[0]])

    order = [i % 20 for i in range(60)]
    with ThreadPoolExecutor(6) as pool:
        for i, found in zip(order, pool.map(call, order), strict=True):
            assert found == pytest.approx(np.stack([expected[1][i]] * 2), abs=1e-4)


def test_a_result_is_not_overwritten_by_the_next_call(
    on_openvino: OpenVinoEngine, inputs: np.ndarray
) -> None:
    first = on_openvino.logits(inputs[:2])
    kept = first.copy()
    on_openvino.logits(inputs[2:4])
    assert (first == kept).all()


def test_batches_side_by_side_come_back_in_order(
    on_openvino: OpenVinoEngine, inputs: np.ndarray
) -> None:
    many = np.tile(inputs[:5], (15, 1, 1, 1))  # 75 rows: three batches, of which two run at once
    one_by_one = np.concatenate([on_openvino.logits(row[None]) for row in inputs[:5]])
    assert on_openvino.logits(many) == pytest.approx(np.tile(one_by_one, (15, 1)), abs=1e-4)


def test_a_batch_that_fails_leaves_the_others_and_the_next_call_whole(
    on_openvino: OpenVinoEngine, inputs: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiled = on_openvino._compile("logits")
    expected = on_openvino.logits(inputs[:2])
    started, calls = compiled._started, []

    def second_fails(part: tuple[np.ndarray, ...]) -> Any:
        calls.append(part)
        if len(calls) == 2:
            raise RuntimeError("no memory")
        return started(part)

    monkeypatch.setattr(compiled, "_started", second_fails)
    with pytest.raises(RuntimeError, match="no memory"):
        on_openvino.logits(np.tile(inputs[:5], (15, 1, 1, 1)))
    monkeypatch.undo()
    assert on_openvino.logits(inputs[:2]) == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize(("threads", "streams"), [(1, "1"), (2, "2"), (8, "2")])
def test_no_more_batches_run_at_once_than_there_are_threads(
    network: Face2Bone, threads: int, streams: str
) -> None:
    assert OpenVinoEngine(network, FACE_INPUT, threads)._options["NUM_STREAMS"] == streams


@pytest.mark.slow
def test_bf16_is_near_where_the_processor_has_it(
    network: Face2Bone, inputs: np.ndarray, expected: Arrays
) -> None:
    capabilities = import_openvino().Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    if "BF16" not in capabilities:
        pytest.skip("this processor does not compute in bf16")
    engine = OpenVinoEngine(network, FACE_INPUT, threads=1, precision="bf16")
    assert engine.name == "openvino cpu bf16"
    assert engine.logits(inputs[:4]) == pytest.approx(expected[1][:4], abs=0.1)


def test_bf16_is_refused_where_the_processor_lacks_it(
    network: Face2Bone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(OpenVinoEngine, "_has_bf16", lambda self: False)
    with pytest.raises(EngineError, match="bf16"):
        OpenVinoEngine(network, FACE_INPUT, precision="bf16")


def test_inputs_of_another_shape_are_refused(on_openvino: OpenVinoEngine) -> None:
    with pytest.raises(EngineError, match="shape"):
        on_openvino.logits(np.zeros((1, 160, 160, 3), dtype=np.float32))
    with pytest.raises(EngineError, match="shape"):
        on_openvino.head(np.zeros((1, 7, 8, 8), dtype=np.float32))


def test_usage_reporting_is_off(on_openvino: OpenVinoEngine) -> None:
    assert sys.modules["openvino_telemetry"] is None
    reporters = [
        module.tm.__name__
        for name, module in sys.modules.items()
        if name.startswith("openvino.tools") and hasattr(module, "tm")
    ]
    assert set(reporters) == {"openvino.tools.ovc.telemetry_stub"}


def test_an_openvino_that_reports_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    import_openvino()
    from openvino.tools.ovc import telemetry_utils

    monkeypatch.setattr(telemetry_utils, "tm", ModuleType("openvino_telemetry"))
    with pytest.raises(EngineError, match="reporting"):
        import_openvino()


def test_without_openvino_the_error_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "openvino", None)
    with pytest.raises(EngineError, match="torch engine"):
        import_openvino()


def test_a_network_it_cannot_convert_is_an_engine_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def head(self: Face2Bone, features: torch.Tensor) -> torch.Tensor:
        raise RuntimeError

    monkeypatch.setattr(Face2Bone, "head", head)
    with pytest.raises(EngineError, match="could not convert"):
        OpenVinoEngine(Face2Bone(NetworkConfig(width=1 / 32)), FACE_INPUT)
