"""Malformed files of every kind by the thousand: ``python -m tests.malformed 10000`` counts them.

Each case is a copy of valid files of one kind with something wrong in it: bytes changed, cut, put
in or copied about, or a value exchanged for one that costs much or means two things. Each must be
read or be a typed error, within the limits of time and memory; anything else is counted as "other"
and named. The cases are the same at every run.
"""

import json
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pandas as pd

from face2bone.bundle import Bundle, load_bundle
from face2bone.calibration.results_table import read_results
from face2bone.cohort.manifest import read_manifest
from face2bone.cohort_explanations.folder import read_explained
from face2bone.comparison.record import attached as attached_comparison
from face2bone.drawn.face.crops import FACES
from face2bone.drawn.writing import read_plan
from face2bone.errors import Face2BoneError
from face2bone.evaluation.record import attached as attached_evaluation
from face2bone.history_file import read_history
from face2bone.modalities.face import FACE_PARTS
from face2bone.modalities.photo import photo_from_pixels, read_photo
from face2bone.records import (
    ConsentBy,
    Records,
    Visit,
    export_records,
    import_dxa,
    import_records,
    kept_assessments,
    save,
)
from face2bone.report.assessment.document import read_document
from tests.modalities.photo.malformed import mutated, valid
from tests.peak import peak_mib
from tests.spoiling import (
    HOSTILE,
    RAW,
    Files,
    arrays_spoiled,
    bytes_spoiled,
    cells_spoiled,
    either,
    json_spoiled,
    resealed,
)

SECONDS: Final = 5.0  # of the processor, for one case


@dataclass(frozen=True)
class Kind:
    """One kind of file: valid ones, how they are read, and how they go wrong."""

    files: Files
    read: Callable[[Path], object]
    spoil: Callable[[random.Random, Files], Files]


@dataclass
class Found:
    """What became of all the cases."""

    answers: dict[str, Counter[str]] = field(default_factory=dict)
    others: list[str] = field(default_factory=list)
    slowest: tuple[float, str] = (0.0, "")
    peak_mib: int = 0

    def summary(self) -> dict[str, Any]:
        counts = {kind: dict(sorted(c.items())) for kind, c in self.answers.items()}
        total = sum(sum(c.values()) for c in self.answers.values())
        read = sum(c["read"] for c in self.answers.values())
        return {
            "cases": total,
            "typed": total - read - len(self.others),
            "read": read,
            "other": self.others,
            "slowest": self.slowest,
            "peak_mib": self.peak_mib,
            "by_kind": counts,
        }


def kinds(work: Path) -> dict[str, Kind]:
    """Every kind there is; ``work`` holds the valid files they are copies of."""
    from tests.tiny_bundle import save_tiny_bundle

    bundle = save_tiny_bundle(work / "tiny")
    document = _document(bundle)
    books = work / "records.sqlite"
    _fill(books, document)
    dxa = "patient_id,site,t_score,measured_on\n" + "".join(
        f"P-{i},total_hip,-{i}.5,{pd.Timestamp.now().date()}\n" for i in (1, 2)
    )
    return {
        "manifest (CSV)": _manifest_csv(),
        "manifest (parquet)": _manifest_parquet(),
        "clinic's results": Kind(
            {"results.csv": _results().encode()},
            lambda folder: read_results(folder / "results.csv"),
            either(bytes_spoiled, cells_spoiled, cells_spoiled),
        ),
        "DXA table": Kind(
            {"dxa.csv": dxa.encode()},
            lambda folder: _into(books, folder, lambda r: import_dxa(r, folder / "dxa.csv", "Li")),
            either(bytes_spoiled, cells_spoiled, cells_spoiled),
        ),
        "records export": _export(books, work),
        "records database": Kind(
            {"records.sqlite": books.read_bytes()},
            lambda folder: _opened(folder / "records.sqlite"),
            bytes_spoiled,
        ),
        "bundle": Kind(
            _files(bundle.root),
            load_bundle,
            either(
                bytes_spoiled,
                resealed(bytes_spoiled),
                resealed(json_spoiled),
                resealed(arrays_spoiled),
            ),
        ),
        "beside a bundle": _beside(work),
        "crops": _crops(work),
        "history": Kind(
            {"history.json": _history().encode()},
            lambda folder: read_history(folder / "history.json"),
            either(bytes_spoiled, json_spoiled, json_spoiled),
        ),
        "history (TOML)": Kind(
            {"history.toml": b'smoking = "never"\n[t_scores]\nfemoral_neck = -2.1\n'},
            lambda folder: read_history(folder / "history.toml"),
            bytes_spoiled,
        ),
        "document": Kind(
            {"assessment.json": document.model_dump_json().encode()},
            lambda folder: read_document(_whole(folder / "assessment.json")),
            either(bytes_spoiled, json_spoiled, json_spoiled),
        ),
        "plan of a drawn cohort": _plan(work),
    }


