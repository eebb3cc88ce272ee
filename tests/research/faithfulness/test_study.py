"""research.faithfulness: measured once and kept, then summed up; one drawn patient, a toy model."""

import json

import numpy as np
import pytest

from face2bone.errors import SubjectError
from face2bone.explain.coalitions import all_coalitions
from face2bone.explain.shapley import region_shapley
from face2bone.modalities.face.parts import FACE_PARTS
from research.faithfulness import figures, rivals, table
from research.faithfulness.baselines import BASELINES
from research.faithfulness.study import Faces, network_name, once, run

EYES = (1, 2)


def reads_the_eyes(crops, region_map):
    """Logits: the brightness of both periorbital regions speaks against osteoporosis."""
    level = crops[:, np.isin(region_map, EYES)].mean(axis=(1, 2), dtype=np.float64) / 10
    return np.stack([level, np.zeros(len(crops)), -level], axis=1)


@pytest.fixture(scope="module")
def folder(twin, patient, tmp_path_factory):
    """A finished study of three copies of one patient, by a network that reads the eyes."""
    out = tmp_path_factory.mktemp("study")
    aligned = twin.aligned

    def logits_of(crops):
        return reads_the_eyes(crops, aligned.part_map)

    def game(baseline):
        return region_shapley(logits_of, aligned, baseline).table

    tables = {name: game(baseline) for name, baseline in baselines(aligned).items()}
    own = logits_of(np.concatenate([aligned.pixels[None], twin.alone]))
    for i in range(3):
        once(
            out / f"eyes/{i:04d}-games.npz",
            lambda: {
                "blur": tables["blur"],
                "twin": game(twin.baseline),
                "effects": (own[0] - own[1:]) @ rivals.CONTRAST,
            },
        )
        once(out / f"eyes/{i:04d}-rivals.npz", lambda: some_rivals(aligned, tables["blur"]))
        once(out / f"eyes/{i:04d}-inpaint.npz", lambda: {"inpaint": tables["dark"]})
        once(out / f"faces/{i:04d}.npz", dict)
    return out


def baselines(aligned):
    from face2bone.explain.baselines import Baseline, blur_baseline

    bright = np.where(aligned.mask[..., None], np.uint8(250), aligned.pixels)
    return {"blur": blur_baseline(aligned), "dark": Baseline("bright", bright)}


def some_rivals(aligned, blur):
    known = {name: baseline(aligned) for name, baseline in BASELINES.items()}
    return known | {
        "Grad-CAM": known["area"] * np.isin(np.arange(10), EYES),
        "region occlusion": rivals.region_occlusion(blur),
    }


class SameFace(Faces):
    """Every patient is the one the fixture drew."""

    known: tuple

    def face(self, index):
        return self.known[0]

    @property
    def patients(self):
        return (self.known[1],) * self.count


@pytest.fixture(scope="module")
def faces(folder, twin, patient):
    found = SameFace(folder / "faces", 3)
    object.__setattr__(found, "known", (twin, patient))
    return found


@pytest.fixture(scope="module")
def rows(folder, faces):
    return figures.patient_rows(folder / "eyes", faces, [])


def test_once_computes_once_and_leaves_nothing_half(tmp_path):
    calls = []

    def compute():
        calls.append(1)
        return {"a": np.arange(3)}

    first, again = (once(tmp_path / "deep/a.npz", compute) for _ in range(2))
    assert (first["a"] == again["a"]).all()
    assert len(calls) == 1
    with pytest.raises(ZeroDivisionError):
        once(tmp_path / "b.npz", lambda: {"a": np.array(1 // 0)})
    assert not (tmp_path / "b.npz").exists()


def test_a_run_goes_patient_by_patient_and_passes_over_lost_faces():
    class Toy:
        def measure(self, part, index):
            if index == 1:
                raise SubjectError("No face was found. Take another.")

    counts = {"games": 3, "rivals": 3, "inpaint": 3, "extra": 1}
    done = list(run(Toy(), counts))
    assert done[:4] == [("games", 0), ("rivals", 0), ("inpaint", 0), ("extra", 0)]
    assert done[4:] == [("games", 2), ("rivals", 2), ("inpaint", 2)]


def test_a_bundle_is_called_by_its_folder_or_its_run(tmp_path):
    assert network_name(tmp_path / "demo") == "demo"
    assert network_name(tmp_path / "blank" / "bundle") == "blank"


@pytest.mark.slow
def test_what_reads_the_eyes_is_found_in_the_eyes(rows):
    row = rows.iloc[0]
    assert row[f"rank: {figures.TRUTH}"] == pytest.approx(1)
    assert row[f"inside: {figures.TRUTH}"] > 1.2
    assert row["rank: uniform"] == 0
    assert row["inside: uniform"] == pytest.approx(1)
    assert row[f"size: {figures.OURS}"] > 0.7  # the two eyes tie for the front
    assert row["inside: Grad-CAM, mean"] == pytest.approx(row[f"inside: {figures.TRUTH}"], rel=0.2)
    assert row["infidelity, blur"] == pytest.approx(0, abs=1e-9)
    assert "max-sensitivity" not in rows


@pytest.mark.slow
def test_heat_maps_are_shown_summed_and_as_means(rows):
    methods = table.methods_of(rows)
    assert methods[:2] == [figures.OURS, figures.OURS_INPAINT]
    assert {"Grad-CAM, summed", "Grad-CAM, mean"} <= set(methods)
    assert figures.TRUTH not in methods


def test_means_and_paired_differences(rows):
    means, ahead = table.means_of(rows), table.differences_of(rows)
    one = rows.iloc[0]
    assert means["rank: area"].value == pytest.approx(one["rank: area"], abs=1e-6)
    found = ahead["rank: area"]
    assert found.value == pytest.approx(one[f"rank: {figures.OURS}"] - one["rank: area"], abs=1e-6)
    assert ahead[f"rank: {figures.OURS}"].value == 0


def test_the_tables_are_written(folder, faces):
    path = table.write_table(folder, {"eyes": [], "absent": []}, faces)
    text = path.read_text("utf-8")
    assert "## eyes: 3 patients" in text
    assert "absent" not in text
    kept = json.loads((folder / "faithfulness.json").read_text("utf-8"))
    assert all(sum(c.values()) == 0 for c in kept["eyes"]["self_check"].values())
    assert kept["eyes"]["by_class"]["osteoporosis"]["uniform"] == 0
    assert set(kept["eyes"]["means"]["inside: area"]) == {"value", "low", "high"}
    assert len((folder / "eyes.csv").read_text("utf-8").splitlines()) == 4


def test_rates_of_the_check_are_of_patients_nobody_had_looked_at(rows):
    later = rows.set_axis([2, table.LOOKED_AT - 1, table.LOOKED_AT])
    assert list(table.fresh(later).index) == [table.LOOKED_AT]
    counts = table.self_check_counts(later, figures.CHECKED[0])
    assert sum(counts.values()) == 3


def test_an_additive_table_checks_itself_right():
    parts = {
        "games": {"blur": additive(1.0), "twin": additive(1.0)},
        "inpaint": {"inpaint": additive(0.5)},
    }
    found = figures._of_self_checks(parts, [])
    assert found["named"] == "osteoporosis"
    for what in figures.CHECKED:
        assert (found[f"withheld: {what}"], found[f"right: {what}"]) == (0, 1)


def additive(scale):
    part = all_coalitions(len(FACE_PARTS)) @ (scale * np.arange(1.0, 11.0))
    return np.stack([-part, np.zeros(1024), part], axis=1)
