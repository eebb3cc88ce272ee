"""Commands about one patient: assess, scores, demo, face-age."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from face2bone.choices import GuidelineId
from face2bone.cli.application import BundleOption, Out, app, plain_errors
from face2bone.history import History
from face2bone.patient import Menopause, Patient, RedFlag, RiskFactor, Sex

if TYPE_CHECKING:
    from face2bone.apparent_age import ApparentAge
    from face2bone.assess import Assessor
    from face2bone.assessment import Assessment
    from face2bone.bundle import Bundle
    from face2bone.clinical.frax import FraxResult

AGE_FILE = "face_age.json"

Age = Annotated[float, typer.Option(help="Age in years.")]
SexOption = Annotated[Sex, typer.Option(help="F or M.")]
Height = Annotated[float, typer.Option(help="Height in cm.")]
Weight = Annotated[float, typer.Option(help="Weight in kg.")]
MenopauseOption = Annotated[Menopause, typer.Option(help="Menopausal status.")]
RedFlags = Annotated[list[RedFlag] | None, typer.Option(help="Red flag; repeatable.")]
RiskFactors = Annotated[list[RiskFactor] | None, typer.Option(help="Risk factor; repeatable.")]
HistoryFile = Annotated[
    Path | None, typer.Option("--history", help="TOML or JSON file with further answers.")
]


@app.command()
def assess(
    photo: Annotated[Path, typer.Argument(help="JPEG, PNG, WebP or HEIC with one face.")],
    age: Age,
    sex: SexOption,
    height: Height,
    weight: Weight,
    out: Out = Path("out"),
    menopause: MenopauseOption = Menopause.UNKNOWN,
    red_flag: RedFlags = None,
    risk_factor: RiskFactors = None,
    history: HistoryFile = None,
    frax_major: Annotated[
        float | None, typer.Option(help="Your FRAX result, major fracture, %.")
    ] = None,
    frax_hip: Annotated[float | None, typer.Option(help="Your FRAX result, hip, %.")] = None,
    frax_bmd: Annotated[bool, typer.Option(help="FRAX was computed with BMD.")] = False,
    guideline: Annotated[
        GuidelineId | None, typer.Option(help="Guideline of the suggestion.")
    ] = None,
    no_explanation: Annotated[
        bool, typer.Option("--no-explanation", help="Leave out regions and concepts: seconds.")
    ] = False,
    with_age: Annotated[
        bool, typer.Option("--face-age", help="Also say how old the face looks.")
    ] = False,
    bundle: BundleOption = None,
) -> None:
    """Assess one patient's photo: print a summary, write JSON and pictures."""
    with plain_errors():
        flags, factors = frozenset(red_flag or ()), frozenset(risk_factor or ())
        answers = _history(history)
        patient = Patient(age, sex, height, weight, menopause, flags, factors, answers)
        frax = _frax_result(frax_major, frax_hip, frax_bmd)
        explained, picture = not no_explanation, _read(photo)
        _assess_and_write(
            picture, patient, out, bundle, frax, guideline, explained, with_age=with_age
        )


@app.command()
def scores(
    age: Age,
    sex: SexOption,
    height: Height,
    weight: Weight,
    menopause: MenopauseOption = Menopause.UNKNOWN,
    red_flag: RedFlags = None,
    risk_factor: RiskFactors = None,
    history: HistoryFile = None,
    frax_major: Annotated[
        float | None, typer.Option(help="Your FRAX major fracture result in %, to adjust.")
    ] = None,
) -> None:
    """Print every published score for one patient, without a photo."""
    from face2bone.clinical.dxa import nogg_spine_hip
    from face2bone.clinical.instruments import published_scores
    from face2bone.report.assessment.summary import scores_text

    with plain_errors():
        flags, factors = frozenset(red_flag or ()), frozenset(risk_factor or ())
        answers = _history(history)
        patient = Patient(age, sex, height, weight, menopause, flags, factors, answers)
        adjusted = () if frax_major is None else (nogg_spine_hip(patient, frax_major),)
        typer.echo(scores_text((*published_scores(patient), *adjusted)), nl=False)


def _history(path: Path | None) -> History:
    from face2bone.history_file import read_history

    return History() if path is None else read_history(path)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        raise typer.BadParameter(f"There is no readable file {path}.") from None


