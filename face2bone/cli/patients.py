"""Commands about one patient: assess, demo."""

from pathlib import Path
from typing import Annotated

import typer

from face2bone.cli.application import BundleOption, Out, app, plain_errors
from face2bone.patient import Menopause, Patient, RedFlag, RiskFactor, Sex


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
    with plain_errors():
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

    with plain_errors():
        sample = sample_patients()[0]
        typer.echo(f"Sample patient: {sample.title} (drawn, not a person)\n")
        _assess_and_write(sample.photo_bytes(), sample.patient, out, bundle)
