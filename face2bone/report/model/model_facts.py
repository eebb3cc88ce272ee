"""The model card and its Model Facts label: one content, as Markdown, JSON and sections.

The label's headings follow the Model Facts v2 label (Health AI Partnership) in our own
words; every value comes from the bundle's card and, where there is one, its evaluation.
"""

import json
from dataclasses import asdict, dataclass
from typing import Final

from face2bone.bundle import Bundle, BundleCard, bundle_hash
from face2bone.bundle.card import notice_of
from face2bone.evaluation.record import EvaluationRecord
from face2bone.modalities.modality import AnyModality
from face2bone.report.model.evaluation_rows import group_name
from face2bone.report.model.evaluation_text import FIGURE_TEXTS, with_floor
from face2bone.studies import study_named
from face2bone.words import message, template

SHOWN: Final = ("accuracy", "macro_auc", "auc_osteoporosis", "rps", "ece", "slope_osteoporosis")
NOT_EVALUATED: Final = template("No evaluation is kept beside this bundle.")


@dataclass(frozen=True)
class Fact:
    """One line of the label."""

    name: str
    value: str


@dataclass(frozen=True)
class Section:
    """A heading of the label with its lines."""

    title: str
    facts: tuple[Fact, ...]


def model_facts(bundle: Bundle, record: EvaluationRecord | None) -> tuple[Section, ...]:
    """The label of a bundle, with the figures of its evaluation when there is one."""
    card = bundle.card
    return (
        Section(template("Model"), _identity(card, bundle_hash(bundle))),
        Section(template("Intended use"), _use(card)),
        Section(template("Inputs and outputs"), _inputs(card)),
        Section(template("Training"), _training(card)),
        Section(template("Evaluation"), _evaluation(record)),
        Section(template("Warnings and limits"), _warnings(card, record)),
        Section(template("Upkeep"), _upkeep()),
    )


def to_markdown(sections: tuple[Section, ...], title: str) -> str:
    """The label as a Markdown document ending in a newline."""
    lines = [f"# {title}"]
    for section in sections:
        lines += ["", f"## {section.title}", "", "| | |", "|---|---|"]
        lines += [f"| {fact.name} | {_cell(fact.value)} |" for fact in section.facts]
    return "\n".join(lines) + "\n"


def to_json(sections: tuple[Section, ...], title: str) -> str:
    """The label as indented JSON ending in a newline."""
    document = {"title": title, "sections": [asdict(section) for section in sections]}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _identity(card: BundleCard, sha256: str) -> tuple[Fact, ...]:
    return (
        Fact(template("Name"), f"{card.name} {card.version}"),
        Fact(
            template("Status"),
            message("{status}. {notice}", status=card.status, notice=notice_of(card.status)),
        ),
        Fact(template("Made on"), card.created_on.isoformat()),
        Fact(template("Hash"), sha256),
        Fact(template("Network"), card.architecture.in_words),
        Fact(template("Licence"), str(card.provenance.get("licence", template("not stated")))),
    )


def _use(card: BundleCard) -> tuple[Fact, ...]:
    whom = (
        template("Demonstration only: nobody's bones.") if card.status == "demo" else
        message(
            "Research on whether a {kind} helps to decide who should have a DXA scan.",
            kind=_read(card).kind,
        )
    )  # fmt: skip
    return (
        Fact(template("For"), whom),
        Fact(template("Users"), template("Researchers, and clinicians within a study.")),
        Fact(
            template("Not for"),
            template("Diagnosis, treatment, or withholding a DXA scan. Not a medical device."),
        ),
        Fact(
            template("Effect on care"),
            message(
                "The {picture} may add a referral suggestion, never remove one.",
                picture=_read(card).noun,
            ),
        ),
    )


def _read(card: BundleCard) -> AnyModality:
    return study_named(card.study).ready().modality


def _inputs(card: BundleCard) -> tuple[Fact, ...]:
    height, width, _ = card.input.picture_shape
    return (
        Fact(
            template("Input"),
            message(
                "{pictures}, aligned to {height} by {width} pixels.",
                pictures=_read(card).pictures,
                height=height,
                width=width,
            ),
        ),
        Fact(
            template("Output"),
            message(
                "Calibrated probabilities of {classes}; a prediction set; whether the {picture} "
                "is unlike those of training.",
                classes=tuple(card.labels),
                picture=_read(card).noun,
            ),
        ),
        Fact(
            template("Outcome"),
            message(
                "Bone mass class by the T-score of {method}: −1 and −2.5 SD.",
                method=card.reference_method.label,
            ),
        ),
    )


def _training(card: BundleCard) -> tuple[Fact, ...]:
    shares = zip(card.labels, card.class_fractions, strict=True)
    said = tuple(message("{name} {value}", name=n, value=f"{share:.0%}") for n, share in shares)
    made = {name: card.provenance.get(name) for name in ("recipe", "seed", "torch", "python")}
    facts = [
        Fact(template("Cohort"), card.cohort),
        Fact(template("Class shares"), message("{shares}", shares=said)),
        Fact(template("Made by"), ", ".join(f"{k} {v}" for k, v in made.items() if v is not None)),
    ]
    if card.generator_version is not None:
        facts.append(
            Fact(
                template("Pictures drawn by"),
                message("generator {version}", version=f"{card.generator_version}"),
            )
        )
    return tuple(facts)


def _evaluation(record: EvaluationRecord | None) -> tuple[Fact, ...]:
    if record is None:
        return (Fact(template("Evaluation"), NOT_EVALUATED),)
    everyone = record.evaluation.everyone
    facts = [
        Fact(
            template("Measured on"),
            message(
                "{cohort}, {day}", cohort=record.cohort.description, day=f"{record.created_on}"
            ),
        )
    ]
    for name in SHOWN:
        facts.append(Fact(FIGURE_TEXTS[name].label, with_floor(everyone, name)))
    small = tuple(group_name(g) for g in record.evaluation.groups if g.caution)
    words = message("{groups}", groups=small) if small else template("none")
    facts.append(Fact(template("Groups too small to judge"), words))
    return tuple(facts)


def _warnings(card: BundleCard, record: EvaluationRecord | None) -> tuple[Fact, ...]:
    remarks = record.cohort.remarks if record is not None else ()
    facts = [Fact(template("Status"), notice_of(card.status))]
    facts += [Fact(template("Evaluation"), remark) for remark in remarks]
    facts.append(
        Fact(
            template("Fairness"),
            template("Ethnicity and skin tone are not recorded, so not evaluated by group."),
        )
    )
    facts.append(
        Fact(
            template("Confounding"),
            message(
                "A {subject} shows age, sex and body mass, which predict bone.",
                subject=_read(card).subject,
            ),
        )
    )
    return tuple(facts)


def _upkeep() -> tuple[Fact, ...]:
    return (
        Fact(
            template("Review"),
            template("Evaluate again on local measurements before use and after any change."),
        ),
        Fact(
            template("Update"),
            template("A changed bundle has a new hash; figures are never carried over."),
        ),
    )
