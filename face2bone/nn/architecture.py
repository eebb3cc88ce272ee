"""The shape of a network as plain values that travel in a bundle's card."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

from face2bone.errors import SettingsError
from face2bone.words import message


@dataclass(frozen=True)
class Architecture(ABC):
    """Everything a network's constructor needs, and nothing about training.

    A subclass refuses a size beyond reason: a network is built before its weights are compared
    with it, so a card that asks for one must not get that far.
    """

    @property
    @abstractmethod
    def outputs(self) -> int:
        """What the head gives: a logit for each class."""

    @property
    def covariates(self) -> int:
        """How many values it reads beside the picture."""
        return 0

    @property
    @abstractmethod
    def in_words(self) -> str:
        """What it is, for the model's facts."""

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for a card or a checkpoint."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """The inverse of `to_dict`. Raises SettingsError on a name this version does not know."""
        unknown = sorted(set(values) - {field.name for field in fields(cls)})
        if unknown:
            raise SettingsError(
                "The network configuration has unknown entries: {entries}. Remove them, or "
                "use the version of the package that wrote them.",
                entries=tuple(unknown),
            )
        return cls(**values)


def require(holds: bool, name: str, rule: str) -> None:
    """Raise SettingsError for a value that breaks its rule."""
    if not holds:
        raise SettingsError(
            "The network setting {setting} has a wrong value. Make it {rule} and start again.",
            setting=f"{name!r}",
            rule=rule,
        )


def span(least: int, most: int) -> str:
    """A rule of ``require``, for a whole number."""
    return message("at least {least} and at most {most}", least=least, most=most)
