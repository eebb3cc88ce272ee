"""Commands about what the clinic keeps: records-*, follow-up, follow-up-import and -results."""

from contextlib import closing
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal

import typer

from face2bone.cli.application import EXIT_REFUSED, BundleOption, app, plain_errors

if TYPE_CHECKING:
    from face2bone.records import ClinicReport

By = Annotated[str, typer.Option(help="Who does this: name or initials, for the audit trail.")]
LOG_HOLDS: Final = (
    "The database's log still holds it, because somebody is reading. Close the dashboard: the log "
    "goes with the last connection."
)


class Table(Enum):
    """Formats of an export."""

    CSV = "csv"
    PARQUET = "parquet"


@app.command(name="records-verify")
def records_verify(
    head: Annotated[
        str | None, typer.Option(help="Newest hash noted at an earlier check; must still be there.")
    ] = None,
) -> None:
    """Check the audit trail and every record against it; prints the newest hash."""
    from face2bone.records import open_records, verify

    with plain_errors(), closing(open_records()) as records:
        found = verify(records, head)
    for fault in found.faults:
        typer.echo(f"FAULT: {fault}", err=True)
    for remark in found.remarks:
        typer.echo(f"NOTE: {remark}", err=True)
    typer.echo(f"{found.entries} entries, {len(found.faults)} faults, head {found.head}")
    raise typer.Exit(EXIT_REFUSED if found.faults else 0)


@app.command(name="records-export")
def records_export(
    out: Annotated[Path, typer.Argument(help="Folder to write to; made when absent.")],
    by: By,
    table_format: Annotated[Table, typer.Option("--format", help="csv or parquet.")] = Table.CSV,
) -> None:
    """Write assessments, DXA results (those that count, and earlier ones) and the audit trail."""
    from face2bone.records import export_records, open_records

    with plain_errors(), closing(open_records()) as records:
        kind: Literal["csv", "parquet"] = "csv" if table_format is Table.CSV else "parquet"
        files = export_records(records, out, by, kind)
    typer.echo("Written: " + ", ".join(str(path) for path in files))


@app.command(name="records-import")
def records_import(
    folder: Annotated[Path, typer.Argument(help="Folder of an export.")], by: By
) -> None:
    """Take in the assessments and DXA results of an export, all of them or none."""
    from face2bone.records import import_records, open_records

    with plain_errors(), closing(open_records()) as records:
        typer.echo(f"{import_records(records, folder, by)} assessments imported.")


@app.command(name="records-backup")
def records_backup(
    out: Annotated[Path, typer.Argument(help="File to write to; must not exist yet.")], by: By
) -> None:
    """Copy a SQLite database to a file while others go on working; names the way for PostgreSQL."""
    from face2bone.records import back_up, open_records

    with plain_errors(), closing(open_records()) as records:
        path = back_up(records, out, by)
    typer.echo(f"Written: {path}. It holds everything the records hold; guard it like them.")


@app.command(name="records-delete")
def records_delete(
    patient_id: Annotated[str, typer.Argument(help="The person's pseudonym.")], by: By
) -> None:
    """Remove everything kept about one person; the audit trail stays valid."""
    from face2bone.records import delete_person, open_records

    with plain_errors(), closing(open_records()) as records:
        log_emptied = delete_person(records, patient_id, by)
    typer.echo("Everything kept about this person is removed. Clean backups and exports too.")
    if not log_emptied:
        typer.echo(LOG_HOLDS)


@app.command(name="records-openings")
def records_openings(
    patient_id: Annotated[
        str | None,
        typer.Argument(help="The person's pseudonym; without it, openings that found nobody."),
    ] = None,
) -> None:
    """List who opened what is kept of a person, when, and for what reason outside their role."""
    from face2bone.clock import in_words
    from face2bone.records import failed_openings, open_records, openings

    with plain_errors(), closing(open_records()) as records:
        found = failed_openings(records) if patient_id is None else openings(records, patient_id)
    for one in found:
        typer.echo(", ".join(filter(None, (in_words(one.opened_at), one.opened_by, one.reason))))
    if patient_id is None:
        typer.echo(f"Asked for a pseudonym that was nobody's: {len(found)} times.")
    else:
        typer.echo(f"Opened by people who had signed in: {len(found)} times.")


