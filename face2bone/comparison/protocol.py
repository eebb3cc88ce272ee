"""What every network of a comparison shares: patients, split, recipe, tuning. One value.

The split follows from the cohort alone (seed 0), never from the seed of a run: seeds change a
network's first weights, the order of the crops and their random changes. Networks start from
those weights; none is pretrained. All learn the classes and the T-score; SSAM's region maps are a
part of SSAM, so only networks that have it learn them.

The learning rate is the one thing tuned: two rates, each tried in a whole run with seed 0. The one
with the lower validation loss is kept, and its run is the network's run of seed 0; the other is
never scored. (Shorter trials were tried and told nothing: after a third of the epochs no rate had
taught anything yet.) The arms of the ablation take the rate of the network at hand.

What a network reads beside the picture joins every one of them late, standardised by the training
patients as ``training.run`` does it.

    config.toml       the recipe
    crops/            the crop store (``cohort.crops``)
    split.csv         which side of the split every patient is on
    landmarks.npz     landmarks of every crop, where the study has any (``baselines``)
    runs/             one folder a run (``runs``)
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from face2bone.cohort.crop_store import CropStore
from face2bone.cohort.crops import photo_crops
from face2bone.cohort.manifest import Cohort, read_manifest
from face2bone.covariates import Covariate, fit_covariates
from face2bone.errors import TrainingError
from face2bone.progress import Progress
from face2bone.studies import Study, study_named
from face2bone.training.counts import FOR_A_COMPARISON, check_counts
from face2bone.training.recipe import Recipe, read_recipe
from face2bone.training.run import Members, open_run, split_store

CROPS: Final = "crops"
SPLIT_SEED: Final = 0
RATE_FACTORS: Final = (0.5, 2.0)  # of the recipe's learning rate
TUNING_SEED: Final = 0


@dataclass(frozen=True)
class Protocol:
    """What every run in one folder shares; ``members`` are positions in the store's index.

    covariates: what every network reads beside the picture, unless it is an arm without.
    """

    folder: Path
    recipe: Recipe
    store: CropStore
    members: Members
    covariates: tuple[Covariate, ...]

    @property
    def rates(self) -> tuple[float, ...]:
        """Learning rates every network tries."""
        return tuple(factor * self.recipe.training.learning_rate for factor in RATE_FACTORS)

    def with_rate(self, rate: float) -> Recipe:
        """The recipe at a learning rate."""
        training = self.recipe.training.model_copy(update={"learning_rate": rate})
        return self.recipe.model_copy(update={"training": training})


@dataclass(frozen=True)
class CohortProtocol(Protocol):
    """The same with the patients' own table and photos, which only simple models and the oracle
    ask.
    """

    cohort: Cohort


def open_protocol(
    manifest: Path, out: Path, recipe: str | Path | None, progress: Progress
) -> CohortProtocol:
    """Align the cohort's pictures and split its patients, or go on where the folder was left.

    ``recipe`` is what the study is compared by unless another is named. Raises ``ManifestError``
    for a cohort that breaks a rule, ``TrainingError`` when the recipe cannot serve (it draws its
    own patients, starts from a pretrained trunk, or is of another study's network), the folder is
    that of another comparison, or a side of the split lacks a class, ``StudyError`` for a cohort of
    a study that is not ready, ``CovariateMissing`` for one without what its network reads beside
    the picture.
    """
    named = None if recipe is None else _fair(recipe)
    cohort = read_manifest(manifest)
    study = study_named(cohort.study)
    settled = _of_study(named or _fair(study.ready().compared_by), study)
    modality = study.ready().modality
    check_counts(cohort.table, settled, SPLIT_SEED, FOR_A_COMPARISON)
    folder = open_run(out, settled, SPLIT_SEED)
    store = photo_crops(
        cohort,
        modality,
        folder / CROPS,
        progress=lambda done, n: progress("aligning photos", done, n),
    )
    check_counts(store.index, settled, SPLIT_SEED, FOR_A_COMPARISON)
    members = split_store(store, settled, SPLIT_SEED, folder)
    beside = fit_covariates(store.index.iloc[members["train"]], study.covariates)
    return CohortProtocol(folder, settled, store, members, beside, cohort)


def _fair(recipe: str | Path) -> Recipe:
    """A recipe by which every network can start from nothing on the same patients."""
    settled = read_recipe(recipe)
    if settled.cohort is not None or settled.backbone is not None:
        raise TrainingError(
            "The recipe {recipe} draws its own patients or starts from a pretrained trunk, "
            "which no other network could. Name one that does neither, such as compact.",
            recipe=f"{settled.name!r}",
        )
    return settled


def _of_study(recipe: Recipe, study: Study) -> Recipe:
    tools = study.ready()
    if recipe.architecture != tools.architecture:
        raise TrainingError(
            "The recipe {recipe} is for another network than the study {study} uses. Leave "
            "it out, or name one for {network}.",
            recipe=f"{recipe.name!r}",
            study=study.id,
            network=tools.architecture,
        )
    return recipe
