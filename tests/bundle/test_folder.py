import pickle
import shutil
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
import torch

from face2bone.atomic_files import LEFTOVER
from face2bone.bundle import (
    Bundle,
    BundleContents,
    ConceptBank,
    bundle_hash,
    fit_ood,
    load_bundle,
    rename_concept,
    save_bundle,
)
from face2bone.bundle import folder as folder_module
from face2bone.bundle.contents import FILES, encode
from face2bone.bundle.names import NAMES
from face2bone.calibration import Temperature
from face2bone.errors import BundleCorrupt, BundleMissing, ConceptNameRefused
from face2bone.nn import NetworkConfig

ALL_FILES = (*FILES, "card.yaml")
Forge = Callable[[str, bytes], Path]


def contents_of(bundle: Bundle, **changes: object) -> BundleContents:
    parts = {f.name: getattr(bundle, f.name) for f in fields(BundleContents)}
    return BundleContents(**{**parts, **changes})


def test_a_bundle_is_read_back_as_it_was_saved(tiny_bundle: Bundle) -> None:
    found = load_bundle(tiny_bundle.root)
    assert found.card == tiny_bundle.card
    assert set(found.card.files) == set(FILES)
    assert bundle_hash(found) == bundle_hash(tiny_bundle)
    assert encode(found) == encode(tiny_bundle)


def test_the_hash_is_the_cards_and_changes_with_any_part(
    tiny_bundle: Bundle, tmp_path: Path
) -> None:
    again = save_bundle(tmp_path / "again", tiny_bundle.card, contents_of(tiny_bundle))
    assert bundle_hash(again) == bundle_hash(tiny_bundle)
    warmer = contents_of(tiny_bundle, calibration=(Temperature(1.26),))
    other = save_bundle(tmp_path / "other", tiny_bundle.card, warmer)
    assert bundle_hash(other) != bundle_hash(tiny_bundle)


@pytest.mark.parametrize("name", ALL_FILES)
def test_a_flipped_bit_in_any_file_is_refused(copied: Path, name: str) -> None:
    data = bytearray((copied / name).read_bytes())
    for position in np.random.default_rng(len(name)).integers(0, len(data), 3):
        data[position] ^= 16
        (copied / name).write_bytes(data)
        with pytest.raises(BundleCorrupt, match=name):
            load_bundle(copied)
        data[position] ^= 16


@pytest.mark.parametrize("name", ALL_FILES)
def test_a_missing_truncated_or_lengthened_file_is_refused(copied: Path, name: str) -> None:
    data = (copied / name).read_bytes()
    (copied / name).unlink()
    with pytest.raises(BundleMissing, match=name):
        load_bundle(copied)
    (copied / name).mkdir()
    with pytest.raises(BundleMissing, match=name):
        load_bundle(copied)
    (copied / name).rmdir()
    for damaged in (b"", data[:-1], data + b"\n"):
        (copied / name).write_bytes(damaged)
        with pytest.raises(BundleCorrupt, match=name):
            load_bundle(copied)


def test_a_missing_folder_is_refused_without_its_path(tmp_path: Path) -> None:
    with pytest.raises(BundleMissing, match="'nowhere'") as refused:
        load_bundle(tmp_path / "nowhere")
    assert str(tmp_path) not in str(refused.value)


def test_a_file_the_card_does_not_list_is_never_opened(copied: Path) -> None:
    (copied / "extra.pkl").write_bytes(pickle.dumps("unused"))
    (copied / "README").symlink_to(copied / "gone")
    assert load_bundle(copied).card.name == "tiny"


@pytest.mark.parametrize("listed", [FILES[1:], (*FILES, "../secret.txt")])
def test_a_card_must_list_exactly_the_files_of_a_bundle(
    copied: Path, listed: tuple[str, ...], reseal: Callable[[bytes], bytes]
) -> None:
    body = (copied / "card.yaml").read_bytes().rpartition(b"card_sha256: ")[0].decode()
    start, end = body.index("files:"), body.index("schema:")
    files = "files:\n" + "".join(f"  {name}: {'a' * 64}\n" for name in listed)
    (copied / "card.yaml").write_bytes(reseal((body[:start] + files + body[end:]).encode()))
    with pytest.raises(BundleCorrupt, match="does not list exactly"):
        load_bundle(copied)


