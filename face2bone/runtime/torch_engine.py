"""Inference with torch: on the GPU where there is one, else on the CPU."""

import copy
from collections.abc import Callable

import torch
from torch import Tensor

from face2bone.arrays import Singles
from face2bone.covariates import Rows
from face2bone.modalities.input_spec import InputSpec
from face2bone.nn import BundleNetwork
from face2bone.nn.network import Stages
from face2bone.runtime.engine import Precision, checked, in_batches, rows_of


class TorchEngine:
    """A copy of a network in evaluation mode, channels last, without gradients.

    spec: what the network reads, from its card.
    device: "cuda" or "cpu"; by default CUDA (or ROCm) where torch finds it.
    threads: CPU threads of each call; torch keeps this figure per calling thread, so it
        is set at every call and stays set there. None leaves torch's own.
    precision: "bf16" runs under autocast.
    """

    def __init__(
        self,
        network: BundleNetwork,
        spec: InputSpec,
        threads: int | None = None,
        precision: Precision = "f32",
        device: str | None = None,
    ) -> None:
        self.device = torch.device(device or ("cuda" if torch.cuda.is_available() else "cpu"))
        own = copy.deepcopy(network).eval().requires_grad_(False)
        # torch's annotations know this keyword only together with a dtype.
        self._network = own.to(self.device).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self._threads = threads
        self._precision = precision
        self._input, self._stages = spec, network.stages
        self._covariates = network.config.covariates
        stem, cut = network.stages.stem, network.stages.cut
        self._cut = (network.cut_channels, cut.height, cut.width)
        self._stem = (stem.height, stem.width, network.stem_channels) if stem else ()

    @property
    def name(self) -> str:
        """Library, device and precision."""
        return f"torch {self.device.type} {self._precision}"

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
        return self._run(self._network.features, x, self._input.shape)

    def head(self, features: Singles, beside: Rows | None = None) -> Singles:
        """The cut (B, C, h, w) -> logits (B, K)."""
        return self._answer(self._network.head, features, self._cut, beside)

    def logits(self, x: Singles, beside: Rows | None = None) -> Singles:
        """Input (B, *input.shape) -> logits (B, K)."""
        return self._answer(self._network.forward, x, self._input.shape, beside)

    def stem(self, x: Singles) -> Singles:
        """Input (B, *input.shape) -> the stem (B, h, w, C)."""
        return self._run(self._channels_last_stem, x, self._input.shape)

    def after_stem(self, stem: Singles, beside: Rows | None = None) -> Singles:
        """The stem (B, h, w, C) -> logits (B, K)."""
        # Permuted, channels last in memory already: this copies nothing.
        return self._answer(self._after_stem, stem, self._stem, beside)

    def _channels_last_stem(self, rows: Tensor) -> Tensor:
        stem: Tensor = self._network.stem(rows).permute(0, 2, 3, 1)
        return stem

    def _after_stem(self, rows: Tensor, *beside: Tensor) -> Tensor:
        features = self._network.features_after(rows.permute(0, 3, 1, 2))
        logits: Tensor = self._network.head(features, *beside)
        return logits

    def _answer(
        self, part: Callable[..., Tensor], x: Singles, shape: tuple[int, ...], beside: Rows | None
    ) -> Singles:
        return self._run(part, x, shape, *rows_of(x, beside, self._covariates)[1:])

    def _run(
        self, part: Callable[..., Tensor], x: Singles, shape: tuple[int, ...], *beside: Rows
    ) -> Singles:
        if self._threads is not None:
            torch.set_num_threads(self._threads)
        reduced = self._precision == "bf16"
        with torch.inference_mode(), torch.autocast(self.device.type, torch.bfloat16, reduced):
            return in_batches(lambda *rows: self._pass(part, *rows), checked(x, shape), *beside)

    def _pass(self, part: Callable[..., Tensor], rows: Singles, *beside: Rows) -> Singles:
        batch = torch.tensor(rows, device=self.device)
        if rows.shape[1:] != self._stem:
            batch = batch.to(memory_format=torch.channels_last)
        others = (torch.tensor(each, device=self.device) for each in beside)
        result: Singles = part(batch, *others).float().contiguous().cpu().numpy()
        return result
