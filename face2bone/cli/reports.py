"""Commands about files that leave the program: report, validate."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from face2bone import clock
from face2bone.cli.application import EXIT_REFUSED, app, plain_errors, read_file
from face2bone.report.assessment.exports import KINDS, Form
from face2bone.words import Language

if TYPE_CHECKING:
    from face2bone.report.assessment.document import AssessmentDocument

AssessmentFile = Annotated[Path, typer.Argument(help="An assessment.json.")]


@app.command()
def report(
    assessment: AssessmentFile,
    out: Annotated[
        Path | None, typer.Option(help="Folder to write to; the assessment's own by default.")
    ] = None,
    form: Annotated[
        list[Form] | None, typer.Option(help="pdf, fhir or dicom; repeatable; pdf by default.")
    ] = None,
    patient_id: Annotated[str, typer.Option(help="Pseudonym shown on it; never a name.")] = "",
    language: Annotated[Language, typer.Option(help="en or zh, of the PDF.")] = Language.ENGLISH,
    crop: Annotated[
        Path | None, typer.Option(help="A crop.png to show in the PDF; it shows the face.")
    ] = None,
) -> None:
    """Write the report of an assessment: PDF, FHIR R4 or DICOM Encapsulated PDF."""
    from face2bone.atomic_files import write_whole
    from face2bone.drawing.pictures import checked_crop
    from face2bone.report.assessment.page import Heading
    from face2bone.studies import study_named

    with plain_errors():
        document = _document(assessment)
        reads = study_named(document.study).ready().modality.input
        picture = None if crop is None else checked_crop(read_file(crop), reads)
        heading = Heading(patient_id, clock.local(clock.now()), language, picture)
        folder = out or assessment.parent
        folder.mkdir(parents=True, exist_ok=True)
        for kind in (KINDS[one] for one in form or [Form.PDF]):
            path = write_whole(folder / kind.file_name, kind.make(document, heading))
            typer.echo(f"Written: {path}")


@app.command()
def validate(
    file: Annotated[Path, typer.Argument(help="An assessment.json or a report.fhir.json.")],
) -> None:
    """Check an assessment against its schema, or a FHIR bundle against R4 and our rules."""
    with plain_errors():
        bundle = _fhir_bundle(file)
        if bundle is None:
            _document(file)
            typer.echo(f"Valid: an assessment of schema {_json_of(file)['schema_version']}.")
            return
        from face2bone.report.assessment.fhir_rules import problems

        found = problems(bundle)
        for problem in found:
            typer.echo(problem, err=True)
        if found:
            raise typer.Exit(EXIT_REFUSED)
        typer.echo(f"Valid: a FHIR R4 bundle with {len(bundle.get('entry', []))} resources.")


def _fhir_bundle(file: Path) -> dict[str, Any] | None:
    """The file's JSON if it says it is a FHIR Bundle."""
    values = _json_of(file)
    return values if values.get("resourceType") == "Bundle" else None


def _json_of(file: Path) -> dict[str, Any]:
    """The object the file holds, as it was written; empty where it holds none."""
    from face2bone.careful import json_of

    data = read_file(file)
    try:
        values = json_of(data)
    except ValueError:
        return {}
    return values if isinstance(values, dict) else {}


def _document(file: Path) -> "AssessmentDocument":
    from face2bone.report.assessment.document import read_document

    return read_document(read_file(file))
