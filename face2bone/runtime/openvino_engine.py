"""Inference with OpenVINO on the CPU: faster than torch, most of all for one face at a time.

The network is traced and converted in memory, once, with two outputs: the features at the
cut and the logits. Three models are taken from that one graph - input to features,
features to logits, input to logits - and each is compiled when first used.
"""

import sys
import threading
import warnings
from queue import Empty, LifoQueue
from types import ModuleType
from typing import Any, Final, Literal

import numpy as np
import torch
from torch import Tensor, nn

from face2bone.errors import EngineError
from face2bone.nn import Face2Bone
from face2bone.nn.config import CUT_SIZE
from face2bone.nn.inception_resnet_v1 import mixed_6a_channels
from face2bone.runtime.engine import INPUT_SHAPE, Floats, Precision, checked, in_batches

Part = Literal["features", "head", "logits"]

# A batch of two, so that no operation is traced as one for a batch of one.
EXAMPLE_BATCH: Final = 2


class OpenVinoEngine:
    """A network converted to OpenVINO, for the CPU.

    threads: CPU threads of each call; None lets OpenVINO take every core.
    precision: "bf16" where the processor computes in it.

    Raises ``EngineError`` when OpenVINO is not installed, cannot convert the network, or
    the processor does not have the precision.
    """

    def __init__(
        self, network: Face2Bone, threads: int | None = None, precision: Precision = "f32"
    ) -> None:
        self._openvino = import_openvino()
        self._core = self._openvino.Core()
        if precision == "bf16" and not self._has_bf16():
            raise EngineError("This processor does not compute in bf16. Choose f32.")
        self._precision = precision
        self._options: dict[str, Any] = {
            "PERFORMANCE_HINT": "LATENCY",
            "INFERENCE_PRECISION_HINT": precision,
        }
        if threads is not None:
            self._options["INFERENCE_NUM_THREADS"] = threads
        self._cut = (mixed_6a_channels(network.config.channels), CUT_SIZE, CUT_SIZE)
        self._models = _split(self._openvino, _convert(self._openvino, network))
        self._compiled: dict[Part, _Compiled] = {}
        self._lock = threading.Lock()

    @property
    def name(self) -> str:
        """Library, device and precision."""
        return f"openvino cpu {self._precision}"

    def features(self, x: Floats) -> Floats:
        """Input (B, 3, 160, 160) -> the cut (B, C, 8, 8), non-negative."""
        return self._run("features", x, INPUT_SHAPE)

    def head(self, features: Floats) -> Floats:
        """The cut (B, C, 8, 8) -> logits (B, 3)."""
        return self._run("head", features, self._cut)

    def logits(self, x: Floats) -> Floats:
        """Input (B, 3, 160, 160) -> logits (B, 3)."""
        return self._run("logits", x, INPUT_SHAPE)

    def _run(self, part: Part, x: Floats, shape: tuple[int, ...]) -> Floats:
        return in_batches(self._compile(part).infer, checked(x, shape))

    def _compile(self, part: Part) -> "_Compiled":
        with self._lock:
            if part not in self._compiled:
                model = self._models[part]
                self._compiled[part] = _Compiled(
                    self._core.compile_model(model, "CPU", self._options)
                )
            return self._compiled[part]

    def _has_bf16(self) -> bool:
        return "BF16" in self._core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")


class _Compiled:
    """One compiled model and its idle requests: as many as ever ran at once."""

    def __init__(self, model: Any) -> None:
        self._model = model
        self._idle: LifoQueue[Any] = LifoQueue()

    def infer(self, rows: Floats) -> Floats:
        """One pass; the result is a copy that the next pass does not touch."""
        try:
            request = self._idle.get_nowait()
        except Empty:
            request = self._model.create_infer_request()
        try:
            result: Floats = request.infer({0: rows}, share_inputs=True)[0]
        finally:
            self._idle.put(request)
        return result


class _Both(nn.Module):
    """Features and logits of one pass."""

    def __init__(self, network: Face2Bone) -> None:
        super().__init__()
        self.network = network

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        features = self.network.features(x)
        return features, self.network.head(features)


def import_openvino() -> ModuleType:
    """OpenVINO with its usage reporting off.

    Converting a model reports to an analytics host from a child process, unless the
    package that does so cannot be imported when OpenVINO is.

    Raises ``EngineError`` when OpenVINO is missing, or was imported with reporting on.
    """
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
    try:
        import openvino
        from openvino.tools.ovc import telemetry_utils
    except ImportError as error:
        raise EngineError(
            "OpenVINO is not installed here. Install requirements.txt or choose the torch engine."
        ) from error
    if telemetry_utils.tm.__name__ != "openvino.tools.ovc.telemetry_stub":
        raise EngineError(
            "OpenVINO was imported with its usage reporting on. "
            "Import face2bone.runtime first, or choose the torch engine."
        )
    module: ModuleType = openvino
    return module


def _convert(openvino: ModuleType, network: Face2Bone) -> Any:
    """The network as an OpenVINO model with a dynamic batch: features, logits.

    Freezing first folds batch normalisation and drops unused weights, which halves the
    time of the conversion.
    """
    example = torch.zeros(EXAMPLE_BATCH, *INPUT_SHAPE)
    try:
        with torch.inference_mode(False), torch.no_grad(), warnings.catch_warnings():
            # torch.export, its successor, takes twelve times as long on this network.
            warnings.filterwarnings("ignore", "`torch.jit", DeprecationWarning)
            traced = torch.jit.trace(_Both(network).eval(), example, check_trace=False)  # type: ignore[no-untyped-call]
            frozen = torch.jit.freeze(traced)
            return openvino.convert_model(
                frozen, example_input=example, input=[([-1, *INPUT_SHAPE], np.float32)]
            )
    except (RuntimeError, ValueError, TypeError) as error:
        raise EngineError(
            "OpenVINO could not convert this network. Choose the torch engine."
        ) from error


def _split(openvino: ModuleType, model: Any) -> dict[Part, Any]:
    """Three models from one graph with results (features, logits)."""
    cut = model.clone()
    features_result, logits_result = cut.get_results()
    boundary = features_result.input_value(0)
    parameter = openvino.opset13.parameter(boundary.get_partial_shape(), np.float32)
    for consumer in boundary.get_target_inputs():
        if consumer.get_node() != features_result:
            consumer.replace_source_output(parameter.output(0))
    features, logits = model.get_results()
    inputs = model.get_parameters()
    return {
        "features": openvino.Model([features], inputs, "features"),
        "head": openvino.Model([logits_result], [parameter], "head"),
        "logits": openvino.Model([logits], inputs, "logits"),
    }
