"""The measurement behind a label: its own name, and never another's."""

import pytest

from face2bone.reference import ReferenceMethod


def test_only_dxa_is_called_dxa() -> None:
    assert [method for method in ReferenceMethod if "DXA" in method.label] == [ReferenceMethod.DXA]


@pytest.mark.parametrize("method", ReferenceMethod)
def test_every_method_has_a_name_and_its_own_cell(method: ReferenceMethod) -> None:
    assert ReferenceMethod(method.value).label
