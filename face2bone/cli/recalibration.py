"""The command that makes a bundle a clinic's own: recalibrate."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from face2bone.cli.application import app, plain_errors
from face2bone.errors import ManifestError

if TYPE_CHECKING:
    from face2bone.calibration import LocalRecalibration


@app.command()
def recalibrate(
    bundle: Annotated[Path, typer.Argument(help="Folder of the bundle that predicted.")],
    results: Annotated[Path, typer.Argument(help="CSV or parquet of predictions and DXA.")],
    out: Annotated[Path, typer.Option(help="Folder of the new bundle.")],
    clinic: Annotated[str, typer.Option(help="Name to put on the new bundle's card.")] = "",
) -> None:
    """Recalibrate a bundle on a clinic's own DXA results, when they pass the written rule."""
    from face2bone.bundle import bundle_hash, load_bundle, localise
    from face2bone.calibration import recalibrate as judge
    from face2bone.calibration.results_table import read_results

    with plain_errors():
        loaded, table = load_bundle(bundle), read_results(results)
        if table.bundle_sha256 != bundle_hash(loaded):
            raise ManifestError(
                "The results were predicted by another bundle than the one named. "
                "Name the bundle whose hash stands in bundle_sha256."
            )
        found = judge(table.probabilities, table.labels, classes=loaded.card.labels)
        typer.echo(_evidence(found))
        made = localise(loaded, found, (table.first, table.last), out, clinic)
        typer.echo(f"Locally validated bundle written to {made.root}")


def _evidence(found: "LocalRecalibration") -> str:
    normal, osteopenia, osteoporosis = found.counts
    lines = [
        f"{sum(found.counts)} patients with DXA: {normal} normal, {osteopenia} osteopenia, "
        f"{osteoporosis} osteoporosis."
    ]
    if found.evidence is not None:
        evidence = found.evidence
        lines += [
            f"Method chosen by cross-fitting: {evidence.method}.",
            f"Ranked probability score as it was {evidence.rps_before:.4f}, recalibrated "
            f"{evidence.rps_after:.4f}, base rates alone {evidence.rps_base_rates:.4f} "
            "(lower is better).",
            f"Gain {evidence.gain:.4f}; that the probabilities as they were fit these results "
            f"has p = {evidence.fault_p:.2g}.",
            f"Calibration error {evidence.ece:.3f}; chance allows {evidence.ece_limit:.3f}.",
        ]
    return "\n".join(lines)
