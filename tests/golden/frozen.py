"""Everything the program says of the eight patients, as texts by the name of their file.

The photos are files and not drawn here, so that another processor's rounding in drawing cannot
reach the figures. What must differ from run to run or says nothing of what is computed is fixed:
the day, the program's version, the bundle's hash and the identifiers FHIR makes up.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2 as pdfium

from face2bone.assess import Assessor
from face2bone.assessment import AnswersOnly, Assessment
from face2bone.bone import BoneClass
from face2bone.bundle import Bundle
from face2bone.cohort.manifest import read_manifest
from face2bone.drawn.face.patients import DrawnPatient
from face2bone.drawn.face.write import manifest_table, truth_table, write_cohort
from face2bone.errors import SubjectRejected
from face2bone.evaluation.evaluate import evaluate_bundle
from face2bone.evaluation.record import to_json as evaluation_json
from face2bone.explain.craft import ConceptAttribution
from face2bone.explain.shapley import RegionAttribution
from face2bone.modalities.photo import read_photo
from face2bone.report.assessment.assessment_json import document
from face2bone.report.assessment.assessment_json import to_json as assessment_json
from face2bone.report.assessment.fhir import to_fhir
from face2bone.report.assessment.page import Heading
from face2bone.report.assessment.pdf import to_pdf
from face2bone.runtime import Engine, TorchEngine
from tests.golden.patients import CASES, SEED, WORLD, Case, drawn_patients, typed

MADE_AT = datetime(2026, 11, 21, 15, 0, tzinfo=UTC)
NO_HASH = "0" * 64
MADE_UP = re.compile(r"urn:uuid:[0-9a-f-]{36}")
FLAT = re.compile(r"\{[^][{}]*\}|\[[^][{}]*\]")  # an object or a list that holds neither
LINE = 100  # characters
SQUARES = 16  # along a side of the crop
DIGITS = 6

Said = Assessment | AnswersOnly


def frozen_texts(bundle: Bundle, photos: Sequence[bytes], folder: Path) -> dict[str, str]:
    """Every text by its file's name; ``folder`` is empty and takes a drawn cohort."""
    engine = TorchEngine(bundle.network, bundle.card.input, device="cpu")
    assessor = Assessor(bundle, engine)
    assessor.facts = replace(assessor.facts, sha256=NO_HASH)
    patients = drawn_patients()
    told = [_said(assessor, *each) for each in zip(patients, photos, CASES, strict=True)]
    texts = {
        "patients.json": patients_text(patients),
        "crops.json": _as_json([_crop(said) for said in told if isinstance(said, Assessment)]),
        "predictions.json": _predictions(told),
    }
    for number, (said, case) in enumerate(zip(told, CASES, strict=True), start=1):
        texts |= {f"patient_{number}.{name}": text for name, text in _files(said, number, case)}
    return texts | {"evaluation.json": _evaluation(bundle, engine, photos, folder)}


def patients_text(patients: tuple[DrawnPatient, ...]) -> str:
    """Everything that was drawn of each patient but the picture."""
    tables = {"manifest": manifest_table(patients), "truth": truth_table(patients)}
    return _as_json({name: table.to_dict("records") for name, table in tables.items()})


def _said(assessor: Assessor, drawn: DrawnPatient, photo: bytes, case: Case) -> Said:
    """As the Review page has it: where the photo is refused, what the answers say alone."""
    patient = typed(drawn, case)
    try:
        return assessor.assess(
            photo, patient, frax=case.frax, guideline=case.guideline, explained=case.explained
        )
    except SubjectRejected as refused:
        located = assessor.locate(read_photo(photo))
        referral = assessor.refer(patient, None, case.frax, case.guideline)
        why, sha256 = str(refused), located.photo_sha256
        return AnswersOnly(patient, referral, assessor.facts, why, sha256, located.subject.quality)


def _crop(said: Assessment) -> dict[str, Any]:
    """What the network reads: its hash, and the mean grey level of 16 x 16 squares."""
    crop = said.located.aligned.pixels
    side = len(crop) // SQUARES
    squares = crop.reshape(SQUARES, side, SQUARES, side, -1).mean(axis=(1, 3, 4))
    digest = hashlib.sha256(np.ascontiguousarray(crop).tobytes()).hexdigest()
    return {"sha256": digest, "squares": squares.round(1).tolist()}


def _predictions(told: Iterable[Said]) -> str:
    return _as_json([_prediction(said) for said in told])


