"""What Lightning needs to know: a training step, a validation step, the optimiser, the state."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import torch
import torch.nn.functional as F
from lightning.pytorch import LightningModule
from scipy.special import softmax
from torch import Tensor, nn

from face2bone.evaluation.metrics import macro_auc
from face2bone.modalities.input_spec import InputSpec
from face2bone.nn import PictureNetwork, TrainingOutputs, normalise
from face2bone.training.loader import Batch
from face2bone.training.objective import Objective

MONITOR: Final = "validation_loss"
BETAS: Final = (0.9, 0.98)


def share_of_peak(step: int, steps: int, warmup: float) -> float:
    """Learning rate at a step over the peak's: linear up for a share of all steps, cosine to 0."""
    rising = max(1.0, warmup * steps)
    if step < rising:
        return (step + 1) / (rising + 1)
    done = (step - rising) / max(1.0, steps - rising)
    return 0.5 * (1.0 + math.cos(math.pi * min(1.0, done)))


@dataclass(frozen=True)
class Thaw:
    """How a pretrained trunk learns.

    below the cut not at all; above it not for ``epochs``, and then at ``rate`` of what is new.
    """

    epochs: int
    rate: float


class LabelTraining(LightningModule):
    """Train a network on bone mass classes, T-scores and region maps.

    thaw: of its trunk, where that was pretrained and is to be held still at first.
    """

    def __init__(
        self,
        network: PictureNetwork,
        objective: Objective,
        spec: InputSpec,
        thaw: Thaw | None = None,
    ) -> None:
        super().__init__()
        self.network, self.objective, self.thaw = network, objective, thaw
        below, above = network.pretrained() if thaw else ((), ())
        for parameter in below:
            parameter.requires_grad_(False)
        self._above = {id(parameter) for parameter in above}
        self.recipe, self.spec = objective.recipe, spec
        self._seen: list[tuple[Tensor, Tensor, Tensor, Tensor]] = []

    def training_step(self, batch: Batch, batch_index: int) -> Tensor:
        """The objective's total on an augmented batch."""
        losses = self.objective(self._outputs(batch), batch)
        self._note("training_loss", losses.label, batch)
        self._note("region_loss", losses.region, batch)
        total: Tensor = losses.total
        return total

    def _outputs(self, batch: Batch) -> TrainingOutputs:
        return self.network.training_outputs(normalise(batch.crops, self.spec), batch.beside)

    def validation_step(self, batch: Batch, batch_index: int) -> None:
        """Outputs are kept for figures over the whole split."""
        outputs = self._outputs(batch)
        values = (outputs.logits, batch.labels, outputs.t_score, batch.t_scores)
        logits, labels, predicted, t_scores = (v.detach().float().cpu() for v in values)
        self._seen.append((logits, labels.long(), predicted, t_scores))

    def on_validation_epoch_end(self) -> None:
        """Loss, accuracy, macro AUC and T-score error; the same on every process.

        Where no T-score is known there is no such error: not even an empty column of the curves.
        """
        logits, labels, predicted, t_scores = (
            torch.cat(part) for part in zip(*self._seen, strict=True)
        )
        self._seen.clear()
        self.log(MONITOR, F.cross_entropy(logits, labels), sync_dist=True)
        self.log("validation_accuracy", (logits.argmax(1) == labels).float().mean(), sync_dist=True)
        auc = macro_auc(softmax(logits.double().numpy(), axis=1), labels.numpy())
        self.log("validation_auc", float(auc), sync_dist=True)
        if not t_scores.isnan().all():
            self.log("validation_t_error", (predicted - t_scores).abs().nanmean(), sync_dist=True)

    def configure_optimizers(self) -> Any:
        """AdamW; linear warm-up, then cosine to zero, moved at every step; only matrices decay."""
        # Known only now: with several processes an epoch has fewer steps.
        steps = int(self.trainer.estimated_stepping_batches)
        weights = [p for p in self.parameters() if p.requires_grad]
        groups = self._decayed([p for p in weights if id(p) not in self._above])
        shares = [self._share(steps)] * len(groups)
        if self.thaw is not None:
            groups += self._decayed([p for p in weights if id(p) in self._above])
            shares += [self._thawed(self.thaw, steps)] * 2
        optimizer = torch.optim.AdamW(groups, lr=self.recipe.learning_rate, betas=BETAS)
        schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, shares)
        return {
            "optimizer": optimizer,
            "lr_scheduler": {"scheduler": schedule, "interval": "step"},
        }

    def _decayed(self, weights: list[nn.Parameter]) -> list[dict[str, Any]]:
        """Groups of an optimiser; only matrices decay."""
        matrices = [p for p in weights if p.ndim > 1]
        others = [p for p in weights if p.ndim <= 1]
        decay = self.recipe.weight_decay
        return [
            {"params": matrices, "weight_decay": decay},
            {"params": others, "weight_decay": 0.0},
        ]

    def _share(self, steps: int) -> Callable[[int], float]:
        return lambda step: share_of_peak(step, steps, self.recipe.warmup)

    def _thawed(self, thaw: Thaw, steps: int) -> Callable[[int], float]:
        """Nothing while the trunk is held still, then its rate of what is new."""
        still, share = round(steps * thaw.epochs / self.recipe.epochs), self._share(steps)
        return lambda step: 0.0 if step < still else thaw.rate * share(step)

    def _note(self, name: str, value: Tensor, batch: Batch) -> None:
        """Log the mean over an epoch's patients."""
        self.log(name, value, on_step=False, on_epoch=True, batch_size=len(batch), sync_dist=True)

    def transfer_batch_to_device(
        self, batch: Batch, device: torch.device, dataloader_idx: int
    ) -> Batch:
        """Lightning moves no frozen dataclass by itself."""
        return Batch(**{name: tensor.to(device) for name, tensor in vars(batch).items()})

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Dropout and the region loss draw from torch's generators."""
        checkpoint["random_state"] = torch.get_rng_state()
        if torch.cuda.is_available():
            checkpoint["cuda_random_states"] = torch.cuda.get_rng_state_all()

    def on_load_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Kept until training starts: Lightning draws numbers in between."""
        self._random_state = checkpoint["random_state"]
        self._cuda_states = checkpoint.get("cuda_random_states")

    def on_train_start(self) -> None:
        """Go on with the random state of the checkpoint, if there was one."""
        state = getattr(self, "_random_state", None)
        if state is not None:
            torch.set_rng_state(state.cpu())
            if self._cuda_states is not None and torch.cuda.is_available():
                torch.cuda.set_rng_state_all([s.cpu() for s in self._cuda_states])