def _files(folder: Path) -> Files:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}


def _whole(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""


def _document(bundle: Bundle) -> Any:
    """A drawn sample patient, assessed and not explained."""
    from face2bone.assess import Assessor
    from face2bone.assessment import Assessment, Explanation
    from face2bone.drawn.face.samples import sample_patients
    from face2bone.report.assessment.assessment_json import document

    sample, assessor = sample_patients()[0], Assessor(bundle)
    photo = photo_from_pixels(read_photo(sample.photo_bytes()).pixels)  # a sample is never kept
    located = assessor.locate(photo)
    prediction = assessor.predict(located)
    referral = assessor.refer(sample.patient, prediction)
    whole = (sample.patient, located, prediction, Explanation.none(), referral, assessor.facts)
    return document(Assessment(*whole))


def _fill(books: Path, document: Any) -> None:
    with closing(Records(f"sqlite:///{books}")) as records:
        for i in range(4):
            visit = Visit(
                patient_id=f"P-{i}",
                decision=document.referral.urgency,
                saved_by="Li",
                consent_by=ConsentBy.PATIENT,
            )
            save(records, document, visit)
        records.forget_log()


def _into(books: Path, folder: Path, take_in: Callable[[Records], object]) -> object:
    shutil.copy(books, folder / "books.sqlite")
    with closing(Records(f"sqlite:///{folder / 'books.sqlite'}")) as records:
        return take_in(records)


def _opened(books: Path) -> object:
    with closing(Records(f"sqlite:///{books}")) as records:
        return kept_assessments(records)


def _export(books: Path, work: Path) -> Kind:
    empty = work / "empty.sqlite"
    Records(f"sqlite:///{empty}").close()
    with closing(Records(f"sqlite:///{books}")) as records:
        export_records(records, work / "out", "Li")
    return Kind(
        {name: data for name, data in _files(work / "out").items() if not name.startswith("audit")},
        lambda folder: _into(empty, folder, lambda r: import_records(r, folder, "Li")),
        either(bytes_spoiled, _table_spoiled),
    )


def _table_spoiled(rng: random.Random, files: Files) -> Files:
    """One cell of a table exchanged, quoted as its writer would."""
    name = rng.choice(sorted(files))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(files[name])
        table = pd.read_csv(path, dtype=str, keep_default_na=False).astype(object)
    if table.empty:
        return bytes_spoiled(rng, files)
    row, column = rng.randrange(len(table)), rng.randrange(len(table.columns))
    cell = str(table.iat[row, column])
    documents = ("{}", "[" * 5_000, cell.replace("0.", "1e999", 1), cell.replace("1", "NaN", 1))
    table.iat[row, column] = rng.choice((*HOSTILE, *documents))
    text = ",".join(table.columns) + "\n"
    for cells in table.itertuples(index=False):
        text += ",".join('"' + str(one).replace('"', '""') + '"' for one in cells) + "\n"
    return {**files, name: text.encode("utf-8", "surrogatepass")}


def _manifest() -> str:
    head = "patient_id,photo,sex,age_years,height_cm,weight_kg,t_score,dxa_site,acquired_on,site\n"
    return head + "".join(
        f"P-{i},p{i}.jpg,{'FM'[i % 2]},6{i}.5,16{i},6{i},-{i}.5,lowest,2026-01-0{i + 1},Hall\n"
        for i in range(4)
    )


def _photos() -> Files:
    return {f"p{i}.jpg": valid("JPEG") for i in range(4)}


def _read_manifest(folder: Path, name: str) -> object:
    for photo, data in _photos().items():
        (folder / photo).write_bytes(data)
    return read_manifest(folder / name)


def _manifest_csv() -> Kind:
    return Kind(
        {"manifest.csv": _manifest().encode()},
        lambda folder: _read_manifest(folder, "manifest.csv"),
        either(bytes_spoiled, cells_spoiled, cells_spoiled),
    )


def _manifest_parquet() -> Kind:
    import io

    table = pd.read_csv(io.StringIO(_manifest()))
    return Kind(
        {"manifest.parquet": table.to_parquet(index=False)},
        lambda folder: _read_manifest(folder, "manifest.parquet"),
        bytes_spoiled,
    )


def _results() -> str:
    head = "patient_id,normal,osteopenia,osteoporosis,t_score,measured_on,bundle_sha256\n"
    return head + "".join(f"P-{i},0.2,0.3,0.5,-{i}.1,2026-01-31,{'a' * 64}\n" for i in range(4))


def _history() -> str:
    return json.dumps(
        {
            "smoking": "former",
            "fractures": [{"site": "wrist", "age_years": 61}],
            "conditions": ["renal"],
            "care_home": False,
            "t_scores": {"femoral_neck": -1.7, "total_hip": -1.5},
        }
    )


def _beside(work: Path) -> Kind:
    """The figures, names and explained cohort that lie beside the bundle that ships."""
    from dataclasses import replace

    from face2bone.bundle.names import read_names
    from tests.conftest import DEMO_BUNDLE

    demo = load_bundle(DEMO_BUNDLE)
    made = demo.concepts.names
    names = {"bundle_sha256": demo.sha256, "names": ["Fold", *[None] * (len(made) - 1)]}
    files = {
        f"{name}.json": (DEMO_BUNDLE / f"{name}.json").read_bytes()
        for name in ("evaluation", "comparison", "ablation")
    }
    files |= {"concept_names.json": json.dumps(names).encode()}
    files |= {
        name: (DEMO_BUNDLE / "explained" / name).read_bytes()
        for name in ("about.json", "explained.parquet")
    }

    def read(folder: Path) -> None:
        here = replace(demo, root=folder)
        attached_evaluation(here)
        attached_comparison(folder, "comparison")
        attached_comparison(folder, "ablation")
        read_names(folder, demo.sha256, made)
        read_explained(folder, demo, FACE_PARTS)

    return Kind(files, read, either(bytes_spoiled, json_spoiled, json_spoiled))


def _crops(work: Path) -> Kind:
    from face2bone.cohort.crop_store import read_store
    from face2bone.cohort.crops import build_store
    from tests.cohort.test_crops import Blank

    table = pd.DataFrame({"patient_id": ["a", "b"], "bone_mass_class": ["normal", "osteopenia"]})
    build_store(Blank(), table, "blank", work / "crops", 1, None, FACES)
    files = _files(work / "crops")
    del files["rejected.csv"]

    def read(folder: Path) -> None:
        (folder / "shards").mkdir()
        build_store(Blank(), table, "blank", folder, 1, None, FACES)
        read_store(folder, FACES)

    return Kind(files, read, bytes_spoiled)


def _plan(work: Path) -> Kind:
    from face2bone.drawn.face.write import write_cohort
    from face2bone.drawn.worlds import World

    write_cohort(work / "drawn", 1, World.PLANTED, 400_200, workers=1)
    plan = (work / "drawn" / "cohort.yaml").read_bytes()

    def lines(rng: random.Random, files: Files) -> Files:
        rows = files["cohort.yaml"].splitlines()
        place = rng.randrange(len(rows))
        rows[place] = rows[place].partition(b":")[0] + b": " + rng.choice(RAW)
        return {"cohort.yaml": b"\n".join(rows)}

    return Kind({"cohort.yaml": plan}, read_plan, either(bytes_spoiled, lines))


def attempt(kind: Kind, seed: int, name: str, found: Found) -> None:
    """One case: what became of it, and what it cost."""
    rng = random.Random(f"{name} {seed}")
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for file, data in kind.spoil(rng, dict(kind.files)).items():
            (folder / file).write_bytes(data)
        _timed(lambda: kind.read(folder), name, seed, found)


def _timed(read: Callable[[], object], name: str, seed: int, found: Found) -> None:
    start, answer = time.process_time(), "read"
    try:
        read()
    except Face2BoneError as error:
        answer = type(error).__name__
    except Exception as error:  # noqa: BLE001  what the whole program is there to find
        answer = "other"
        found.others.append(f"{name} {seed}: {type(error).__name__}: {str(error)[:200]}")
    spent = round(time.process_time() - start, 2)
    if spent > SECONDS:
        found.others.append(f"{name} {seed}: {spent} s of the processor")
    found.answers.setdefault(name, Counter())[answer] += 1
    found.slowest = max(found.slowest, (spent, f"{name} {seed}"))


def run(cases: int, only: str = "") -> Found:
    """A quarter photos, the rest of every other kind as many."""
    found = Found()
    with tempfile.TemporaryDirectory() as work:
        made = kinds(Path(work))
        for seed in range(cases // 4 if only in ("", "photo") else 0):
            _timed(lambda seed=seed: read_photo(mutated(seed)), "photo", seed, found)
        each = (cases - cases // 4) // len(made)
        for name, kind in made.items():
            for seed in range(each if only in ("", name) else 0):
                attempt(kind, seed, name, found)
    found.peak_mib = peak_mib()
    return found


if __name__ == "__main__":
    print(json.dumps(run(int(sys.argv[1]), *sys.argv[2:3]).summary(), indent=1, ensure_ascii=False))
