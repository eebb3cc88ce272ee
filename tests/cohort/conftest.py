"""Small cohorts on disk whose photos are a few bytes each, and one of drawn patients, aligned."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pandas as pd
import pytest

from face2bone.cohort.crop_store import CropStore
from face2bone.drawn.face.crops import drawn_crops
from face2bone.drawn.face.patients import DrawnPatient, draw_cohort
from face2bone.drawn.worlds import World

PATIENTS = 6
COHORT_SEED = 400_100  # of the test suite's own range

type_of_row = Mapping[str, object]
WriteCohort = Callable[[Sequence[type_of_row]], Path]


def row(index: int, **changes: object) -> dict[str, object]:
    """One valid row; ``changes`` replace or add cells, and None takes a column away."""
    cells: dict[str, object] = {
        "patient_id": f"p{index}",
        "photo": f"photos/{index}.jpg",
        "sex": "F",
        "age_years": 66.5,
        "height_cm": 155.0,
        "weight_kg": 52.0,
        "t_score": -1.7,
        "dxa_site": "lowest",
        "acquired_on": "2024-05-02",
    }
    cells.update(changes)
    return {name: cell for name, cell in cells.items() if cell is not None}


@pytest.fixture
def make_row() -> Callable[..., dict[str, object]]:
    return row


@pytest.fixture
def write_rows(tmp_path: Path) -> WriteCohort:
    """Write rows and a distinct photo for each well-formed path; returns the manifest."""

    def write(rows: Sequence[type_of_row], name: str = "manifest.csv") -> Path:
        (tmp_path / "photos").mkdir(exist_ok=True)
        for i in range(len(rows)):
            (tmp_path / "photos" / f"{i}.jpg").write_bytes(f"photo {i}".encode())
        table = pd.DataFrame(rows)
        if name.endswith(".csv"):
            table.to_csv(tmp_path / name, index=False)
        else:
            table.to_parquet(tmp_path / name, index=False)
        return tmp_path / name

    return write


@pytest.fixture(scope="module")
def patients() -> tuple[DrawnPatient, ...]:
    return draw_cohort(PATIENTS, World.PLANTED, COHORT_SEED)


@pytest.fixture(scope="module")
def drawn(
    patients: tuple[DrawnPatient, ...], tmp_path_factory: pytest.TempPathFactory
) -> CropStore:
    return drawn_crops(patients, "generator", tmp_path_factory.mktemp("drawn"), workers=1)
