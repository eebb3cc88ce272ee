"""The error tree: drawn as it is, documented, and one root to catch."""

import inspect
import re

import pytest

from face2bone import errors
from face2bone.errors import Face2BoneError

CLASSES = [c for _, c in inspect.getmembers(errors, inspect.isclass)]


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
