"""The command about what moves an answer that should not: robustness."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from face2bone.cli.application import BundleFolder, app, plain_errors, progress_bar
from face2bone.progress import UnitsDone

if TYPE_CHECKING:
    from face2bone.modalities.photo import Photo
    from face2bone.robustness import Robustness


@app.command()
def robustness(
    bundle: BundleFolder,
    pictures: Annotated[
        int, typer.Option("--faces", min=1, help="Drawn faces, each with all its twins.")
    ] = 70,
    photos: Annotated[
        Path | None,
        typer.Option(help="Folder of photos of one face each, in place of drawn ones."),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="File to write the figures to, as JSON.")] = None,
) -> None:
    """Show how far answers move with make-up, surgery, pose, light, blur, JPEG and glasses."""
    from face2bone.atomic_files import write_whole
    from face2bone.report.model.robustness_text import robustness_json, robustness_text

    with plain_errors():
        own = None if photos is None else _photos(photos)
        with progress_bar("making twins", pictures if own is None else len(own)) as advance:
            found = (
                _of(bundle, pictures, advance) if own is None else _of_photos(bundle, own, advance)
            )
        typer.echo(robustness_text(found))
        if out is not None:
            write_whole(out, robustness_json(found))
            typer.echo(f"\nWritten: {out}")


def _photos(folder: Path) -> "list[Photo]":
    """Every photo of a folder; ``ScoringError`` where there is none, or one cannot be read."""
    from face2bone.cohort.photo_paths import PHOTO_SUFFIXES
    from face2bone.errors import ScoringError

    files = sorted(folder.iterdir()) if folder.is_dir() else []
    found = [_photo(one) for one in files if one.suffix.lower() in PHOTO_SUFFIXES]
    if not found:
        raise ScoringError(
            "The folder {folder} holds no photos. Name one that does.", folder=f"{folder.name!r}"
        )
    return found


def _photo(file: Path) -> "Photo":
    """One photo of the folder; raises ``ScoringError`` with its name where it cannot be read."""
    from face2bone.errors import PhotoError, ScoringError
    from face2bone.modalities.photo import read_photo
    from face2bone.words import template

    try:
        return read_photo(file.read_bytes())
    except (PhotoError, OSError) as error:
        why = str(error) if isinstance(error, PhotoError) else template("It is no readable file.")
        raise ScoringError(
            "The photo {file}: {why} Or take it out of the folder.", file=file.name, why=why
        ) from error


def _of_photos(folder: Path, photos: "list[Photo]", advance: UnitsDone) -> "Robustness":
    from face2bone.bundle import load_bundle
    from face2bone.bundle.years_bundle import is_years_bundle, load_years_bundle
    from face2bone.robustness import photo_robustness

    bundle = load_years_bundle(folder) if is_years_bundle(folder) else load_bundle(folder)
    return photo_robustness(bundle, photos, advance)


def _of(folder: Path, pictures: int, advance: UnitsDone) -> "Robustness":
    from face2bone.bundle import load_bundle
    from face2bone.bundle.years_bundle import is_years_bundle, load_years_bundle
    from face2bone.robustness import age_robustness, class_robustness

    if is_years_bundle(folder):
        return age_robustness(load_years_bundle(folder), pictures, progress=advance)
    return class_robustness(load_bundle(folder), pictures, progress=advance)
