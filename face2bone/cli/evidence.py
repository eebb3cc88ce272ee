"""Commands that ask what a model is worth: evaluate; and what a design is: compare, ablate."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal

import typer

from face2bone.cli.application import (
    BundleFolder,
    ClusterOption,
    Crops,
    Manifest,
    Out,
    Side,
    SplitFile,
    Workers,
    app,
    as_one_bar,
    chosen_ages,
    chosen_cohort,
    plain_errors,
    progress_bar,
)

if TYPE_CHECKING:
    from face2bone.comparison.command import Training

# Where the bar stands when each step begins and ends; aligning takes most of the time.
STEPS: Final = {"aligning": (0, 70), "predicting": (70, 85), "measuring": (85, 100)}


@app.command()
def evaluate(
    bundle: BundleFolder,
    manifest: Manifest,
    out: Out,
    crops: Crops = None,
    split: SplitFile = None,
    side: Side = "test",
    attach: Annotated[
        bool, typer.Option("--attach", help="Also keep the figures beside the bundle.")
    ] = False,
) -> None:
    """Measure a model on a cohort it has not seen: a report, figures and tables."""
    from face2bone.bundle import load_bundle
    from face2bone.bundle.years_bundle import is_years_bundle
    from face2bone.evaluation import record
    from face2bone.evaluation.evaluate import evaluate_bundle
    from face2bone.report.model.evaluation_files import check_out, write_evaluation
    from face2bone.runtime import make_engine
    from face2bone.settings import get_settings

    with plain_errors():
        if is_years_bundle(bundle):
            _evaluate_years(bundle, manifest, out, crops, split, side, attach)
            return
        check_out(out)
        loaded, cohort, settings = (
            load_bundle(bundle),
            chosen_cohort(manifest, split, side),
            get_settings(),
        )
        engine = make_engine(loaded, settings.engine, threads=settings.threads)
        with aligned_crops(out, crops) as folder, progress_bar("evaluating", 100) as advance:
            evaluated = evaluate_bundle(loaded, cohort, engine, folder, as_one_bar(advance, STEPS))
            report = write_evaluation(evaluated, loaded.card, out)
        if attach:
            record.attach(loaded, evaluated.record)
    typer.echo(f"Report written to {report}")


def _evaluate_years(
    bundle: Path,
    manifest: Path,
    out: Path,
    crops: Path | None,
    split: Path | None,
    side: str,
    attach: bool,
) -> None:
    """The same of a face age bundle, whose figures are years."""
    from face2bone.bundle.years_bundle import load_years_bundle
    from face2bone.evaluation.years import evaluate_years
    from face2bone.report.model.years_files import check_years_out, write_years
    from face2bone.runtime import make_engine
    from face2bone.settings import get_settings

    if attach:
        raise typer.BadParameter(
            "--attach is not for a face age bundle: it holds its own figures. Leave it out."
        )
    check_years_out(out)
    loaded, settings = load_years_bundle(bundle), get_settings()
    cohort = chosen_ages(manifest, split, side)
    engine = make_engine(loaded, settings.engine, threads=settings.threads)
    with aligned_crops(out, crops) as folder, progress_bar("evaluating", 100) as advance:
        found = evaluate_years(loaded, cohort, engine, folder, as_one_bar(advance, STEPS))
        text, report = write_years(found, out)
    typer.echo(text)
    typer.echo(f"Report written to {report}")


@contextmanager
def aligned_crops(out: Path, kept: Path | None) -> Iterator[Path]:
    """The crop store's folder: the one to keep, or a hidden neighbour of ``out``.

    The neighbour goes when the work is done and stays when it is not, so that the same
    command goes on where it stopped.
    """
    folder = kept or out.parent / f".{out.name}-crops"
    yield folder
    if kept is None:
        shutil.rmtree(folder)


RecipeOption = Annotated[
    str | None,
    typer.Option(
        "--recipe", help="Recipe name or path, such as compact or full; else the study's own."
    ),
]
Seeds = Annotated[int, typer.Option(min=1, help="How many seeds each network is trained with.")]
Attach = Annotated[
    Path | None, typer.Option(help="Also keep the figures beside this bundle, for the Model page.")
]


@app.command()
def compare(
    manifest: Manifest,
    out: Out,
    recipe: RecipeOption = None,
    seeds: Seeds = 3,
    attach: Attach = None,
    cluster: ClusterOption = None,
    workers: Workers = 2,
) -> None:
    """Train and test a study's network, standard ones and simple models under one protocol."""
    with plain_errors():
        from face2bone.comparison.command import compare as run

        train = _training(cluster, workers)
        _tabulate("comparison", attach, lambda: run(manifest, out, recipe, seeds, train=train))


@app.command()
def ablate(
    manifest: Manifest,
    out: Out,
    recipe: RecipeOption = None,
    seeds: Seeds = 3,
    attach: Attach = None,
    cluster: ClusterOption = None,
    workers: Workers = 2,
) -> None:
    """Train and test a study's network without each of its parts, and with controls in place."""
    with plain_errors():
        from face2bone.comparison.command import ablate as run

        train = _training(cluster, workers)
        _tabulate("ablation", attach, lambda: run(manifest, out, recipe, seeds, train=train))


def _tabulate(
    kind: Literal["comparison", "ablation"], attach: Path | None, run: Callable[[], Path]
) -> None:
    """Train, print the table, and keep its figures beside a bundle where one is named."""
    bundle = _verified(attach)  # before the hours of training, not after
    written = run()
    _attach(bundle, kind, written)
    typer.echo(written.read_text("utf-8"))


def _training(cluster: str | None, workers: int) -> "Training":
    """Where the runs are done; a cluster that is not there is said before any photo is aligned."""
    from face2bone.cluster import check
    from face2bone.comparison.cluster import Cluster
    from face2bone.comparison.command import one_after_another

    if cluster is None:
        return one_after_another
    check(cluster)
    return Cluster(cluster, workers)


def _verified(bundle: Path | None) -> Path | None:
    from face2bone.bundle import load_bundle

    return None if bundle is None else load_bundle(bundle).root


def _attach(bundle: Path | None, kind: Literal["comparison", "ablation"], written: Path) -> None:
    from face2bone.comparison.record import attach, from_json

    if bundle is not None:
        told = written.with_suffix(".json")
        attach(bundle, kind, from_json(told.read_bytes(), told.name))
