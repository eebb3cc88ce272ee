"""Whatever an editor saved, the text is the same; what is no text says so."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from face2bone.tabular.text_file import text_of


@given(st.text(), st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_a_mark_is_no_part_of_the_text(text: str, encoding: str) -> None:
    if not text.startswith("\ufeff"):  # itself the mark
        assert text_of(text.encode(encoding)) == text


def test_both_orders_of_bytes_are_read() -> None:
    assert text_of(b"\xff\xfea\x00") == text_of(b"\xfe\xff\x00a") == "a"


@pytest.mark.parametrize("data", [b"\xfc", b"\xff\xfea"])
def test_other_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(UnicodeDecodeError):
        text_of(data)
