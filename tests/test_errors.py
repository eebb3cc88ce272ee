"""The error tree: drawn as it is, documented, one root to catch; and what it says is a message."""

import ast
import inspect
import pickle
import re
import weakref
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

import pytest

from face2bone import errors
from face2bone.errors import (
    ConceptNameRefused,
    Face2BoneError,
    ImportRefused,
    PhotoUnreadable,
    SeveralSubjects,
    to_keep,
)
from face2bone.words import Language, Message, catalogue, made_of
from face2bone.words.message import BLANK

Error = TypeVar("Error", bound=Face2BoneError)
PACKAGE = Path(errors.__file__).parent
CLASSES = [
    c for _, c in inspect.getmembers(errors, inspect.isclass) if issubclass(c, Face2BoneError)
]
CHINESE = catalogue(Language.CHINESE)
MESSAGES = frozenset({"message", "plural", "template", "together"})
OWN = frozenset({"faces", "overtaken", "problems"})
"""What an error keeps beside its sentence."""
HANDED_ON = {
    ("cohort_explanations/scored.py", "why_not(listed) or none"): "both are messages",
    ("modalities/mediapipe_task.py", "changed"): "the locators' own messages",
    ("modalities/mediapipe_task.py", "refused"): "the locators' own messages",
    ("records/assessment_changes.py", "problem"): "a sentence of pseudonym_problems",
    ("records/followup.py", "str(error)"): "the sentence of the error that it wraps",
    ("records/followup.py", "summary"): "a plural, made above",
}
"""First arguments that are neither a template nor a message on the spot, and why they may be."""


@pytest.mark.parametrize("error", CLASSES)
def test_every_error_has_one_root_and_says_when_it_is_raised(error: type[Exception]) -> None:
    assert issubclass(error, Face2BoneError)
    assert (error.__doc__ or "").startswith("Raised")


def drawn_tree() -> dict[str, str]:
    """Class -> base, read from the drawing in the module's docstring."""
    stack: list[str] = []
    bases: dict[str, str] = {}
    for line in (errors.__doc__ or "").splitlines():
        drawn = re.match(r"    ([│├└─ ]*)([A-Z]\w+)(?:\s{2,}|$)", line)
        if drawn:
            depth = len(drawn[1]) // 4
            stack[depth:] = [drawn[2]]
            if depth:
                bases[drawn[2]] = stack[depth - 1]
    return bases


def test_the_drawing_is_the_tree() -> None:
    real = {c.__name__: c.__bases__[0].__name__ for c in CLASSES if c is not Face2BoneError}
    assert drawn_tree() == real


def made(source: str) -> Iterator[ast.Call]:
    """Every call that makes an error."""
    names = {c.__name__ for c in CLASSES}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and called(node) in names:
            yield node


def called(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def fault(call: ast.Call, file: str) -> str:
    """Why what an error says could not be said in another language; empty where it can."""
    first = call.args[0] if call.args else None
    given = {keyword.arg for keyword in call.keywords} - OWN
    if isinstance(first, ast.Constant) and isinstance(first.value, str):
        if given != set(BLANK.findall(first.value)):
            return f"blanks {given} for {first.value!r}"
        return "" if first.value in CHINESE.entries else f"not in the catalogue: {first.value!r}"
    if isinstance(first, ast.Call) and called(first) in MESSAGES:
        return ""
    shown = ast.unparse(first) if first else "nothing"
    return "" if (file, shown) in HANDED_ON else f"says {shown}"


@pytest.mark.slow
def test_every_error_of_the_package_says_a_message_of_the_catalogue() -> None:
    faults, seen = [], 0
    for path in sorted(PACKAGE.rglob("*.py")):
        file = path.relative_to(PACKAGE).as_posix()
        for call in made(path.read_text("utf-8")):
            seen += 1
            faults += [f"{file}:{call.lineno} {why}" for why in [fault(call, file)] if why]
    assert faults == []
    assert seen > 250


@pytest.mark.parametrize(
    ("source", "holds"),
    [
        (
            "PhotoUnreadable('The photo file is empty. Choose the photo again or take a new one.')",
            True,
        ),
        ("PhotoError('Nobody has translated this. Do.')", False),
        ("PhotoError(f'The file {name} is empty.')", False),
        ("PhotoError('The file {name} is empty.')", False),
        ("PhotoError(text)", False),
        ("PhotoError(message('{count} photos', count=3))", True),
    ],
)
def test_the_rule_itself(source: str, holds: bool) -> None:
    (call,) = made(source)
    assert (fault(call, "here.py") == "") is holds


def test_what_may_be_handed_on_is_still_there() -> None:
    there = {
        (file, ast.unparse(call.args[0]))
        for file in {file for file, _ in HANDED_ON}
        for call in made((PACKAGE / file).read_text("utf-8"))
    }
    assert set(HANDED_ON) <= there


def again(error: Error) -> Error:
    """As it comes out of another process."""
    there: Error = pickle.loads(pickle.dumps(error))  # noqa: S301  our own, made on the line
    return there


@pytest.mark.parametrize("error", CLASSES)
def test_an_error_comes_through_a_pickle_with_its_message(error: type[Face2BoneError]) -> None:
    there = again(error("{file} is no split.", file="{a}.csv"))
    assert type(there) is error
    assert str(there) == "{a}.csv is no split."
    assert made_of(str(there)).blanks == {"file": "{a}.csv"}


def test_what_an_error_keeps_beside_its_sentence_comes_through_too() -> None:
    several = again(SeveralSubjects("{count} faces.", subjects=(1, 2), count=2))
    assert (str(several), several.subjects) == ("2 faces.", (1, 2))
    overtaken = again(ConceptNameRefused("No {name}.", overtaken=True, name="x"))
    assert (str(overtaken), overtaken.overtaken) == ("No x.", True)
    refused = again(ImportRefused("{count} rows.", ("one", "two"), count=2))
    assert (str(refused), refused.summary, refused.problems) == (
        "2 rows.\none\ntwo",
        "2 rows.",
        ("one", "two"),
    )


def refuse() -> None:
    raise errors.PhotoFormatError("The {kind} file is animated.", kind="PNG")


def test_an_error_of_another_process_is_the_same_message_here() -> None:
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        raised = pool.submit(refuse).exception()
    assert isinstance(raised, errors.PhotoFormatError)
    assert isinstance(str(raised), Message)
    assert made_of(str(raised)).template == "The {kind} file is animated."


def test_a_message_that_was_made_already_is_taken_as_it_is() -> None:
    assert str(Face2BoneError("Of {nobody} in braces.")) == "Of {nobody} in braces."


class Pixels:
    """Stands for a decoded picture."""


def test_an_error_to_keep_says_all_and_holds_nothing_it_came_through() -> None:
    pixels: list[weakref.ref[Pixels]] = []

    def looked_at() -> None:
        mine = Pixels()
        pixels.append(weakref.ref(mine))
        try:
            raise OSError("torn")
        except OSError as error:
            raise SeveralSubjects("There are {n} faces.", subjects=(1, 2), n=2) from error

    kept = []
    try:
        looked_at()
    except SeveralSubjects as error:
        kept.append(to_keep(error))
    assert pixels[0]() is None
    assert (type(kept[0]), str(kept[0]), kept[0].subjects) == (
        SeveralSubjects,
        "There are 2 faces.",
        (1, 2),
    )


def test_what_is_kept_is_raised_again_as_itself() -> None:
    kept = to_keep(PhotoUnreadable("The photo is torn. Give another."))
    with pytest.raises(PhotoUnreadable, match="is torn"):
        raise to_keep(kept)
    assert kept.__traceback__ is None
