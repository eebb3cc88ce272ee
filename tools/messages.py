"""Bring the catalogues of translations up to date with what the program says.

Templates come from the code (the first argument of ``message``, ``template``, ``say`` and of every
error, the first two of ``plural``), from the data files whose texts reach a page, and from the
operating system, which says why a file cannot be opened. New ones are added without a translation,
those no longer said are taken out.
Run: python tools/messages.py
"""

import argparse
import ast
import errno
import json
import os
import tomllib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any, Final, get_args

import yaml
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from face2bone import errors
from face2bone.bundle.card import Status
from face2bone.explain.baselines import called
from face2bone.records import consent_text
from face2bone.studies import STUDIES
from face2bone.words import Language

ROOT: Final = Path(__file__).resolve().parent.parent
ERRORS: Final = frozenset(
    name
    for name, one in vars(errors).items()
    if isinstance(one, type) and issubclass(one, errors.Face2BoneError)
)
CALLS: Final = {"message": 1, "template": 1, "say": 1, "plural": 2} | dict.fromkeys(ERRORS, 1)
"""How many of the first arguments of a call are templates."""
REFUSALS: Final = (
    "ENOENT",
    "EACCES",
    "EPERM",
    "EISDIR",
    "ENOTDIR",
    "EEXIST",
    "ENOSPC",
    "EROFS",
    "EIO",
    "ENAMETOOLONG",
)
"""Why the system refuses a file, as far as anybody has met it here."""
CLINICAL: Final = ROOT / "face2bone" / "clinical"
TEXT_KEYS: Final = frozenset(
    {
        "text",
        "actions",
        "label",
        "words",
        "title",
        "unit",
        "note",
        "outside",
        "name",
        "setting",
        "help",
    }
)
WIDTH: Final = 96


def po_file(language: Language) -> Path:
    """Where a language's catalogue lies."""
    return ROOT / "face2bone" / "words" / f"{language.value}.po"


def templates() -> dict[str, list[str]]:
    """Every template that the program says -> the files that say it."""
    said: dict[str, list[str]] = {}
    for text, file in sorted(_of_code() | _of_data(), key=lambda pair: pair[::-1]):
        said.setdefault(text, []).append(file)
    return said


def _of_code() -> set[tuple[str, str]]:
    return {
        (text, str(path.relative_to(ROOT)))
        for path in (ROOT / "streamlit_app.py", *(ROOT / "face2bone").rglob("*.py"))
        for text in _literals(ast.parse(path.read_text("utf-8")))
    }


def _literals(module: ast.Module) -> Iterator[str]:
    """The literal texts that a module gives to one of ``CALLS``."""
    for call in ast.walk(module):
        if not isinstance(call, ast.Call) or not call.args:
            continue
        called = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
        for text in call.args[: CALLS.get(called, 0)]:
            if isinstance(text, ast.Constant) and isinstance(text.value, str):
                yield text.value


def _of_data() -> set[tuple[str, str]]:
    said = {(text, "face2bone/studies") for text in (*_of_studies(), *_of_evidence())}
    said |= {(os.strerror(getattr(errno, name)), "errno") for name in REFUSALS}
    for path in CLINICAL.rglob("*.toml"):
        name = str(path.relative_to(ROOT))
        said |= {(text, name) for text in _texts(tomllib.loads(path.read_text("utf-8")))}
    consent = consent_text()
    return said | {(text, "face2bone/records") for text in (consent.text, consent.photo_text)}


def _of_studies() -> Iterator[str]:
    """What studies and bundles name by a word: classes, parts, concepts, baselines, status."""
    yield from get_args(Status)
    for card in (ROOT / "models").glob("*/card.yaml"):
        told = yaml.safe_load(card.read_text("utf-8"))
        yield from (str(told["cohort"]), *map(str, told.get("limits", ())))
    for facts in (ROOT / "models").glob("*/years.json"):
        yield str(json.loads(facts.read_text("utf-8"))["measured_on"])
    for bank in (ROOT / "models").glob("*/concepts.json"):
        texts = json.loads(bank.read_text("utf-8"))
        yield from (*texts["names"], *texts["region_tags"], *texts["description"])
    for about in (ROOT / "models").glob("*/explained/about.json"):
        yield str(json.loads(about.read_text("utf-8"))["description"])
    for study in STUDIES.values():
        if study.tools is not None:
            read = study.tools.modality
            yield from study.tools.task.classes
            yield from (called(name, read.subject) for name in study.tools.baselines)
            yield from (read.noun, read.subject, read.kind, *(part.label for part in read.parts))


def _of_evidence() -> Iterator[str]:
    """What stands beside models that ship: who was measured, and what rows are called."""
    for path in sorted((ROOT / "models").glob("*/*.json")):
        kept = json.loads(path.read_text("utf-8"))
        if path.name in ("comparison.json", "ablation.json"):
            account = kept["account"]
            yield from (account["cohort"], *account["patients"], account["machine"])
            yield from (row["title"] for row in kept["rows"])
        elif path.name == "added_value.json":
            yield kept["about"]
        elif path.name == "evaluation.json":
            yield from (kept["cohort"]["description"], *kept["cohort"]["remarks"])


def _texts(value: Any, key: str = "") -> Iterator[str]:
    """What a data file says to a person; names of sources stay as their authors wrote them."""
    if isinstance(value, dict):
        for name, part in value.items():
            if name != "sources":
                yield from _texts(part, name)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part, key)
    elif isinstance(value, str) and value and key in TEXT_KEYS:
        yield value
        if key == "title":
            yield value.partition(",")[0]  # where sex or outcome are told by the rest


def updated(language: Language, said: dict[str, list[str]]) -> bytes:
    """The catalogue's file with what is new added and what is no longer said taken out."""
    with po_file(language).open("rb") as file:
        old = read_po(file, locale=language.value)
    new = Catalog(locale=language.value, project="Face2Bone", charset="utf-8")
    new.header_comment = old.header_comment
    for text, files in said.items():
        known = old.get(text)
        new.add(text, known.string if known else "", locations=[(name, 0) for name in files])
    written = BytesIO()
    write_po(written, new, width=WIDTH, omit_header=True, include_lineno=False)
    return written.getvalue()


def main() -> None:
    """Write every catalogue anew, and say what is still to be translated."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    said = templates()
    for language in (one for one in Language if one is not Language.ENGLISH):
        po_file(language).write_bytes(updated(language, said))
        with po_file(language).open("rb") as file:
            waiting = [entry.id for entry in read_po(file) if entry.id and not entry.string]
        print(f"{po_file(language).name}: {len(said)} texts, {len(waiting)} not translated")
        for text in waiting:
            print(f"  {text}")


if __name__ == "__main__":
    main()
