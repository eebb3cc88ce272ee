"""What is wrong with a value that pydantic refused: where it stands, and the rule that it breaks.

pydantic's own sentences are English and speak of inputs and items; these can be said in any
language of the catalogue.
"""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from face2bone.errors import SettingsError
from face2bone.words import Blank, message, template

if TYPE_CHECKING:  # a command that reads nothing needs none
    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

WHOLE: Final = template("the whole")
"""Where the fault is when it is in no single entry."""
_OTHER: Final = template("has a wrong value")
_TEXT: Final = template("must be a text")
_WHOLE_NUMBER: Final = template("must be a whole number")
_NUMBER: Final = template("must be a number")
_YES_NO: Final = template("must be true or false")
_LIST: Final = template("must be a list")
_ENTRIES: Final = template("must be a table of named entries")
_DAY: Final = template("must be a date written YYYY-MM-DD")
_UNKNOWN: Final = template("is not a known entry")
_ONE_OF: Final = template("must be one of {expected}")
RULES: Final[Mapping[str, str]] = {
    "missing": template("is missing"),
    "extra_forbidden": _UNKNOWN,
    "unexpected_keyword_argument": _UNKNOWN,
    "string_type": _TEXT,
    "int_type": _WHOLE_NUMBER,
    "int_parsing": _WHOLE_NUMBER,
    "int_from_float": _WHOLE_NUMBER,
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "finite_number": template("must be a finite number"),
    "bool_type": _YES_NO,
    "bool_parsing": _YES_NO,
    "greater_than": template("must be above {gt}"),
    "greater_than_equal": template("must be at least {ge}"),
    "less_than": template("must be below {lt}"),
    "less_than_equal": template("must be at most {le}"),
    "literal_error": _ONE_OF,
    "enum": _ONE_OF,
    "string_too_short": template("must have {min_length} or more characters"),
    "string_too_long": template("must have {max_length} or fewer characters"),
    "string_pattern_mismatch": template("is not written as it has to be"),
    "too_short": template("must have {min_length} or more entries"),
    "too_long": template("must have {max_length} or fewer entries"),
    "list_type": _LIST,
    "tuple_type": _LIST,
    "set_type": _LIST,
    "frozen_set_type": _LIST,
    "dict_type": _ENTRIES,
    "model_type": _ENTRIES,
    "dataclass_type": _ENTRIES,
    "date_type": _DAY,
    "date_parsing": _DAY,
    "date_from_datetime_parsing": _DAY,
    "json_invalid": template("is not valid JSON"),
}
"""The rule by pydantic's type of the fault; its blanks are pydantic's too."""


def first_fault(error: "ValidationError") -> tuple[str, str]:
    """Where the first fault is, names joined by points and empty for the whole; and its rule."""
    first = error.errors()[0]
    return ".".join(str(part) for part in first["loc"]), _rule(first)


def fault(error: "ValidationError") -> str:
    """The first fault as a clause of a sentence."""
    where, rule = first_fault(error)
    return message("{where}: {rule}", where=where or WHOLE, rule=rule)


def invalid_setting(error: "ValidationError", prefix: str) -> SettingsError:
    """The error of an environment variable, named with its ``prefix``."""
    where, rule = first_fault(error)
    variable = prefix + where.replace(".", "_").upper()
    return SettingsError(
        "The setting {variable} is not valid: it {rule}. Correct it or unset it.",
        variable=variable,
        rule=rule,
    )


def _rule(first: "ErrorDetails") -> str:
    told = first.get("ctx", {})
    if "error" in told:  # a check of our own
        return str(told["error"])
    blanks: dict[str, Blank] = {name: str(value) for name, value in told.items()}
    if "expected" in told:  # 'a', 'b' or 'c'
        blanks["expected"] = tuple(re.findall(r"'[^']*'", told["expected"]))
    return message(RULES.get(first["type"], _OTHER), **blanks)