class Exploding:
    """Unpickling this would leave a file behind."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> tuple[object, tuple[Path]]:
        return Path.touch, (self.trace,)


@pytest.mark.parametrize("name", FILES)
def test_nothing_is_unpickled(forge: Forge, tmp_path: Path, name: str) -> None:
    trace = tmp_path / "unpickled"
    with pytest.raises(BundleCorrupt):
        load_bundle(forge(name, pickle.dumps(Exploding(trace))))
    torch.save({"x": Exploding(trace)}, tmp_path / "weights.pt")
    with pytest.raises(BundleCorrupt):
        load_bundle(forge(name, (tmp_path / "weights.pt").read_bytes()))
    assert not trace.exists()


def test_the_network_is_the_saved_one_ready_to_run(tiny_bundle: Bundle) -> None:
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    network = replace(tiny_bundle).network  # a copy of the bundle, whose network is not built yet
    assert torch.equal(torch.rand(3), expected), "building must not disturb the random state"
    assert not network.training
    assert not any(parameter.requires_grad for parameter in network.parameters())
    for name, tensor in network.state_dict().items():
        assert torch.equal(tensor, tiny_bundle.state[name])


def test_the_network_is_built_once(tiny_bundle: Bundle) -> None:
    assert tiny_bundle.network is tiny_bundle.network


def test_parts_that_do_not_fit_each_other_are_refused_and_nothing_is_written(
    tiny_bundle: Bundle, tmp_path: Path
) -> None:
    bank = tiny_bundle.concepts
    wide = replace(bank, basis=np.ones((len(bank), 7), dtype=np.float32))
    ood = fit_ood(np.random.default_rng(0).random((60, 7)))
    state = dict(tiny_bundle.state)
    # A weight: torch makes up a batch norm's missing counter by itself.
    state.pop(next(name for name in state if name.endswith("weight")))
    other = replace(tiny_bundle.card, architecture=NetworkConfig(width=1 / 16))
    off = replace(tiny_bundle.card, architecture=NetworkConfig(width=1 / 32, fsa="off"))
    larger = replace(tiny_bundle.card, input=replace(tiny_bundle.card.input, height=224))
    labels = replace(
        tiny_bundle.card,
        architecture=NetworkConfig(width=1 / 32, outputs=2),
        labels=("low", "high"),
        class_fractions=(0.5, 0.5),
    )
    small = tiny_bundle.mean_picture[:80, :80]
    for card, contents in (
        (larger, contents_of(tiny_bundle)),
        (labels, contents_of(tiny_bundle)),
        (tiny_bundle.card, contents_of(tiny_bundle, mean_picture=small)),
        (tiny_bundle.card, contents_of(tiny_bundle, concepts=wide)),
        (tiny_bundle.card, contents_of(tiny_bundle, ood=ood)),
        (tiny_bundle.card, contents_of(tiny_bundle, state=state)),
        (other, contents_of(tiny_bundle)),
        (off, contents_of(tiny_bundle)),
    ):
        with pytest.raises(BundleCorrupt):
            save_bundle(tmp_path / "bad", card, contents)
    assert list(tmp_path.iterdir()) == []


def test_a_new_bundle_replaces_the_old_one_whole(tiny_bundle: Bundle, copied: Path) -> None:
    (copied / "stale.txt").touch()
    card = replace(tiny_bundle.card, version="1")
    saved = save_bundle(copied, card, contents_of(tiny_bundle))
    assert saved.root == copied
    assert load_bundle(copied).card.version == "1"
    assert {path.name for path in copied.iterdir()} == set(ALL_FILES)
    assert list(copied.parent.iterdir()) == [copied]


@pytest.mark.parametrize("failing", [OSError, KeyboardInterrupt])
def test_an_interrupted_save_leaves_the_old_bundle(
    tiny_bundle: Bundle,
    copied: Path,
    monkeypatch: pytest.MonkeyPatch,
    failing: type[BaseException],
) -> None:
    rename = Path.rename

    def fail_for_the_new_one(self: Path, target: Path) -> Path:
        if self.name.endswith(LEFTOVER):
            raise failing
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fail_for_the_new_one)
    card = replace(tiny_bundle.card, version="1")
    with pytest.raises(failing):
        save_bundle(copied, card, contents_of(tiny_bundle))
    assert load_bundle(copied).card.version == "0"
    assert list(copied.parent.iterdir()) == [copied]


def test_a_bundle_may_be_moved(copied: Path, tmp_path: Path) -> None:
    moved = Path(shutil.move(copied, tmp_path / "elsewhere"))
    assert load_bundle(moved).root == moved


def test_a_bank_without_exemplars_is_kept(tiny_bundle: Bundle, tmp_path: Path) -> None:
    bank = tiny_bundle.concepts
    bare: ConceptBank = replace(bank, exemplars=bank.exemplars[:, :0])
    saved = save_bundle(
        tmp_path / "bare", tiny_bundle.card, contents_of(tiny_bundle, concepts=bare)
    )
    assert saved.concepts.exemplars.shape == (4, 0, 48, 48, 3)


def test_a_file_far_larger_than_any_bundle_has_is_refused(
    copied: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder_module, "ARRAY_BYTES", 1024)
    with pytest.raises(BundleCorrupt, match=r"model\.safetensors is larger than 1 kB"):
        load_bundle(copied)
    with (copied / "card.yaml").open("ab") as card:
        card.truncate(10 * 2**30)  # sparse: ten gigabytes of nothing
    with pytest.raises(BundleCorrupt, match=r"card\.yaml is larger than 64 kB"):
        load_bundle(copied)


BY = "Dr. Li"


def test_a_new_name_lasts_and_the_hash_stays(copied: Path) -> None:
    before = load_bundle(copied)
    renamed = rename_concept(copied, 1, " Deep  fold ", BY)
    assert renamed.concepts.names == ("Concept 1", "Deep fold", "Concept 3", "Concept 4")
    found = load_bundle(copied)
    assert found.concepts.names == renamed.concepts.names
    assert bundle_hash(found) == bundle_hash(renamed) == bundle_hash(before)
    assert (found.concepts.basis == before.concepts.basis).all()
    assert found.concepts.region_tags == before.concepts.region_tags


def test_nothing_sealed_is_touched(copied: Path) -> None:
    before = {path.name: path.read_bytes() for path in copied.iterdir()}
    rename_concept(copied, 0, "Fold", BY)
    after = {path.name: path.read_bytes() for path in copied.iterdir()}
    assert after.pop(NAMES)
    assert after == before


def test_names_given_one_after_another_all_last(copied: Path) -> None:
    rename_concept(copied, 0, "Fold", BY)
    rename_concept(copied, 2, "Rim", BY)
    rename_concept(copied, 0, "Deep fold", BY)
    assert load_bundle(copied).concepts.names == ("Deep fold", "Concept 2", "Rim", "Concept 4")


def test_the_name_it_was_made_with_takes_a_given_one_back(copied: Path) -> None:
    rename_concept(copied, 0, "Fold", BY)
    rename_concept(copied, 0, "Concept 1", BY)
    assert load_bundle(copied).concepts.names[0] == "Concept 1"
    assert "Concept 1" not in (copied / NAMES).read_text("utf-8")


@pytest.mark.parametrize("index", [-1, 4])
def test_a_concept_that_is_not_there_is_refused(copied: Path, index: int) -> None:
    with pytest.raises(ConceptNameRefused, match="has 4"):
        rename_concept(copied, index, "Fold", BY)


@pytest.mark.parametrize("name", ["", "x" * 61, "<i>", "Concept 2", "CONCEPT 2"])
def test_a_refused_name_changes_nothing(copied: Path, name: str) -> None:
    rename_concept(copied, 3, "Rim", BY)
    before = (copied / NAMES).read_bytes()
    with pytest.raises(ConceptNameRefused):
        rename_concept(copied, 0, name, BY)
    assert (copied / NAMES).read_bytes() == before


def test_a_missing_bundle_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BundleMissing):
        rename_concept(tmp_path / "gone", 0, "Fold", BY)


def test_sessions_that_rename_at_once_lose_no_name(copied: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda i: rename_concept(copied, i, f"Fold {i}", BY), range(4)))
    assert load_bundle(copied).concepts.names == ("Fold 0", "Fold 1", "Fold 2", "Fold 3")


def test_a_bundle_made_from_a_renamed_one_is_made_with_its_names(
    copied: Path, tmp_path: Path
) -> None:
    renamed = rename_concept(copied, 0, "Fold", BY)
    kept = BundleContents(**{f.name: getattr(renamed, f.name) for f in fields(BundleContents)})
    made = save_bundle(tmp_path / "made", renamed.card, kept)
    assert made.concepts.names[0] == "Fold"
    assert not (made.root / NAMES).exists()
    assert bundle_hash(made) != bundle_hash(renamed)


def test_saving_over_a_bundle_forgets_the_names_given(tiny_bundle: Bundle, copied: Path) -> None:
    rename_concept(copied, 0, "Fold", BY)
    kept = BundleContents(**{f.name: getattr(tiny_bundle, f.name) for f in fields(BundleContents)})
    again = save_bundle(copied, tiny_bundle.card, kept)
    assert again.concepts.names == load_bundle(copied).concepts.names
    assert again.concepts.names[0] == "Concept 1"


def test_only_the_texts_differ_when_a_renamed_bundle_is_encoded(copied: Path) -> None:
    before, after = encode(load_bundle(copied)), encode(rename_concept(copied, 0, "Fold", BY))
    assert [name for name in before if before[name] != after[name]] == ["concepts.json"]


def test_the_shipped_bundle_may_be_renamed(demo_bundle: Bundle, tmp_path: Path) -> None:
    """On a copy: its hash stays that of the shipped card, so its evaluation is still its own."""
    import shutil

    from face2bone.evaluation.record import attached

    root = Path(shutil.copytree(demo_bundle.root, tmp_path / "demo"))
    renamed = rename_concept(root, 0, "Smile line", BY)
    assert bundle_hash(renamed) == bundle_hash(demo_bundle)
    assert np.array_equal(renamed.concepts.importance, demo_bundle.concepts.importance)
    assert attached(load_bundle(root)) is not None


def test_who_named_it_and_when_is_kept_with_the_name(copied: Path) -> None:
    before = datetime.now(UTC)
    rename_concept(copied, 1, "Deep fold", "  Dr.  Li ")
    found = load_bundle(copied)
    one = found.given[1]
    assert one is not None
    assert (one.name, one.by) == ("Deep fold", BY)
    assert one.at is not None
    assert before <= one.at <= datetime.now(UTC)
    assert found.naming(1) == f"Name given by Dr. Li on {one.at.astimezone().date()}."
    assert found.naming(0) == ""


@pytest.mark.parametrize("by", ["", " ", "<b>", "x" * 61])
def test_nobody_names_a_concept_anonymously(copied: Path, by: str) -> None:
    with pytest.raises(ConceptNameRefused, match="Who gives the name"):
        rename_concept(copied, 0, "Fold", by)
    assert not (copied / NAMES).exists()


def test_the_second_of_two_who_saw_the_same_name_does_not_win_unheard(copied: Path) -> None:
    seen = load_bundle(copied).concepts.names[0]
    rename_concept(copied, 0, "Fold", "Dr. Li", instead_of=seen)
    with pytest.raises(
        ConceptNameRefused, match=r"called 'Fold'\. Name given by Dr\. Li"
    ) as caught:
        rename_concept(copied, 0, "Crease", "Dr. Wu", instead_of=seen)
    assert caught.value.overtaken
    assert load_bundle(copied).concepts.names[0] == "Fold"
    rename_concept(copied, 0, "Crease", "Dr. Wu", instead_of="Fold")
    assert load_bundle(copied).naming(0).startswith("Name given by Dr. Wu")


RENAME = """
import sys
from face2bone.bundle import rename_concept
rename_concept(sys.argv[1], int(sys.argv[2]), f"Fold {sys.argv[2]}", "Dr. Li")
"""


@pytest.mark.slow
def test_processes_that_rename_at_once_lose_no_name(copied: Path) -> None:
    command = [sys.executable, "-c", RENAME, str(copied)]
    running = [subprocess.Popen([*command, str(i)]) for i in range(4)]
    assert [process.wait(240) for process in running] == [0] * 4
    assert load_bundle(copied).concepts.names == ("Fold 0", "Fold 1", "Fold 2", "Fold 3")
