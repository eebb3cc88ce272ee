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
from face2bone.report.model.evaluation_text import FIGURE_TEXTS, floor_text, range_text

SHOWN: Final = ("accuracy", "macro_auc", "auc_osteoporosis", "rps", "ece", "slope_osteoporosis")
NOT_EVALUATED: Final = "No evaluation is kept beside this bundle."


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
        Section("Model", _identity(card, bundle_hash(bundle))),
        Section("Intended use", _use(card)),
        Section("Inputs and outputs", _inputs(card)),
        Section("Training", _training(card)),
        Section("Evaluation", _evaluation(record)),
        Section("Warnings and limits", _warnings(card, record)),
        Section("Upkeep", _upkeep()),
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
    width = f"{card.architecture.width:g}"
    return (
        Fact("Name", f"{card.name} {card.version}"),
        Fact("Status", f"{card.status}. {notice_of(card.status)}"),
        Fact("Made on", card.created_on.isoformat()),
        Fact("Hash", sha256),
        Fact(
            "Network",
            f"InceptionResnetV1 at width {width} with frequency-sparse attention "
            f"({card.architecture.fsa}), spatial gate ({card.architecture.ssam}), transformer "
            f"({card.architecture.transformer}) and a {card.architecture.head} head; attention "
            "and gate are our reconstruction of modules known by name only",
        ),
        Fact("Licence", str(card.provenance.get("licence", "not stated"))),
    )


def _use(card: BundleCard) -> tuple[Fact, ...]:
    whom = (
        "Demonstration only: nobody's bones." if card.status == "demo" else
        "Research on whether a face photograph helps to decide who should have a DXA scan."
    )  # fmt: skip
    return (
        Fact("For", whom),
        Fact("Users", "Researchers, and clinicians within a study."),
        Fact("Not for", "Diagnosis, treatment, or withholding a DXA scan. Not a medical device."),
        Fact("Effect on care", "The face may add a referral suggestion, never remove one."),
    )


def _inputs(card: BundleCard) -> tuple[Fact, ...]:
    return (
        Fact("Input", "One frontal face photograph, aligned to 160 by 160 pixels in an ellipse."),
        Fact(
            "Output",
            f"Calibrated probabilities of {', '.join(card.labels)}; a prediction set; whether "
            "the photo is unlike the training faces.",
        ),
        Fact(
            "Outcome",
            f"Bone mass class by the T-score of {card.reference_method.label}: −1 and −2.5 SD.",
        ),
    )


def _training(card: BundleCard) -> tuple[Fact, ...]:
    shares = zip(card.labels, card.class_fractions, strict=True)
    made = {name: card.provenance.get(name) for name in ("recipe", "seed", "torch", "python")}
    facts = [
        Fact("Cohort", card.cohort),
        Fact("Class shares", ", ".join(f"{name} {share:.0%}" for name, share in shares)),
        Fact("Made by", ", ".join(f"{k} {v}" for k, v in made.items() if v is not None)),
    ]
    if card.generator_version is not None:
        facts.append(Fact("Faces drawn by", f"generator {card.generator_version}"))
    return tuple(facts)


def _evaluation(record: EvaluationRecord | None) -> tuple[Fact, ...]:
    if record is None:
        return (Fact("Evaluation", NOT_EVALUATED),)
    everyone = record.evaluation.everyone
    facts = [Fact("Measured on", f"{record.cohort.description}, {record.created_on}")]
    for name in SHOWN:
        estimate, floor = everyone.figures[name], floor_text(everyone, name)
        value = range_text(estimate) + (f"; {floor}" if floor else "")
        label = FIGURE_TEXTS[name].label
        facts.append(Fact(label[0].upper() + label[1:], value))
    small = [f"{g.dimension}: {g.name}" for g in record.evaluation.groups if g.caution]
    facts.append(Fact("Groups too small to judge", "; ".join(small) or "none"))
    return tuple(facts)


def _warnings(card: BundleCard, record: EvaluationRecord | None) -> tuple[Fact, ...]:
    remarks = record.cohort.remarks if record is not None else ()
    facts = [Fact("Status", notice_of(card.status))]
    facts += [Fact("Evaluation", remark) for remark in remarks]
    facts.append(
        Fact("Fairness", "Ethnicity and skin tone are not recorded, so not evaluated by group.")
    )
    facts.append(Fact("Confounding", "A face shows age, sex and body mass, which predict bone."))
    return tuple(facts)


def _upkeep() -> tuple[Fact, ...]:
    return (
        Fact("Review", "Evaluate again on local measurements before use and after any change."),
        Fact("Update", "A changed bundle has a new hash; figures are never carried over."),
    )
