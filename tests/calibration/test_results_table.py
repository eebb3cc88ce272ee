from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from face2bone.calibration.results_table import COLUMNS, read_results
from face2bone.errors import ManifestError

HASH = "ab" * 32
ROWS = [
    ("p1", "0.7", "0.2", "0.1", "-0.4", "2026-03-02", HASH),
    ("p2", "0.1", "0.3", "0.6", "-2.5", "2026-01-05", HASH),
    ("p3", "0.333", "0.333", "0.333", "-1.0", "2026-05-07", HASH),
]


def table(*rows: tuple[str, ...], header: tuple[str, ...] = COLUMNS) -> str:
    return "\n".join(",".join(cells) for cells in (header, *rows)) + "\n"


def written(folder: Path, text: str) -> Path:
    path = folder / "results.csv"
    path.write_text(text, "utf-8")
    return path


def changed(column: str, cell: str) -> tuple[str, ...]:
    row = list(ROWS[1])
    row[COLUMNS.index(column)] = cell
    return tuple(row)


def test_predictions_and_classes_are_read(tmp_path: Path) -> None:
    found = read_results(written(tmp_path, table(*ROWS)))
    assert found.probabilities[1].tolist() == pytest.approx([0.1, 0.3, 0.6])
    assert found.probabilities[2].tolist() == pytest.approx([1 / 3] * 3)
    assert found.labels.tolist() == [0, 2, 0]  # T = -1.0 is normal under the WHO rule
    assert (found.first, found.last) == (date(2026, 1, 5), date(2026, 5, 7))
    assert found.bundle_sha256 == HASH


def test_parquet_says_the_same_as_csv(tmp_path: Path) -> None:
    frame = pd.DataFrame(ROWS, columns=list(COLUMNS))
    frame[["normal", "t_score"]] = frame[["normal", "t_score"]].astype(float)
    frame.to_parquet(tmp_path / "results.parquet")
    a = read_results(tmp_path / "results.parquet")
    b = read_results(written(tmp_path, table(*ROWS)))
    assert a.probabilities == pytest.approx(b.probabilities)
    assert (a.labels == b.labels).all()


def test_columns_may_stand_in_any_order(tmp_path: Path) -> None:
    order = list(reversed(range(len(COLUMNS))))
    rows = [tuple(row[i] for i in order) for row in ROWS]
    turned = table(*rows, header=tuple(COLUMNS[i] for i in order))
    assert read_results(written(tmp_path, turned)).labels.tolist() == [0, 2, 0]


@pytest.mark.parametrize(
    ("column", "cell", "words"),
    [
        ("normal", "", "between 0 and 1"),
        ("normal", "0,1", r"row 3, column H: 'abab.*' stands in a column without a name"),
        ("osteopenia", "1.3", "between 0 and 1"),
        ("osteopenia", "some", "row 3, osteopenia: 'some' is not a number"),
        ("osteoporosis", "0.9", "add up to 1"),
        ("t_score", "-25", "between -8 and 8"),
        ("t_score", "", "between -8 and 8"),
        ("measured_on", "02.03.2026", "YYYY-MM-DD"),
        ("measured_on", "", "YYYY-MM-DD"),
        ("patient_id", "", "must not be empty"),
        ("patient_id", "p1", "more than once"),
        ("bundle_sha256", "cd" * 32, "2 bundles"),
    ],
)
def test_a_broken_rule_is_named(tmp_path: Path, column: str, cell: str, words: str) -> None:
    path = written(tmp_path, table(ROWS[0], changed(column, cell)))
    with pytest.raises(ManifestError, match=words):
        read_results(path)


@pytest.mark.parametrize(
    "text",
    [
        table(),
        table(*ROWS, header=("id", *COLUMNS[1:])),
        table(*[(*row, "Jane") for row in ROWS], header=(*COLUMNS, "name")),
    ],
)
def test_another_header_is_refused_whole(tmp_path: Path, text: str) -> None:
    with pytest.raises(ManifestError, match="exactly the columns"):
        read_results(written(tmp_path, text))
