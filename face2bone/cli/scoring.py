"""Commands that score a cohort: score."""

import shutil
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from face2bone.cli.application import (
    BundleOption,
    ClusterOption,
    Out,
    Workers,
    app,
    plain_errors,
    progress_bar,
)
from face2bone.progress import UnitsDone

if TYPE_CHECKING:
    from collections.abc import Callable

    from face2bone.scoring.job import Standing


@app.command()
def score(
    source: Annotated[
        Path, typer.Argument(help="Folder or ZIP of pictures, or a table beside them.")
    ],
    out: Out,
    bundle: BundleOption = None,
    cluster: ClusterOption = None,
    workers: Workers = 2,
) -> None:
    """Score every picture of a cohort; given again after it was stopped, it goes on."""
    from face2bone.assess import Assessor
    from face2bone.bundle import load_bundle
    from face2bone.scoring import job as scoring
    from face2bone.scoring.cluster import Cluster
    from face2bone.scoring.results import check_out, scores, write_scores
    from face2bone.scoring.score_list import opened
    from face2bone.settings import get_settings

    with plain_errors():
        check_out(out)
        listed, pictures = opened(source.resolve())
        folder = bundle or get_settings().bundle
        assessor = Assessor(load_bundle(folder))
        rows_of = scoring.here
        if cluster is not None:
            rows_of = Cluster(cluster, workers, folder)
        with progress_bar("scoring", len(listed)) as advance:
            told = _shown(advance)
            job = scoring.prepared(listed, pictures, assessor, told)
            # The hidden neighbour stays when the work is stopped, so that it goes on from there.
            work = out.parent / f".{out.name}-scoring" / job.identity[:16]
            rows = scoring.run(job, work, told, rows_of)
        found = scores(listed, rows, assessor.facts)
        written = write_scores(found, out)
        shutil.rmtree(work)
        with suppress(OSError):  # another list of the same name is not done yet
            work.parent.rmdir()
    left_out = len(found.rejected)
    typer.echo(f"{len(rows) - left_out} scored, {left_out} rejected with their reasons: {written}")
    typer.echo(f"{assessor.facts.status}: {found.table['notice'].iloc[0]}")


def _shown(advance: "UnitsDone") -> "Callable[[Standing], None]":
    """Reading the files takes little beside scoring them, so the bar is of that alone."""

    def told(progress: "Standing") -> None:
        if progress.step == "scoring":
            advance(progress.done, progress.total)

    return told