def _frax_result(major: float | None, hip: float | None, with_bmd: bool) -> "FraxResult | None":
    from face2bone.clinical.frax import FraxResult

    if major is None and hip is None:
        return None
    if major is None or hip is None:
        raise typer.BadParameter("Give --frax-major and --frax-hip together, or neither.")
    return FraxResult(major, hip, with_bmd)


def _assess_and_write(
    photo: bytes,
    patient: Patient,
    out: Path,
    bundle: Path | None,
    frax: "FraxResult | None" = None,
    guideline: GuidelineId | None = None,
    explained: bool = True,
    with_age: bool = False,
) -> None:
    from face2bone.bundle import load_bundle
    from face2bone.report.apparent_age import summary as age_summary
    from face2bone.report.assessment.files import write_assessment
    from face2bone.report.assessment.summary import summary
    from face2bone.settings import get_settings

    loaded = load_bundle(bundle or get_settings().bundle)
    assessment = _assessor(loaded, explained).assess(
        photo, patient, frax=frax, guideline=guideline, explained=explained
    )
    age = _apparent_age(photo, assessment) if with_age else None
    files = write_assessment(assessment, out, age)
    typer.echo(summary(assessment))
    if age is not None:
        typer.echo(age_summary(age) + "\n")
    typer.echo("Written: " + ", ".join(str(path) for path in files))


def _apparent_age(photo: bytes, assessment: "Assessment") -> "ApparentAge":
    """How old the face of an assessment looks; raises ``WrongStudy`` where it shows none."""
    from face2bone.apparent_age import AgeAssessor
    from face2bone.bundle.years_bundle import load_years_bundle
    from face2bone.errors import WrongStudy
    from face2bone.modalities.photo import read_photo
    from face2bone.studies import study_named

    if not study_named(assessment.bundle.study).ready().modality.shows_age:
        raise WrongStudy(
            "The bundle {bundle} reads no faces, so it cannot be said how old one looks. "
            "Leave out --face-age.",
            bundle=assessment.bundle.name,
        )
    assessor, patient = AgeAssessor(load_years_bundle()), assessment.patient
    found = assessment.located
    return assessor.estimate(read_photo(photo), found, patient.age_years, patient.sex)


def _assessor(bundle: "Bundle", explained: bool) -> "Assessor":
    """For one pass of the network torch is ready soonest.

    The other engine first has to be compiled and compared with it.
    """
    from face2bone.assess import Assessor
    from face2bone.runtime import make_engine
    from face2bone.settings import get_settings

    settings = get_settings()
    if explained or settings.engine != "auto":
        return Assessor(bundle)
    return Assessor(bundle, make_engine(bundle, "torch", threads=settings.threads))


@app.command()
def demo(out: Out = Path("out"), bundle: BundleOption = None) -> None:
    """Assess one drawn sample patient, to see what an assessment looks like."""
    from face2bone.studies.face2bone import FACE2BONE

    with plain_errors():
        sample = FACE2BONE.ready().samples()[0]
        typer.echo(f"Sample patient: {sample.title} (drawn, not a person)\n")
        _assess_and_write(sample.photo_bytes(), sample.patient, out, bundle)


@app.command(name="face-age")
def apparent_age(
    photo: Annotated[Path, typer.Argument(help="JPEG, PNG, WebP or HEIC with one face.")],
    age: Annotated[float | None, typer.Option(help="Age in years, for the age gap.")] = None,
    sex: Annotated[Sex | None, typer.Option(help="F or M, for the age gap.")] = None,
    out: Annotated[
        Path | None, typer.Option(help=f"Folder to write {AGE_FILE} to; made when absent.")
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
    from face2bone.report.apparent_age import ApparentAgeDocument, age_part, summary
    from face2bone.studies import AGE_TOOLS

    with plain_errors():
        assessor = AgeAssessor(load_years_bundle(bundle))
        picture = AGE_TOOLS.modality.read(_read(photo))
        located = LocatedSubject(picture.sha256, AGE_TOOLS.modality.prepare(picture)[0])
        found = assessor.estimate(picture, located, age, sex)
        explanation = None if no_explanation else assessor.explain(picture, located)
        typer.echo(summary(found, explanation))
        if out is not None:
            out.mkdir(parents=True, exist_ok=True)
            written = ApparentAgeDocument(
                notice=notice_of(found.facts.status),
                photo_sha256=found.photo_sha256,
                apparent_age=age_part(found, explanation),
            )
            write_whole(out / AGE_FILE, written.model_dump_json(indent=2).encode() + b"\n")
            typer.echo(f"Written: {out / AGE_FILE}")