def _prediction(said: Said) -> dict[str, Any]:
    if isinstance(said, AnswersOnly):
        return {"refused": said.why}
    found = said.prediction
    return {
        "engine": found.engine,
        "logits": found.logits.tolist(),
        "out_of_domain": asdict(found.out_of_domain),
        "prediction_set": [BoneClass(member).name for member in found.prediction_set],
        "probabilities": found.probabilities.tolist(),
    }


def _files(said: Said, number: int, case: Case) -> Iterator[tuple[str, str]]:
    """What leaves the program about one patient, and the explanation in full."""
    heading = Heading(f"P-{number}", MADE_AT, case.language)
    yield "assessment.json", assessment_json(said)
    yield "report.txt", _pdf_text(to_pdf(document(said), heading))
    yield "report.fhir.json", _without_uuids(to_fhir(document(said), heading))
    if isinstance(said, Assessment) and case.explained:
        yield "explanation.json", _explanation(said)
        yield "coalitions.csv", _coalitions(said)


def _pdf_text(data: bytes) -> str:
    pages = [page.get_textpage().get_text_range() for page in pdfium.PdfDocument(data)]
    return "".join(f"{line}\n" for page in pages for line in [*page.splitlines(), "----"])


def _without_uuids(text: str) -> str:
    """Each identifier replaced by the order in which it first comes, so references still tell."""
    order = {uuid: place for place, uuid in enumerate(dict.fromkeys(MADE_UP.findall(text)))}
    return MADE_UP.sub(lambda found: f"urn:uuid:number-{order[found[0]]}", text)


def _explanation(said: Assessment) -> str:
    """The whole region table of both fills, how far it is to be believed, and the concepts."""
    explanation, classes = said.explanation, range(len(said.prediction.logits))
    checks = [explanation.self_check(k) for k in classes]
    return _as_json(
        {
            "regions": [_game(game) for game in explanation.regions],
            "self_checks": [check and asdict(check) for check in checks],
            "withheld": [bool(explanation.withheld(k)) for k in classes],
            "concepts": _concepts(explanation.concepts),
        }
    )


def _game(game: RegionAttribution) -> dict[str, Any]:
    rows = zip(game.parts, game.values.tolist(), strict=True)
    return {
        "fill": game.baseline,
        "base": game.base.tolist(),
        "full": game.full.tolist(),
        "values": {part.id: row for part, row in rows},
    }


def _concepts(concepts: ConceptAttribution) -> dict[str, Any]:
    return {
        "names": concepts.names,
        "presence": concepts.presence.tolist(),
        "importance": concepts.importance.tolist(),
        "importance_error": concepts.importance_error.tolist(),
        # Of the largest: a cell holds little of a concept or much, and rounding in the picture
        # moves both by as much.
        "coefficients": (concepts.coefficients / concepts.coefficients.max()).tolist(),
        "mean_location": concepts.location.mean(axis=(1, 2)).tolist(),
        "reconstruction_error": concepts.reconstruction_error,
    }


def _coalitions(said: Assessment) -> str:
    """The logits of all 1,024 coalitions under each fill, a row a coalition in their order."""
    games = said.explanation.regions
    head = ",".join(f"{game.baseline} {k}" for game in games for k in range(game.table.shape[1]))
    rows = zip(*(game.table.tolist() for game in games), strict=True)
    lines = (",".join(f"{v:.4f}" for part in row for v in part) for row in rows)
    return "".join(f"{line}\n" for line in (head, *lines))


def _evaluation(bundle: Bundle, engine: Engine, photos: Sequence[bytes], folder: Path) -> str:
    """What ``face2bone evaluate`` writes of the eight as a cohort."""
    manifest = write_cohort(folder / "drawn", len(photos), WORLD, SEED, workers=1)
    cohort = read_manifest(manifest)
    for path, photo in zip(cohort.photos, photos, strict=True):
        path.write_bytes(photo)
    record = evaluate_bundle(bundle, cohort, engine, folder / "crops", lambda *_: None).record
    fixed = replace(
        record,
        bundle=replace(record.bundle, sha256=NO_HASH),
        created_on=MADE_AT.date(),
        software="face2bone",
    )
    return _as_json(json.loads(evaluation_json(fixed)))


def _as_json(value: Any) -> str:
    """Readable: keys sorted, six decimals, and what is short in one line."""
    text = json.dumps(_rounded(value), indent=1, sort_keys=True, ensure_ascii=False)
    return FLAT.sub(_in_one_line, text) + "\n"


def _in_one_line(found: re.Match[str]) -> str:
    line = " ".join(found[0].split())
    return line if len(line) <= LINE else found[0]


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, DIGITS)
    if isinstance(value, dict):
        return {key: _rounded(part) for key, part in value.items()}
    return [_rounded(part) for part in value] if isinstance(value, list | tuple) else value
