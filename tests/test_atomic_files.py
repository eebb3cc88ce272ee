"""A file or a folder is there whole or not at all."""

import os
import threading
from pathlib import Path

import pytest

from face2bone.atomic_files import (
    EARLIER,
    LEFTOVER,
    remove_lasting,
    whole_file,
    whole_folder,
    write_lasting,
    write_whole,
)


def test_text_and_bytes_arrive_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "words.txt"
    assert write_whole(path, "骨 bone\r\n\n") == path
    assert path.read_bytes() == "骨 bone\r\n\n".encode()
    assert write_whole(path, b"\x00\xff").read_bytes() == b"\x00\xff"
    assert list(tmp_path.iterdir()) == [path]


def test_what_stood_there_stays_until_the_new_file_is_whole(tmp_path: Path) -> None:
    path = write_whole(tmp_path / "a.json", "old")
    with whole_file(path) as part:
        part.write_text("new")
        assert path.read_text() == "old"
        assert part.parent == path.parent
    assert path.read_text() == "new"


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = write_whole(tmp_path / "a.json", "old")
    with pytest.raises(TypeError):
        write_half(path)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def write_half(path: Path) -> None:
    with whole_file(path) as part, part.open("wb") as file:
        file.write(b"half of the n")
        file.write("ew")  # type: ignore[arg-type]


def test_a_folder_that_is_not_there_is_said_as_python_says_it(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_whole(tmp_path / "nowhere" / "a.json", "x")


def test_a_leftover_is_hidden_and_known_by_its_end(tmp_path: Path) -> None:
    with whole_file(tmp_path / "a.json") as part:
        assert part.name.startswith(".a.json.")
        assert part.name.endswith(LEFTOVER)
        part.write_text("{}")


def test_threads_that_write_at_once_never_mix(tmp_path: Path) -> None:
    path = tmp_path / "shared.txt"
    contents = [letter * 200_000 for letter in "abcdefgh"]
    threads = [threading.Thread(target=write_whole, args=(path, text)) for text in contents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert path.read_text() in contents
    assert list(tmp_path.iterdir()) == [path]


def fill(path: Path, name: str) -> None:
    with whole_folder(path) as made:
        (made / name).write_text(name)


def test_a_folder_is_made_and_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "above" / "result"
    fill(path, "old")
    fill(path, "new")
    assert [file.name for file in path.iterdir()] == ["new"]
    assert list(path.parent.iterdir()) == [path]


def test_a_block_that_fails_leaves_the_earlier_folder(tmp_path: Path) -> None:
    path = tmp_path / "result"
    fill(path, "old")
    with pytest.raises(ZeroDivisionError), whole_folder(path) as made:
        (made / "half").write_text(str(1 / 0))
    assert [file.name for file in path.iterdir()] == ["old"]
    assert list(tmp_path.iterdir()) == [path]


class Moves:
    """``Path.rename`` that fails from the second move on, for as many moves as asked."""

    def __init__(self, failures: int) -> None:
        self.rename, self.moves, self.failures = Path.rename, 0, failures

    def __call__(self, path: Path, target: Path) -> Path:
        self.moves += 1
        if 2 <= self.moves < 2 + self.failures:
            raise OSError("no")
        return self.rename(path, target)


def refill(path: Path, monkeypatch: pytest.MonkeyPatch, failures: int) -> None:
    """Replace a folder that is there, with moves that fail."""
    fill(path, "old")
    moves = Moves(failures)
    monkeypatch.setattr(Path, "rename", lambda self, target: moves(self, target))
    with pytest.raises(OSError, match="no"):
        fill(path, "new")


def test_a_second_move_that_fails_brings_the_earlier_folder_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "result"
    refill(path, monkeypatch, failures=1)
    assert [file.name for file in path.iterdir()] == ["old"]
    assert list(tmp_path.iterdir()) == [path]


def test_an_earlier_folder_that_cannot_be_brought_back_is_still_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refill(tmp_path / "result", monkeypatch, failures=2)
    (aside,) = tmp_path.iterdir()
    assert aside.name.endswith(EARLIER)
    assert (aside / "old").read_text() == "old"


def test_a_lasting_file_and_its_name_are_synced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []
    sync = os.fsync

    def noted(handle: int) -> None:
        synced.append(str(Path(f"/proc/self/fd/{handle}").readlink()))
        sync(handle)

    monkeypatch.setattr(os, "fsync", noted)
    path = write_lasting(tmp_path / "film.dcm", b"film")
    assert path.read_bytes() == b"film"
    assert list(tmp_path.iterdir()) == [path]
    assert [Path(name).name.endswith(LEFTOVER) for name in synced] == [True, False]
    assert synced[1] == str(tmp_path)
    remove_lasting(path)
    remove_lasting(path)
    assert list(tmp_path.iterdir()) == []
    assert synced[2:] == [str(tmp_path)] * 2
