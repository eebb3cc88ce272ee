"""The command line: the same jobs as the dashboard, from a shell.

Exit codes: 0 assessed or done, 1 a failed check or a refused cohort, 2 photo rejected,
3 bad usage, 4 bundle refused. Errors are one or two sentences on stderr.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Final

import typer

from face2bone import __version__
from face2bone.errors import BundleError, Face2BoneError, FaceError, PatientError, PhotoError
from face2bone.patient import Menopause, Patient, RedFlag, RiskFactor, Sex

EXIT_REFUSED: Final = 1
EXIT_PHOTO: Final = 2
EXIT_USAGE: Final = 3
EXIT_BUNDLE: Final = 4

app = typer.Typer(
    name="face2bone",
    help="Osteoporosis screening from a face photograph: research software with a demo model.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Out = Annotated[Path, typer.Option(help="Folder to write to; made when absent.")]
BundleOption = Annotated[
    Path | None, typer.Option("--bundle", help="Bundle folder; FACE2BONE_BUNDLE by default.")
]


def main() -> None:
    """Entry point: usage mistakes exit with 3, as documented, not with click's 2."""
    try:
        code = app(standalone_mode=False)
    except typer.Exit as stop:
        code = stop.exit_code
    except typer.Abort:
        code = EXIT_REFUSED
    except Exception as error:
        if not hasattr(error, "format_message"):
            raise
        typer.echo(f"{error.format_message()} See face2bone --help.", err=True)
        code = EXIT_USAGE
    sys.exit(code if isinstance(code, int) else 0)


@contextmanager
def _plain_errors() -> Iterator[None]:
    """Turn a typed error into its sentence on stderr and its exit code."""
    try:
        yield
    except Face2BoneError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(_exit_code(error)) from None


def _exit_code(error: Face2BoneError) -> int:
    if isinstance(error, PhotoError | FaceError):
        return EXIT_PHOTO
    if isinstance(error, BundleError):
        return EXIT_BUNDLE
    return EXIT_USAGE if isinstance(error, PatientError) else EXIT_REFUSED


@app.command()
def version() -> None:
    """Print the package's version."""
    typer.echo(__version__)


@app.command()
def assess(
    photo: Annotated[Path, typer.Argument(help="JPEG, PNG, WebP or HEIC with one face.")],
    age: Annotated[float, typer.Option(help="Age in years.")],
    sex: Annotated[Sex, typer.Option(help="F or M.")],
    height: Annotated[float, typer.Option(help="Height in cm.")],
    weight: Annotated[float, typer.Option(help="Weight in kg.")],
    out: Out = Path("out"),
    menopause: Annotated[Menopause, typer.Option(help="Menopausal status.")] = Menopause.UNKNOWN,
    red_flag: Annotated[list[RedFlag] | None, typer.Option(help="Red flag; repeatable.")] = None,
    risk_factor: Annotated[
        list[RiskFactor] | None, typer.Option(help="Risk factor; repeatable.")
    ] = None,
    bundle: BundleOption = None,
) -> None:
    """Assess one patient's photo: print a summary, write JSON and pictures."""
    with _plain_errors():
        flags, factors = frozenset(red_flag or ()), frozenset(risk_factor or ())
        patient = Patient(age, sex, height, weight, menopause, flags, factors)
        _assess_and_write(_read(photo), patient, out, bundle)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        raise typer.BadParameter(f"There is no readable file {path}.") from None


def _assess_and_write(photo: bytes, patient: Patient, out: Path, bundle: Path | None) -> None:
    from face2bone.assess import Assessor
    from face2bone.bundle import load_bundle
    from face2bone.report.files import write_assessment
    from face2bone.report.summary import summary
    from face2bone.settings import get_settings

    assessor = Assessor(load_bundle(bundle or get_settings().bundle))
    assessment = assessor.assess(photo, patient)
    files = write_assessment(assessment, out)
    typer.echo(summary(assessment))
    typer.echo("Written: " + ", ".join(str(path) for path in files))


@app.command()
def demo(out: Out = Path("out"), bundle: BundleOption = None) -> None:
    """Assess one drawn sample patient, to see what an assessment looks like."""
    from face2bone.cohort.synthetic.samples import sample_patients

    with _plain_errors():
        sample = sample_patients()[0]
        typer.echo(f"Sample patient: {sample.title} (drawn, not a person)\n")
        _assess_and_write(sample.photo_bytes(), sample.patient, out, bundle)


@app.command()
def synth(
    out: Out,
    patients: Annotated[int, typer.Option(min=1, help="How many patients to draw.")] = 100,
    world: Annotated[str, typer.Option(help="planted, null or blank.")] = "planted",
    seed: Annotated[int, typer.Option(min=0, help="Same seed, same cohort.")] = 0,
) -> None:
    """Write a cohort of drawn patients, as a hospital could have written it."""
    from face2bone.cohort.synthetic.worlds import World
    from face2bone.cohort.synthetic.write import write_cohort

    if world not in {w.value for w in World}:
        raise typer.BadParameter("world is one of planted, null, blank.")
    with _plain_errors(), _progress("drawing", patients) as advance:
        write_cohort(out, patients, World(world), seed, progress=advance)
    typer.echo(f"Drawn cohort of {patients} patients in {out} (synthetic; no real person).")


@contextmanager
def _progress(label: str, length: int) -> Iterator[Callable[[int, int], None]]:
    with typer.progressbar(length=length, label=label, file=sys.stderr) as bar:
        yield lambda done, _total: bar.update(done - bar.pos)


@app.command()
def train(
    manifest: Annotated[Path, typer.Argument(help="CSV or parquet manifest of a cohort.")],
    out: Out,
    recipe: Annotated[str, typer.Option(help="Recipe name, such as full or demo.")] = "full",
    seed: Annotated[int, typer.Option(min=0, help="Seed of the split and the run.")] = 0,
) -> None:
    """Train, calibrate and bundle a network on a cohort of DXA-labelled photos."""
    from face2bone.training import train as run

    with _plain_errors():
        typer.echo(f"Bundle written to {run(manifest, out, recipe=recipe, seed=seed)}")


@app.command(name="train-demo")
def train_demo(out: Out = Path("models/demo")) -> None:
    """Train the bundle that ships, on drawn patients; about an hour on two idle cores."""
    from face2bone.training import train_demo as run

    with _plain_errors():
        typer.echo(f"Demo bundle written to {run(out)}")


@app.command()
def doctor() -> None:
    """Check this installation and say what to do about each failure."""
    from face2bone.doctor import run_checks

    failed = 0
    for check in run_checks():
        typer.echo(f"{'ok  ' if check.passed else 'FAIL'} {check.name}: {check.finding}")
        if not check.passed:
            failed += 1
            typer.echo(f"     {check.remedy}")
    raise typer.Exit(EXIT_REFUSED if failed else 0)
