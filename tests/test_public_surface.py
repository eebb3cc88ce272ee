"""What ``from face2bone import`` gives: these names, documented, each from where it lives."""

import re
from importlib import import_module

import pytest

import face2bone
from tests.conftest import ROOT


def test_every_name_is_documented_and_no_other() -> None:
    table = (ROOT / "docs/start/python.md").read_text("utf-8")
    assert re.findall(r"^\| `(\w+)` \|", table, flags=re.MULTILINE) == sorted(face2bone.__all__)


@pytest.mark.parametrize("name", sorted({*face2bone.__all__} - {"__version__"}))
def test_every_name_is_that_of_its_home(name: str) -> None:
    home = import_module(face2bone._HOME[name])
    assert getattr(face2bone, name) is getattr(home, name)
    assert name in dir(face2bone)


def test_another_name_is_no_attribute() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Telescope'"):
        _ = face2bone.Telescope