@app.command(name="records-expire")
def records_expire(
    by: By,
    clock_is_right: Annotated[
        bool,
        typer.Option(
            "--clock-is-right",
            help="Remove people although nothing was written to the records for 90 days.",
        ),
    ] = False,
) -> None:
    """Remove everyone whose last assessment is older than the site's retention period."""
    from face2bone.records import expire, open_records
    from face2bone.settings import get_settings

    with plain_errors():
        days = get_settings().records_retention_days
        if days is None:
            typer.echo("FACE2BONE_RECORDS_RETENTION_DAYS is not set: records stay until deleted.")
            return
        with closing(open_records()) as records:
            expired = expire(records, days, by, clock_is_right=clock_is_right)
    typer.echo(f"{expired.people} people removed after {days} days.")
    if not expired.log_emptied:
        typer.echo(LOG_HOLDS)


@app.command(name="records-key")
def records_key(
    path: Annotated[Path, typer.Argument(help="Key file to make; must not exist yet.")],
) -> None:
    """Make a key for kept photos; keep a copy apart from the database and its backups."""
    from face2bone.records import write_key

    with plain_errors():
        write_key(path)
    typer.echo(
        f"Key written to {path}. Set FACE2BONE_RECORDS_KEY to it; without it, photos are lost."
    )


@app.command(name="follow-up")
def follow_up(bundle: BundleOption = None) -> None:
    """Who waits for a DXA result, and observed against predicted so far."""
    from face2bone.clock import in_words
    from face2bone.records import kept_assessments, open_records, waiting

    with plain_errors():
        with closing(open_records()) as records:
            kept = kept_assessments(records)
        for one in waiting(kept):
            typer.echo(f"waiting: {one.patient_id}, {in_words(one.saved_at)}, {one.assessment_id}")
        typer.echo(f"{len(waiting(kept))} of {len(kept)} assessments wait for a DXA result.")
        _print_report(_report(bundle))


@app.command(name="follow-up-import")
def follow_up_import(
    table: Annotated[Path, typer.Argument(help="CSV or parquet table of DXA results.")], by: By
) -> None:
    """Take in a table of DXA results matched by patient_id, all of them or none."""
    from face2bone.records import import_dxa, open_records

    with plain_errors(), closing(open_records()) as records:
        typer.echo(f"{import_dxa(records, table, by)} DXA results imported.")


@app.command(name="follow-up-results")
def follow_up_results(
    out: Annotated[Path, typer.Argument(help="CSV file to write.")], bundle: BundleOption = None
) -> None:
    """Write the results of the last planned look as the table that recalibrate reads."""
    from face2bone.records import write_results

    with plain_errors():
        write_results(_report(bundle), out)
    typer.echo(f"Written: {out}. It names patients by pseudonym; guard it like the records.")


def _report(bundle: Path | None) -> "ClinicReport":
    from face2bone.bundle import bundle_hash, load_bundle
    from face2bone.records import clinic_report, kept_assessments, open_records
    from face2bone.settings import get_settings

    loaded = load_bundle(bundle or get_settings().bundle)
    with closing(open_records()) as records:
        return clinic_report(kept_assessments(records), bundle_hash(loaded))


def _print_report(report: "ClinicReport") -> None:
    typer.echo(
        f"{report.counted} results count for this bundle; {report.left_out} of it and "
        f"{report.other_bundles} of other bundles do not."
    )
    for group in report.groups:
        low, high = group.low[2], group.high[2]
        typer.echo(
            f"  {group.dimension}, {group.name}: osteoporosis in {group.observed[2]} of "
            f"{group.patients} ({low:.0%} to {high:.0%}), predicted {group.predicted[2]:.1f}"
        )
    if report.chart:
        typer.echo(report.chart.verdict)
    found = report.recalibration
    if found is not None:
        typer.echo(f"Recalibration, as of {len(report.look)} results:")
        for reason in found.reasons or ("The written rule passes.",):
            typer.echo(f"  {reason}")
