"""A text of a document that a person reads."""

from typing import Annotated, Any

from pydantic import ValidatorFunctionWrapHandler, WrapValidator

from face2bone.words import Message


def _as_it_was_made(value: Any, check: ValidatorFunctionWrapHandler) -> Any:
    """A text; a message stays one, where a plain check would forget how it was made."""
    return value if isinstance(value, Message) else check(value)


Sentence = Annotated[str, WrapValidator(_as_it_was_made)]
"""What a person reads."""
