import pytest

from face2bone.bundle.files import sealed_yaml, unsealed
from face2bone.errors import BundleCorrupt


def test_what_was_sealed_comes_back() -> None:
    twice = [1, 2]
    values = {"name": "ä", "a": twice, "b": twice, "none": None}
    assert unsealed(sealed_yaml(values)) == values


@pytest.mark.parametrize(
    "damage", [lambda d: d[1:], lambda d: d + b"\n", lambda d: b"", bytes.upper]
)
def test_a_broken_seal_is_refused(damage: object) -> None:
    data = sealed_yaml({"name": "a"})
    with pytest.raises(BundleCorrupt, match="not the hash of the rest"):
        unsealed(damage(data))  # type: ignore[operator]


def test_what_yaml_cannot_express_is_refused() -> None:
    with pytest.raises(BundleCorrupt, match="YAML cannot express"):
        sealed_yaml({"array": object()})
