"""Pictures by name, and archives that nobody vouches for."""

import io
import stat
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from face2bone.errors import ArchiveRefused, PhotoUnreadable
from face2bone.scoring import pictures as module
from face2bone.scoring.pictures import Below, FolderPictures, GivenPictures, ZipPictures


def packed(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def test_an_archive_gives_its_files_by_name(tmp_path: Path) -> None:
    data = packed({"a/1.jpg": b"one", "a/2.jpg": b"two"})
    (tmp_path / "cohort.zip").write_bytes(data)
    for archive in (data, tmp_path / "cohort.zip"):
        found = ZipPictures(archive)
        assert found.names == ("a/1.jpg", "a/2.jpg")
        assert found.find("a/./1.jpg") == "a/1.jpg"
        assert found.find("1.jpg") is None
        assert found.read("a/2.jpg") == b"two"


def test_what_a_mac_adds_is_no_picture() -> None:
    found = ZipPictures(packed({"__MACOSX/._1.jpg": b"x", ".DS_Store": b"x", "1.jpg": b"one"}))
    assert found.names == ("1.jpg",)


def test_an_umlaut_may_be_spelt_in_two_ways() -> None:
    found = ZipPictures(packed({"Mu\u0308ller.jpg": b"x"}))
    assert found.find("Müller.jpg") == "Mu\u0308ller.jpg"
    assert GivenPictures({"Mu\u0308ller.jpg": b"x"}).find("photos/Müller.jpg") is not None


@pytest.mark.parametrize("name", ["../1.jpg", "/etc/1.jpg", "a/../../1.jpg", "C:/1.jpg"])
def test_a_path_that_leads_out_refuses_the_archive(name: str) -> None:
    with pytest.raises(ArchiveRefused, match="leads out of it"):
        ZipPictures(packed({"1.jpg": b"x", name: b"x"}))


def test_a_backslash_in_a_name_refuses_the_archive() -> None:
    data = packed({"a-b.jpg": b"x"}).replace(b"a-b.jpg", b"a\\b.jpg")
    with pytest.raises(ArchiveRefused, match="leads out of it"):
        ZipPictures(data)


@pytest.mark.parametrize("name", ["more.zip", "more.tar.gz", "MORE.7Z"])
def test_an_archive_within_refuses_the_archive(name: str) -> None:
    with pytest.raises(ArchiveRefused, match="archive within"):
        ZipPictures(packed({name: b"x"}))


@pytest.mark.parametrize("name", ["a//1.jpg", "a//b/1.jpg", "a///1.jpg"])
def test_a_folder_without_a_name_refuses_the_archive(name: str) -> None:
    """No table could name its pictures: a path in a cell has no empty part."""
    with pytest.raises(ArchiveRefused, match="folder without a name"):
        ZipPictures(packed({name: b"x"}))


def test_a_folder_of_its_own_in_an_archive_is_no_file() -> None:
    assert ZipPictures(packed({"a/": b"", "a/1.jpg": b"x"})).names == ("a/1.jpg",)


def test_a_link_refuses_the_archive() -> None:
    buffer = io.BytesIO()
    link = zipfile.ZipInfo("1.jpg")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(ArchiveRefused, match="is a link"):
        ZipPictures(buffer.getvalue())


def test_an_encrypted_file_refuses_the_archive() -> None:
    data = bytearray(packed({"1.jpg": b"x"}))
    data[6] |= 1  # of the file
    data[data.index(b"PK\x01\x02") + 8] |= 1  # of the list
    with pytest.raises(ArchiveRefused, match="encrypted"):
        ZipPictures(bytes(data))


def test_a_file_that_is_there_twice_refuses_the_archive() -> None:
    data = packed({"1.jpg": b"x", "2.jpg": b"y"}).replace(b"2.jpg", b"1.jpg")
    with pytest.raises(ArchiveRefused, match="twice"):
        ZipPictures(data)


def test_more_than_the_limits_refuses_the_archive(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "UNPACKED_BYTES", 5000)
    with pytest.raises(ArchiveRefused, match="unpacks to more"):
        ZipPictures(packed({"bomb.jpg": bytes(10_000)}))
    monkeypatch.setattr(module, "ARCHIVE_FILES", 1)
    with pytest.raises(ArchiveRefused, match="unpacks to more"):
        ZipPictures(packed({"1.jpg": b"x", "2.jpg": b"y"}))


def test_no_picture_is_unpacked_beyond_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PICTURE_BYTES", 1000)
    assert len(ZipPictures(packed({"bomb.jpg": bytes(1_000_000)})).read("bomb.jpg")) == 1000


def test_a_damaged_picture_is_told_when_it_is_read() -> None:
    data = packed({"1.jpg": b"the bytes of a photo" * 9})
    spoiled = data.replace(data[40:50], b"\xff" * 10)
    with pytest.raises(PhotoUnreadable):
        ZipPictures(spoiled).read("1.jpg")


@given(st.binary(max_size=300))
def test_bytes_that_are_no_archive_are_refused(data: bytes) -> None:
    with pytest.raises(ArchiveRefused):
        ZipPictures(data)


@given(st.data())
def test_a_spoiled_archive_is_refused_or_read(data: st.DataObject) -> None:
    whole = bytearray(packed({"a/1.jpg": b"one" * 50, "a/list.csv": b"patient_id,photo\n"}))
    for _ in range(data.draw(st.integers(1, 6))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    try:
        found = ZipPictures(bytes(whole))
    except ArchiveRefused:
        return
    assert len(found.names) <= 2
    for name in found.names:
        assert not {"..", ""} & set(name.split("/"))
        with suppress(PhotoUnreadable):
            assert len(found.read(name)) <= module.PICTURE_BYTES


def test_a_whole_archive_is_read() -> None:
    found = ZipPictures(packed({"a/1.jpg": b"one" * 50, "a/list.csv": b"patient_id,photo\n"}))
    assert [found.read(name) for name in found.names] == [b"one" * 50, b"patient_id,photo\n"]


def test_a_folder_gives_what_is_inside_it(tmp_path: Path) -> None:
    inside, outside = tmp_path / "in", tmp_path / "out.jpg"
    (inside / "a").mkdir(parents=True)
    (inside / "a" / "1.jpg").write_bytes(b"one")
    (inside / ".hidden.jpg").write_bytes(b"x")
    outside.write_bytes(b"secret")
    (inside / "link.jpg").symlink_to(outside)
    found = FolderPictures(inside)
    assert found.names == ("a/1.jpg",)
    assert found.find("a/1.jpg") == "a/1.jpg"
    assert found.find("link.jpg") is None
    assert found.find("../out.jpg") is None
    assert found.read("a/1.jpg") == b"one"
    with pytest.raises(PhotoUnreadable):
        found.read("a/2.jpg")


def test_below_a_folder_paths_begin_there() -> None:
    found = Below(ZipPictures(packed({"top/1.jpg": b"one", "2.jpg": b"two"})), "top")
    assert found.names == ("1.jpg",)
    assert found.find("1.jpg") == "1.jpg"
    assert found.find("2.jpg") is None
    assert found.find("../2.jpg") is None
    assert found.read("1.jpg") == b"one"


def test_a_browser_may_send_no_folders() -> None:
    found = GivenPictures({"1.jpg": b"one"})
    assert found.find("photos/1.jpg") == "1.jpg"
    assert found.find("photos/2.jpg") is None
    assert found.find("../1.jpg") is None
