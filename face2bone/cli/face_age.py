"""The command about how old a face looks: face-age."""

from pathlib import Path
from typing import Annotated

import typer

from face2bone.cli.application import app, plain_errors
from face2bone.patient import Sex

FILE = "face_age.json"


@app.command(name="face-age")
def face_age(
    photo: Annotated[Path, typer.Argument(help="JPEG, PNG, WebP or HEIC with one face.")],
    age: Annotated[float | None, typer.Option(help="Age in years, for the age gap.")] = None,
    sex: Annotated[Sex | None, typer.Option(help="F or M, for the age gap.")] = None,
    out: Annotated[
        Path | None, typer.Option(help=f"Folder to write {FILE} to; made when absent.")
    ] = None,
    no_explanation: Annotated[
        bool, typer.Option("--no-explanation", help="Leave out the parts of the face.")
    ] = False,
    bundle: Annotated[
        Path | None,
        typer.Option("--bundle", help="Face age bundle; FACE2BONE_FACE_AGE by default."),
    ] = None,
) -> None:
    """Say how old a face looks to a network, with interval, parts and limits."""
    from face2bone.apparent_age import AgeAssessor
    from face2bone.assessment import LocatedSubject
    from face2bone.atomic_files import write_whole
    from face2bone.bundle.card import notice_of
    from face2bone.bundle.years_bundle import load_years_bundle
    from face2bone.modalities.face import find_face
    from face2bone.modalities.photo import read_photo
    from face2bone.report.face_age import FaceAgeDocument, age_part, summary
    from face2bone.settings import get_settings

    with plain_errors():
        assessor = AgeAssessor(load_years_bundle(bundle or get_settings().face_age))
        picture = read_photo(_bytes(photo))
        located = LocatedSubject(picture.sha256, find_face(picture))
        found = assessor.estimate(picture, located, age, sex)
        explanation = None if no_explanation else assessor.explain(picture, located)
        typer.echo(summary(found, explanation))
        if out is not None:
            out.mkdir(parents=True, exist_ok=True)
            written = FaceAgeDocument(
                notice=notice_of(found.facts.status),
                photo_sha256=found.photo_sha256,
                apparent_age=age_part(found, explanation),
            )
            write_whole(out / FILE, written.model_dump_json(indent=2).encode() + b"\n")
            typer.echo(f"Written: {out / FILE}")


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        raise typer.BadParameter(f"There is no readable file {path}.") from None
