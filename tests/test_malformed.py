"""A few malformed files of every kind; ``python -m tests.malformed 10000`` takes many."""

from pathlib import Path

import pytest

from face2bone.errors import Face2BoneError
from tests.malformed import Found, Kind, attempt, kinds

CASES = 8  # of each kind


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Kind]:
    return kinds(tmp_path_factory.mktemp("valid"))


@pytest.mark.slow
def test_what_they_are_copies_of_is_read(made: dict[str, Kind], tmp_path: Path) -> None:
    """Else every case would be refused for the same reason, and nothing be tested."""
    refused = {}
    for number, (name, kind) in enumerate(made.items()):
        folder = tmp_path / str(number)
        folder.mkdir()
        for file, data in kind.files.items():
            (folder / file).write_bytes(data)
        try:
            kind.read(folder)
        except Face2BoneError as error:
            refused[name] = str(error)
    assert not refused


@pytest.mark.slow
def test_each_is_read_or_a_typed_error(made: dict[str, Kind]) -> None:
    found = Found()
    for name, kind in made.items():
        for seed in range(CASES):
            attempt(kind, seed, name, found)
    assert not found.others
    assert all(sum(answers.values()) == CASES for answers in found.answers.values())
