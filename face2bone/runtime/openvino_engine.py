"""Inference with OpenVINO on the CPU: faster than torch, most of all for one face at a time.

The network is traced and converted in memory, once, with three outputs: the stem, the
features at the cut, and the logits. The models from one of these (or the input) to another
are taken from that one graph, and each is compiled when first used.
"""

import os
import sys
import threading
import warnings
from collections import deque
from collections.abc import Callable
from queue import Empty, LifoQueue
from types import ModuleType
from typing import Any, Final, Literal

import numpy as np
import torch
from torch import Tensor, nn

from face2bone.arrays import Singles
from face2bone.covariates import Rows
from face2bone.errors import EngineError
from face2bone.modalities.input_spec import InputSpec
from face2bone.nn import BundleNetwork
from face2bone.nn.network import Stages
from face2bone.runtime.engine import AT_ONCE, Precision, batches, checked, joined, rows_of

Part = Literal["stem", "after_stem", "features", "head", "logits"]
CHANNELS_LAST: Final = (0, 2, 3, 1)
CHANNELS_FIRST: Final = (0, 3, 1, 2)

# A batch of two, so that no operation is traced as one for a batch of one.
EXAMPLE_BATCH: Final = 2


class OpenVinoEngine:
    """A network converted to OpenVINO, for the CPU.

    spec: what the network reads, from its card.
    threads: CPU threads, which up to ``AT_ONCE`` batches share; None lets OpenVINO take every core.
    precision: "bf16" where the processor computes in it.

    Raises ``EngineError`` when OpenVINO is not installed, cannot convert the network, or
    the processor does not have the precision.
    """

    def __init__(
        self,
        network: BundleNetwork,
        spec: InputSpec,
        threads: int | None = None,
        precision: Precision = "f32",
    ) -> None:
        self._openvino = import_openvino()
        self._core = self._openvino.Core()
        if precision == "bf16" and not self._has_bf16():
            raise EngineError("This processor does not compute in bf16. Choose f32.")
        self._precision = precision
        self._options: dict[str, Any] = {
            "NUM_STREAMS": str(min(AT_ONCE, threads or os.cpu_count() or 1)),
            "INFERENCE_PRECISION_HINT": precision,
            # Left to itself, OpenVINO computes in bf16 wherever the processor does.
            "EXECUTION_MODE_HINT": "ACCURACY",
        }
        if threads is not None:
            self._options["INFERENCE_NUM_THREADS"] = threads
        self._input, self._stages = spec, network.stages
        self._covariates = network.config.covariates
        stem, cut = network.stages.stem, network.stages.cut
        self._cut = (network.cut_channels, cut.height, cut.width)
        self._stem = (stem.height, stem.width, network.stem_channels) if stem else ()
        self._models = _split(self._openvino, _convert(self._openvino, network, spec.shape))
        self._compiled: dict[Part, _Compiled] = {}
        self._lock = threading.Lock()

    @property
    def name(self) -> str:
        """Library, device and precision."""
        return f"openvino cpu {self._precision}"

    @property
    def input(self) -> InputSpec:
        """The pictures its network reads, and how they are scaled."""
        return self._input

    @property
    def stages(self) -> Stages:
        """Where the network's maps lie over its input."""
        return self._stages

    def features(self, x: Singles) -> Singles:
        """Input (B, *input.shape) -> the cut (B, C, h, w)."""
        return self._run("features", x, self._input.shape)

    def head(self, features: Singles, beside: Rows | None = None) -> Singles:
        """The cut (B, C, h, w) -> logits (B, K)."""
        return self._answer("head", features, self._cut, beside)

    def logits(self, x: Singles, beside: Rows | None = None) -> Singles:
        """Input (B, *input.shape) -> logits (B, K)."""
        return self._answer("logits", x, self._input.shape, beside)

    def stem(self, x: Singles) -> Singles:
        """Input (B, *input.shape) -> the stem (B, h, w, C)."""
        return self._run("stem", x, self._input.shape)

    def after_stem(self, stem: Singles, beside: Rows | None = None) -> Singles:
        """The stem (B, h, w, C) -> logits (B, K)."""
        return self._answer("after_stem", stem, self._stem, beside)

    def _answer(
        self, part: Part, x: Singles, shape: tuple[int, ...], beside: Rows | None
    ) -> Singles:
        return self._run(part, x, shape, *rows_of(x, beside, self._covariates)[1:])

    def _run(self, part: Part, x: Singles, shape: tuple[int, ...], *beside: Rows) -> Singles:
        return self._compile(part).infer(checked(x, shape), *beside)

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

    def infer(self, *rows: Singles) -> Singles:
        """All rows, a few batches at a time; a result is a copy that no later pass touches."""
        running: deque[Callable[[], Singles]] = deque()
        results = []
        for part in batches(*rows):
            if len(running) == AT_ONCE:
                results.append(running.popleft()())
            running.append(self._started(part))
        return joined([*results, *(ended() for ended in running)])

    def _started(self, part: tuple[Singles, ...]) -> Callable[[], Singles]:
        """Begin one batch; what is returned waits for its result."""
        try:
            request = self._idle.get_nowait()
        except Empty:
            request = self._model.create_infer_request()
        request.start_async(dict(enumerate(part)), share_inputs=True)

        def ended() -> Singles:
            try:
                request.wait()
                result: Singles = request.get_output_tensor(0).data.copy()
            finally:
                self._idle.put(request)
            return result

        return ended


