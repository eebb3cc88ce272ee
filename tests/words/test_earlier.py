"""What earlier versions wrote into assessments is still said in other languages."""

import pytest

from face2bone.words import UNTRANSLATED, Language, catalogue
from face2bone.words.earlier import EARLIER
from face2bone.words.message import BLANK, message


@pytest.mark.parametrize("text", EARLIER)
def test_each_is_translated(text: str) -> None:
    said = catalogue(Language.CHINESE).say(message(text, **dict.fromkeys(BLANK.findall(text), "1")))
    assert UNTRANSLATED not in said
    assert said != text


def test_none_stands_twice() -> None:
    assert len(set(EARLIER)) == len(EARLIER)
