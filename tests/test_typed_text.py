"""Which lines of typed text are kept, and that a spreadsheet obeys none of them."""

import pytest

from face2bone.typed_text import text_problems


@pytest.mark.parametrize("reason", ["spine -2.6, -1.1 at the hip", "age = 81; frail", "a@b, c-d"])
def test_a_reason_may_hold_numbers_and_signs(reason: str) -> None:
    assert list(text_problems(reason, 80)) == []


@pytest.mark.parametrize("text", ["", "  ", "a\nb", " a", "a ", "x" * 81, "=1+1", "a;=1", "@x"])
def test_what_breaks_a_rule_is_said_once(text: str) -> None:
    assert len(list(text_problems(text, 80))) == 1
