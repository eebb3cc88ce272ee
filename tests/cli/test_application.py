"""What every command shares: errors as sentences, and their exit codes."""

import errno

import pytest
import typer

from face2bone.cli.application import (
    EXIT_BUNDLE,
    EXIT_PHOTO,
    EXIT_REFUSED,
    EXIT_USAGE,
    TRAINING_PACKAGES,
    plain_errors,
)
from face2bone.errors import (
    BundleError,
    Face2BoneError,
    PatientError,
    PhotoError,
    RadiographUnsuited,
    SubjectNotFound,
    TrainingError,
)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (PhotoError, EXIT_PHOTO),
        (RadiographUnsuited, EXIT_PHOTO),
        (SubjectNotFound, EXIT_PHOTO),
        (BundleError, EXIT_BUNDLE),
        (PatientError, EXIT_USAGE),
        (TrainingError, EXIT_REFUSED),
    ],
)
def test_a_typed_error_is_its_sentence_and_its_code(
    error: type[Face2BoneError], code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(typer.Exit) as stop, plain_errors():
        raise error("What is wrong. What to do.")
    assert stop.value.exit_code == code
    assert capsys.readouterr().err == "What is wrong. What to do.\n"


@pytest.mark.parametrize("name", TRAINING_PACKAGES)
def test_a_missing_training_package_says_what_to_install(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(typer.Exit) as stop, plain_errors():
        raise ModuleNotFoundError(f"No module named {name!r}", name=f"{name}.pytorch")
    assert stop.value.exit_code == EXIT_REFUSED
    assert "pip install -r requirements-train.txt" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "The disk is full"),
        (errno.EROFS, "is not yours to write"),
        (errno.EISDIR, "a folder where a file should be"),
        (errno.ENAMETOOLONG, "Choose a shorter one"),
    ],
)
def test_a_file_that_cannot_be_written_is_a_sentence(
    number: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(typer.Exit) as stop, plain_errors():
        raise OSError(number, "in the system's own words")
    assert stop.value.exit_code == EXIT_REFUSED
    assert words in capsys.readouterr().err


def test_another_error_of_the_system_is_a_fault_of_the_program() -> None:
    with pytest.raises(OSError, match="words"), plain_errors():
        raise OSError(errno.EBADF, "words")


def test_another_missing_module_is_a_fault_of_the_program() -> None:
    with pytest.raises(ModuleNotFoundError), plain_errors():
        raise ModuleNotFoundError("No module named 'numpy'", name="numpy")


def test_the_training_packages_are_those_of_the_requirements() -> None:
    from pathlib import Path

    lines = (Path(__file__).parents[2] / "requirements-train.txt").read_text("utf-8").splitlines()
    assert {line.partition("==")[0] for line in lines if "==" in line} == set(TRAINING_PACKAGES)
