"""An added-value study beside its bundle: read back as written, never shown for another one."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from face2bone.bundle import Bundle
from face2bone.errors import EvaluationError
from face2bone.evaluation.added_value.record import ATTACHED, attach, attached
from face2bone.evaluation.added_value.study import AddedValue

ABOUT = "Bundle tiny, 240 invented patients."


@pytest.fixture
def bundle(tiny_bundle: Bundle, tmp_path: Path) -> Bundle:
    """A copy one may write beside."""
    return replace(tiny_bundle, root=Path(shutil.copytree(tiny_bundle.root, tmp_path / "bundle")))


def test_none_is_kept_until_one_is(bundle: Bundle) -> None:
    assert attached(bundle) is None


@pytest.mark.slow
def test_what_is_kept_is_what_was_found(bundle: Bundle, found: AddedValue) -> None:
    assert attach(bundle, ABOUT, found) == bundle.root / ATTACHED
    record = attached(bundle)
    assert record is not None
    assert record.about == ABOUT
    assert record.sha256 == bundle.sha256
    assert record.found == found
    assert not list(bundle.root.glob(".added_value*"))


def test_another_bundles_study_is_refused(bundle: Bundle, found: AddedValue) -> None:
    attach(replace(bundle, sha256="0" * 64), ABOUT, found)
    with pytest.raises(EvaluationError, match="of another bundle"):
        attached(bundle)


@pytest.mark.parametrize("data", [b"", b"{}", b"[1]", b"\xff"])
def test_a_damaged_file_is_one_sentence(bundle: Bundle, data: bytes) -> None:
    (bundle.root / ATTACHED).write_bytes(data)
    with pytest.raises(EvaluationError, match="is not a study this version can read"):
        attached(bundle)


def test_an_unknown_field_is_refused(bundle: Bundle, found: AddedValue) -> None:
    path = attach(bundle, ABOUT, found)
    path.write_text(json.dumps(json.loads(path.read_text()) | {"extra": 1}))
    with pytest.raises(EvaluationError):
        attached(bundle)
