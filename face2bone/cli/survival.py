"""Command that asks what a face says of a cohort's survival: survival."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from face2bone import __version__, clock
from face2bone.cli.application import (
    BundleOption,
    Crops,
    Out,
    app,
    crops_folder,
    plain_errors,
    progress_bar,
)

if TYPE_CHECKING:
    from face2bone.cohort.survival_manifest import SurvivalCohort
    from face2bone.evaluation.survival.clinical import People
    from face2bone.evaluation.survival.record import FollowedCohort, ScoreSource
    from face2bone.evaluation.survival.study import Scores


@app.command()
def survival(
    manifest: Annotated[Path, typer.Argument(help="CSV or parquet manifest of who was followed.")],
    out: Out,
    bundle: BundleOption = None,
    score: Annotated[
        str, typer.Option(help="A column of the manifest to use instead of photos and a bundle.")
    ] = "",
    in_years: Annotated[
        bool, typer.Option("--in-years", help="The column of --score is in years.")
    ] = False,
    adjust: Annotated[
        list[str] | None,
        typer.Option(help="A further column of numbers to adjust for; may be repeated."),
    ] = None,
    crops: Crops = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of folds and resamples.")] = 0,
) -> None:
    """Ask of a cohort whether the face says more of survival than age and sex do."""
    from face2bone.cohort.survival_manifest import read_survival_manifest
    from face2bone.evaluation.survival.record import ScoreSource, SurvivalRecord
    from face2bone.evaluation.survival.study import survival_study
    from face2bone.evaluation.survival.words import verdict
    from face2bone.report.model.survival_files import write_survival

    if score and (bundle or crops):
        raise typer.BadParameter("--score takes the place of --bundle and --crops.")
    if in_years and not score:
        raise typer.BadParameter("--in-years belongs to --score.")
    with plain_errors():
        cohort = read_survival_manifest(manifest, score, tuple(adjust or ()))
        if score:
            scores, source = _column(cohort, in_years), ScoreSource(score, None, None, 0)
        else:
            cohort, scores, source = _from_photos(cohort, bundle, crops, seed)
        record = SurvivalRecord(
            source=source,
            cohort=_described(cohort),
            study=survival_study(_people(cohort), cohort.times, scores, seed),
            created_on=clock.today(),
            software=f"face2bone {__version__}",
        )
        write_survival(record, out)
    typer.echo(verdict(record.study))


def _people(cohort: "SurvivalCohort") -> "People":
    from face2bone.evaluation.survival.clinical import People

    return People(cohort.age_years, cohort.male, cohort.others)


def _column(cohort: "SurvivalCohort", in_years: bool) -> "Scores":
    from face2bone.evaluation.survival.study import Score, Scores

    how = f"the column {cohort.score} of the manifest, as it stands there"
    return Scores((Score(cohort.score, cohort.scores, in_years, how),))


def _from_photos(
    cohort: "SurvivalCohort", bundle: Path | None, crops: Path | None, seed: int
) -> tuple["SurvivalCohort", "Scores", "ScoreSource"]:
    """The patients with a usable photo, their scores, and where these come from."""
    from dataclasses import replace

    from face2bone.bundle import bundle_hash, load_bundle
    from face2bone.cohort.crops import photo_crops
    from face2bone.errors import WrongStudy
    from face2bone.evaluation.added_value.columns import picture_features
    from face2bone.evaluation.record import BundleName
    from face2bone.evaluation.survival.record import ScoreSource
    from face2bone.evaluation.survival.study import scores_of_features
    from face2bone.runtime import make_engine
    from face2bone.settings import get_settings
    from face2bone.studies import SURVIVAL_PICTURES, study_named

    settings = get_settings()
    loaded = load_bundle(bundle or settings.bundle)
    if study_named(loaded.card.study).ready().modality is not SURVIVAL_PICTURES:
        raise WrongStudy(
            "The bundle {bundle} is of the study {study} and reads no faces. Choose a "
            "bundle that does.",
            bundle=loaded.card.name,
            study=loaded.card.study,
        )
    engine = make_engine(loaded, settings.engine, threads=settings.threads)
    with crops_folder(crops) as folder, progress_bar("aligning", len(cohort.table)) as advance:
        store = photo_crops(cohort.pictures, SURVIVAL_PICTURES, folder, progress=advance)
        features = picture_features(engine, store)
    usable = replace(cohort, table=store.index)
    scores = scores_of_features(features, _people(usable), usable.times, seed)
    card = loaded.card
    named = BundleName(card.name, card.version, card.status, bundle_hash(loaded))
    left_out = len(cohort.table) - len(store.index)
    return usable, scores, ScoreSource("", named, engine.name, left_out)


def _described(cohort: "SurvivalCohort") -> "FollowedCohort":
    from face2bone.drawn.writing import read_plan
    from face2bone.evaluation.survival.record import FollowedCohort

    plan = read_plan(cohort.root)
    if plan is None:
        return FollowedCohort(len(cohort.table), False, None, None)
    return FollowedCohort(len(cohort.table), True, plan["world"], plan["seed"])
