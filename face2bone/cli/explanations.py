"""Commands that explain a model's answers for a cohort: explain."""

import shutil
from typing import Final

import typer

from face2bone.cli.application import (
    BundleFolder,
    Crops,
    Manifest,
    Out,
    Side,
    SplitFile,
    app,
    as_one_bar,
    chosen_cohort,
    plain_errors,
    progress_bar,
)

STEPS: Final = {"aligning": (0, 5), "explaining": (5, 100)}  # where the bar stands


@app.command()
def explain(
    bundle: BundleFolder,
    manifest: Manifest,
    out: Out,
    crops: Crops = None,
    split: SplitFile = None,
    side: Side = "test",
) -> None:
    """Explain a model's answer for every photo of a cohort, and sum up by group."""
    from face2bone.bundle import load_bundle
    from face2bone.cohort_explanations.folder import check_out, explain_cohort, write_explained
    from face2bone.runtime import make_engine
    from face2bone.settings import get_settings

    with plain_errors():
        check_out(out)
        loaded, cohort, settings = (
            load_bundle(bundle),
            chosen_cohort(manifest, split, side),
            get_settings(),
        )
        engine = make_engine(loaded, settings.engine, threads=settings.threads)
        # The hidden neighbour stays when the work is stopped, so that it goes on from there.
        work = out.parent / f".{out.name}-explaining"
        with progress_bar("explaining", 100) as advance:
            explained, rejected = explain_cohort(
                loaded,
                cohort,
                engine,
                crops or work / "crops",
                work / "shards",
                as_one_bar(advance, STEPS),
            )
        written = write_explained(explained, rejected, out)
        shutil.rmtree(work)
    typer.echo(f"{explained.about.description} explained in {written}")
