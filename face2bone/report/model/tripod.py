"""The items of TRIPOD+AI that software can answer about an evaluation, and those it cannot.

Subjects and numbers follow Collins et al., BMJ 2024;385:e078378, in our own words. An item
the software knows nothing about is listed as open: a person must write it.
"""

from dataclasses import dataclass

from face2bone.bundle import BundleCard
from face2bone.evaluation import Evaluation
from face2bone.evaluation.record import EvaluationRecord
from face2bone.studies import study_named


@dataclass(frozen=True)
class TripodItem:
    """One item; ``answer`` is empty where a person must give it."""

    number: str
    subject: str
    answer: str = ""


def tripod_items(record: EvaluationRecord, card: BundleCard) -> tuple[TripodItem, ...]:
    """All items in order, those answered that the record and the card can answer."""
    answers = {
        **_of_cohort(record),
        **_of_input(card),
        **_of_model(record, card),
        **_of_results(record),
    }
    return tuple(TripodItem(n, subject, answers.get(n, "")) for n, subject in _SUBJECTS)


def _of_cohort(record: EvaluationRecord) -> dict[str, str]:
    cohort = record.cohort
    lost = sum(cohort.rejected.values())
    return {
        "5a": f"{cohort.description}.",
        "5b": f"Pictures from {cohort.first_day} to {cohort.last_day}.",
        "8a": f"Bone mass class by the T-score of {cohort.reference_method.label} "
        f"(T ≤ −2.5 osteoporosis, T ≤ −1 osteopenia); T = −1.0 by the {cohort.boundary} rule.",
        "10": f"{cohort.patients} patients, {cohort.photos} pictures; not planned here.",
        "11": f"{lost} of {cohort.photos} pictures could not be used; reasons are given.",
        "20a": f"{cohort.photos - lost} of {cohort.photos} pictures evaluated.",
    }


def _of_input(card: BundleCard) -> dict[str, str]:
    read = study_named(card.study).ready().modality
    height, width, _ = card.input.picture_shape
    beside = " and ".join(covariate.name for covariate in card.covariates)
    return {
        "7": f"Pictures are read upright without metadata; the {read.subject} is aligned to "
        f"{height} by {width} pixels, and what lies outside it is covered.",
        "9a": f"One {read.kind}" + (f" with {beside}." if beside else "; nothing else is read."),
    }


def _of_model(record: EvaluationRecord, card: BundleCard) -> dict[str, str]:
    return {
        "1": f"Evaluation of {card.name} {card.version} ({card.status}).",
        "4": "To estimate discrimination, calibration and net benefit of the model on this cohort.",
        "6c": "Not used by the model.",
        "12a": "For evaluation only; whether patients also trained the model, a person must say.",
        "12d": "Site and device are groups; pictures of one patient are resampled together.",
        "12e": "95% intervals from resamples of patients; figures and conventions are named.",
        "12f": "None: the model was evaluated as it is.",
        "12g": f"By the bundle's network and calibration on the engine {record.engine}.",
        "13": "No resampling or weighting at evaluation; figures per class are given.",
        "14": "Every figure by sex, age, body mass, site and device where the cohort tells them.",
        "15": f"Calibrated probabilities of {len(card.labels)} classes; conformal prediction sets.",
        "16": f"Trained on: {card.cohort}. Evaluated on: {record.cohort.description}.",
        "18f": "The software is open (Apache-2.0).",
        "21": f"Trained on {card.cohort}, class shares "
        + ", ".join(f"{share:.0%}" for share in card.class_fractions)
        + ".",
        "22": f"The bundle with hash {record.bundle.sha256} is the whole model.",
        "24": "None: the model was evaluated as it is.",
        "26": " ".join(record.cohort.remarks),
    }


def _of_results(record: EvaluationRecord) -> dict[str, str]:
    evaluation: Evaluation = record.evaluation
    counts = ", ".join(map(str, evaluation.everyone.of_class))
    return {
        "20b": f"Visits by class (normal, osteopenia, osteoporosis): {counts}.",
        "23a": f"In this report, with intervals from {evaluation.resamples} resamples, and by "
        "group.",
    }


_SUBJECTS = (
    ("1", "Title says what was done"),
    ("2", "Abstract"),
    ("3a", "Health-care context and existing models"),
    ("3b", "Target population, purpose and intended users"),
    ("3c", "Known inequalities between groups"),
    ("4", "Objectives"),
    ("5a", "Sources of data"),
    ("5b", "Dates of data"),
    ("6a", "Setting"),
    ("6b", "Who was eligible"),
    ("6c", "Treatments received"),
    ("7", "Preparation of data"),
    ("8a", "Outcome and how it was measured"),
    ("8b", "Who judged the outcome"),
    ("8c", "Blinding of the outcome"),
    ("9a", "Predictors"),
    ("9b", "How predictors were measured"),
    ("9c", "Who judged predictors"),
    ("10", "Sample size"),
    ("11", "Missing data"),
    ("12a", "How the data were used"),
    ("12d", "Differences between clusters"),
    ("12e", "Measures of performance"),
    ("12f", "Updating"),
    ("12g", "How predictions were calculated"),
    ("13", "Class imbalance"),
    ("14", "Fairness"),
    ("15", "Model output"),
    ("16", "Training against evaluation data"),
    ("17", "Ethical approval"),
    ("18a", "Funding"),
    ("18b", "Conflicts of interest"),
    ("18c", "Protocol"),
    ("18d", "Registration"),
    ("18e", "Availability of data"),
    ("18f", "Availability of code"),
    ("19", "Involvement of patients and public"),
    ("20a", "Flow of participants"),
    ("20b", "Characteristics of participants"),
    ("20c", "Comparison with development data"),
    ("21", "Participants and outcomes in development"),
    ("22", "Full model"),
    ("23a", "Performance with intervals"),
    ("23b", "Differences between sites"),
    ("24", "Updating of the model"),
    ("25", "Interpretation"),
    ("26", "Limitations"),
    ("27a", "Use when inputs are poor or missing"),
    ("27b", "Whether users interact with inputs"),
    ("27c", "Next steps"),
)
