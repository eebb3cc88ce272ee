"""What Lightning needs to know: a training step, a validation step, the optimiser, the state."""

import math
from typing import Any, Final

import torch
import torch.nn.functional as F
from lightning.pytorch import LightningModule
from scipy.special import softmax
from torch import Tensor

from face2bone.evaluation.metrics import macro_auc
from face2bone.modalities.input_spec import InputSpec
from face2bone.nn import FaceNetwork, normalise
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


class LabelTraining(LightningModule):
    """Train a network on bone mass classes, T-scores and region maps."""

    def __init__(self, network: FaceNetwork, objective: Objective, spec: InputSpec) -> None:
        super().__init__()
        self.network, self.objective = network, objective
        self.recipe, self.spec = objective.recipe, spec
        self._seen: list[tuple[Tensor, Tensor, Tensor, Tensor]] = []

    def training_step(self, batch: Batch, batch_index: int) -> Tensor:
        """The objective's total on an augmented batch."""
        losses = self.objective(
            self.network.training_outputs(normalise(batch.crops, self.spec)), batch
        )
        self._note("training_loss", losses.label, batch)
        self._note("region_loss", losses.region, batch)
        total: Tensor = losses.total
        return total

    def validation_step(self, batch: Batch, batch_index: int) -> None:
        """Outputs are kept for figures over the whole split."""
        outputs = self.network.training_outputs(normalise(batch.crops, self.spec))
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
        groups = [
            {
                "params": [p for p in weights if p.ndim > 1],
                "weight_decay": self.recipe.weight_decay,
            },
            {"params": [p for p in weights if p.ndim <= 1], "weight_decay": 0.0},
        ]
        optimizer = torch.optim.AdamW(groups, lr=self.recipe.learning_rate, betas=BETAS)
        schedule = torch.optim.lr_scheduler.LambdaLR(
            optimizer, lambda step: share_of_peak(step, steps, self.recipe.warmup)
        )
        return {
            "optimizer": optimizer,
            "lr_scheduler": {"scheduler": schedule, "interval": "step"},
        }

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
