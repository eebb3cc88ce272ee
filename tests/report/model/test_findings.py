"""Which folders of a site are finished studies."""

from pathlib import Path

import pytest

from face2bone.errors import EvaluationError
from face2bone.report.model.findings import finding_folders, is_survival, is_years
from face2bone.report.model.years_files import read_years, write_years
from tests.report.model.test_years_files import ANSWERED


def test_studies_are_found_by_their_files(tmp_path: Path) -> None:
    write_years(ANSWERED, tmp_path / "ages")
    (tmp_path / "followed").mkdir()
    (tmp_path / "followed" / "survival.json").write_text("{}", "utf-8")
    (tmp_path / "notes").mkdir()
    (tmp_path / "survival.json").write_text("{}", "utf-8")
    found = finding_folders(tmp_path)
    assert list(found) == ["ages", "followed"]
    assert is_years(found["ages"])
    assert is_survival(found["followed"])


def test_no_link_leads_out_of_the_named_folder(tmp_path: Path) -> None:
    write_years(ANSWERED, tmp_path / "elsewhere")
    for name in ("mine", "half"):
        write_years(ANSWERED, tmp_path / "named" / name)
    (tmp_path / "named" / "a link").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    answers = tmp_path / "named" / "half" / "answers.csv"
    answers.unlink()
    answers.symlink_to(tmp_path / "elsewhere" / "answers.csv")
    assert list(finding_folders(tmp_path / "named")) == ["mine"]


@pytest.mark.parametrize(("name", "said"), [("empty", "holds no"), ("nothing", "cannot be read")])
def test_a_folder_without_studies_is_one_sentence(tmp_path: Path, name: str, said: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(EvaluationError, match=said):
        finding_folders(tmp_path / name)


def test_an_evaluation_without_its_answers_is_one_sentence(tmp_path: Path) -> None:
    write_years(ANSWERED, tmp_path / "ages")
    with pytest.raises(EvaluationError, match="does not hold the answers"):
        read_years(tmp_path / "ages")
    (tmp_path / "ages" / "answers.csv").unlink()
    with pytest.raises(EvaluationError, match="cannot be read"):
        read_years(tmp_path / "ages")
