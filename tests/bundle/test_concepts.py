from typing import Any

import numpy as np
import pytest

from face2bone.bundle import ConceptBank
from face2bone.errors import BundleCorrupt


def parts(**changes: Any) -> dict[str, Any]:
    return {
        "basis": np.ones((2, 5), dtype=np.float32),
        "importance": np.zeros((2, 3), dtype=np.float32),
        "presence_scale": np.ones(2, dtype=np.float32),
        "exemplars": np.zeros((2, 4, 48, 48, 3), dtype=np.uint8),
        "names": ("a", "b"),
        "region_tags": ("forehead", "nose and lips"),
        "description": ("", ""),
    } | changes


def test_a_bank_counts_its_concepts_and_may_lack_exemplars() -> None:
    assert len(ConceptBank(**parts())) == 2
    assert len(ConceptBank(**parts(exemplars=np.zeros((2, 0, 48, 48, 3), dtype=np.uint8)))) == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"basis": np.ones(5, dtype=np.float32)},
        {"basis": np.zeros((0, 5), dtype=np.float32)},
        {"basis": np.ones((2, 5))},
        {"basis": -np.ones((2, 5), dtype=np.float32)},
        {"basis": np.array([[1, 1], [0, 0]], dtype=np.float32)},
        {"basis": np.full((2, 5), np.nan, dtype=np.float32)},
        {"importance": np.zeros((3, 2), dtype=np.float32)},
        {"importance": np.full((2, 3), np.inf, dtype=np.float32)},
        {"importance": np.full((2, 3), 1.01, dtype=np.float32)},
        {"presence_scale": np.array([1, 0], dtype=np.float32)},
        {"presence_scale": np.ones(3, dtype=np.float32)},
        {"exemplars": np.zeros((2, 4, 48, 48), dtype=np.uint8)},
        {"exemplars": np.zeros((1, 4, 48, 48, 3), dtype=np.uint8)},
        {"exemplars": np.zeros((2, 4, 48, 48, 3), dtype=np.float32)},
        {"names": ("a",)},
        {"region_tags": ()},
        {"description": ("", "", "")},
    ],
    ids=lambda c: f"{next(iter(c))}",
)
def test_a_part_that_does_not_fit_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(BundleCorrupt, match="concept bank is invalid"):
        ConceptBank(**parts(**changes))
