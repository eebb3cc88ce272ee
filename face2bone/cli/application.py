"""What every command shares: the application, its exit codes, options, errors and progress."""

import errno
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from face2bone.errors import BundleError, Face2BoneError, PatientError, PictureError, SubjectError
from face2bone.progress import Progress, UnitsDone

if TYPE_CHECKING:
    from face2bone.cohort.age_manifest import AgeCohort
    from face2bone.cohort.manifest import Cohort

EXIT_REFUSED: Final = 1
EXIT_PHOTO: Final = 2
EXIT_USAGE: Final = 3
EXIT_BUNDLE: Final = 4
EXIT_FAULT: Final = 5

_FULL: Final = (
    "The disk is full, so the work stopped; nothing that was finished is lost. "
    "Free some space and give the same command again."
)
_CLOSED: Final = (
    "The folder to write to is not yours to write. Choose another folder, or ask for the right."
)
_TAKEN: Final = (
    "A file is where a folder should be, or a folder where a file should be. "
    "Choose another path to write to."
)
_LONG: Final = "The name of the file to write is too long. Choose a shorter one."
UNWRITABLE: Final[Mapping[int | None, str]] = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EACCES: _CLOSED,
    errno.EPERM: _CLOSED,
    errno.EROFS: _CLOSED,
    errno.EEXIST: _TAKEN,
    errno.ENOTDIR: _TAKEN,
    errno.EISDIR: _TAKEN,
    errno.ENAMETOOLONG: _LONG,
}
"""What a person is told when the system refuses to write, by its error number."""

app = typer.Typer(
    name="face2bone",
    help="Osteoporosis screening from a face photograph: research software with a demo model.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Out = Annotated[Path, typer.Option(help="Folder to write to; made when absent.")]
Manifest = Annotated[Path, typer.Argument(help="CSV or parquet manifest of a cohort.")]
BundleFolder = Annotated[Path, typer.Argument(help="Folder of the trained model.")]
Crops = Annotated[
    Path | None, typer.Option(help="Keep the aligned crops here for another run; they show faces.")
]
SplitFile = Annotated[
    Path | None,
    typer.Option(
        "--split",
        help="Use one side of a recorded split only: a table of patient_id and split, such as a "
        "run's split.csv.",
    ),
]
Side = Annotated[str, typer.Option(help="The side of --split to use.")]
BundleOption = Annotated[
    Path | None, typer.Option("--bundle", help="Bundle folder; FACE2BONE_BUNDLE by default.")
]
ClusterOption = Annotated[
    str | None,
    typer.Option(
        "--cluster",
        metavar="ADDRESS",
        help="Work on a Ray cluster: local starts one here, auto or host:port joins one.",
    ),
]
Workers = Annotated[
    int, typer.Option(min=1, max=4096, help="With --cluster: how many work side by side.")
]


TRAINING_PACKAGES: Final = ("lightning", "torchmetrics", "pytorchcv", "monai", "einops")


@contextmanager
def plain_errors() -> Iterator[None]:
    """Turn a typed error into its sentence on stderr and its exit code.

    So are a file that cannot be written, and a package that is missing because only the
    dashboard's were installed.
    """
    try:
        yield
    except Face2BoneError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(exit_code(error)) from None
    except ModuleNotFoundError as error:
        if str(error.name).partition(".")[0] not in TRAINING_PACKAGES:
            raise
        typer.echo(
            "Training and comparing networks need packages that the dashboard does not. "
            "Install them with `pip install -r requirements-train.txt`.",
            err=True,
        )
        raise typer.Exit(EXIT_REFUSED) from None
    except OSError as error:
        if error.errno not in UNWRITABLE:
            raise
        typer.echo(UNWRITABLE[error.errno], err=True)
        raise typer.Exit(EXIT_REFUSED) from None


@contextmanager
def crops_folder(kept: Path | None) -> Iterator[Path]:
    """The folder of the aligned crops: the one to keep, or a temporary one, as they show faces."""
    with tempfile.TemporaryDirectory() as passing:
        yield kept or Path(passing)


def chosen_cohort(manifest: Path, split: Path | None = None, side: str = "") -> "Cohort":
    """A checked manifest, or one side of it; what to look at first is said on stderr."""
    from face2bone.cohort.manifest import read_manifest
    from face2bone.cohort.splits import one_side

    cohort = read_manifest(manifest)
    for remark in cohort.remarks:
        typer.echo(f"Warning: {remark}", err=True)
    return cohort if split is None else one_side(cohort, split, side)


def chosen_ages(manifest: Path, split: Path | None = None, side: str = "") -> "AgeCohort":
    """The same of a manifest of known ages."""
    from face2bone.cohort.age_manifest import age_side, read_age_manifest

    cohort = read_age_manifest(manifest)
    for remark in cohort.remarks:
        typer.echo(f"Warning: {remark}", err=True)
    return cohort if split is None else age_side(cohort, split, side)


def read_file(path: Path) -> bytes:
    """The bytes of a document; a bad parameter, or ``DocumentInvalid`` for a file too large."""
    from face2bone.careful import bytes_of
    from face2bone.errors import DocumentInvalid

    try:
        return bytes_of(path)
    except OSError:
        raise typer.BadParameter(f"There is no readable file {path}.") from None
    except ValueError as error:
        raise DocumentInvalid(
            "The file {file} {reason}, so it was not read. Name the right file.",
            file=path.name,
            reason=str(error),
        ) from None


def exit_code(error: Face2BoneError) -> int:
    """The documented exit code of a typed error."""
    if isinstance(error, PictureError | SubjectError):
        return EXIT_PHOTO
    if isinstance(error, BundleError):
        return EXIT_BUNDLE
    return EXIT_USAGE if isinstance(error, PatientError) else EXIT_REFUSED


def as_one_bar(advance: UnitsDone, steps: Mapping[str, tuple[int, int]]) -> Progress:
    """Progress of named steps as one bar of 100; ``steps`` says where each begins and ends."""

    def told(stage: str, done: float, total: float = 1, _note: str = "", /) -> None:
        low, high = steps[stage]
        advance(low + round((high - low) * done / total), 100)

    return told


@contextmanager
def progress_bar(label: str, length: int) -> Iterator[UnitsDone]:
    """A progress bar on stderr, moved by calling it with what is done and the total."""
    with typer.progressbar(length=length, label=label, file=sys.stderr) as bar:
        yield lambda done, _total: bar.update(done - bar.pos)