class _Stages(nn.Module):
    """Stem, features and logits of one pass."""

    def __init__(self, network: BundleNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, x: Tensor, *beside: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        stem = self.network.stem(x)
        features = self.network.features_after(stem)
        return stem, features, self.network.head(features, *beside)


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


def _convert(openvino: ModuleType, network: BundleNetwork, shape: tuple[int, int, int]) -> Any:
    """The network as an OpenVINO model with a dynamic batch: stem, features, logits.

    Its inputs are the picture and, where the network reads any, the covariates.

    Freezing first folds batch normalisation and drops unused weights, which halves the
    time of the conversion.
    """
    beside = [(network.config.covariates,)] if network.config.covariates else []
    shapes: list[tuple[int, ...]] = [shape, *beside]
    example = tuple(torch.zeros(EXAMPLE_BATCH, *each) for each in shapes)
    try:
        with torch.inference_mode(False), torch.no_grad(), warnings.catch_warnings():
            # torch.export, its successor, takes twelve times as long on this network.
            warnings.filterwarnings("ignore", "`torch.jit", DeprecationWarning)
            traced = torch.jit.trace(_Stages(network).eval(), example, check_trace=False)  # type: ignore[no-untyped-call]
            frozen = torch.jit.freeze(traced)
            return openvino.convert_model(
                frozen, example_input=example, input=[([-1, *s], np.float32) for s in shapes]
            )
    except (RuntimeError, ValueError, TypeError) as error:
        raise EngineError(
            "OpenVINO could not convert this network. Choose the torch engine."
        ) from error


def _split(openvino: ModuleType, model: Any) -> dict[Part, Any]:
    """The five models from one graph with results (stem, features, logits)."""
    op = openvino.opset13
    stem, features, logits = model.get_results()
    whole = op.transpose(stem.input_value(0), np.array(CHANNELS_LAST))
    inputs = model.get_parameters()
    picture = inputs[:1]
    return {
        "stem": openvino.Model([op.result(whole)], picture, "stem"),
        "after_stem": _rest(openvino, model, 0, CHANNELS_FIRST),
        "features": openvino.Model([features], picture, "features"),
        "head": _rest(openvino, model, 1, None),
        "logits": openvino.Model([logits], inputs, "logits"),
    }


def _rest(openvino: ModuleType, model: Any, at: int, order: tuple[int, ...] | None) -> Any:
    """The part from result ``at`` to the logits; ``order`` transposes what is put in there."""
    op = openvino.opset13
    results = (cut := model.clone()).get_results()
    boundary = results[at].input_value(0)
    shape = boundary.get_partial_shape()
    if order is not None:
        shape = openvino.PartialShape([shape[order.index(i)] for i in range(len(order))])
    parameter = op.parameter(shape, np.float32)
    entry = parameter if order is None else op.transpose(parameter, np.array(order))
    for consumer in boundary.get_target_inputs():
        if consumer.get_node() != results[at]:
            consumer.replace_source_output(entry.output(0))
    beside = cut.get_parameters()[1:]
    return openvino.Model([results[-1]], [parameter, *beside], cut.get_friendly_name())
