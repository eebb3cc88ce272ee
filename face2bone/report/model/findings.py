"""Finished studies of a site: face age evaluations and survival studies, a folder each."""

from pathlib import Path

from face2bone.careful import is_inside
from face2bone.errors import EvaluationError
from face2bone.report.model import survival_files, years_files


def finding_folders(root: Path) -> dict[str, Path]:
    """Name -> folder of every finished study directly in ``root``.

    A link that leads out of it is none, be it the folder or a file of it.

    Raises ``EvaluationError`` where there is no such folder, or none in it.
    """
    try:
        folders = [one for one in sorted(root.iterdir()) if is_inside(root, one, *one.glob("*"))]
    except OSError as error:
        raise EvaluationError(
            "The folder of finished studies cannot be read. Correct FACE2BONE_FINDINGS or unset it."
        ) from error
    found = {one.name: one for one in folders if is_years(one) or is_survival(one)}
    if not found:
        raise EvaluationError(
            "The folder that FACE2BONE_FINDINGS names holds no finished study. Make one in it with "
            "face2bone evaluate or face2bone survival and --out FOLDER, or unset it."
        )
    return found


def is_years(folder: Path) -> bool:
    """Whether a folder looks like a face age evaluation's."""
    return (folder / years_files.METRICS).is_file() and (folder / years_files.ANSWERS).is_file()


def is_survival(folder: Path) -> bool:
    """Whether a folder looks like a survival study's."""
    return (folder / survival_files.FIGURES).is_file()
