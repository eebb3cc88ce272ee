"""The language of a visitor's pages: as the browser asks for, until the visitor chooses.

It is the session's and nobody else's: ``say`` looks it up at every sentence, and nothing shared
by visitors holds a sentence that was said.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

import streamlit as st

from face2bone.words import Blank, Language, Made, catalogue, message

LANGUAGE: Final = "language"
NAMES: Final = {Language.ENGLISH.value: "English", Language.CHINESE.value: "中文"}
"""Each as its own readers call it, so that it is found by who reads no other."""
PAGE_LANGUAGE: Final = {one: f"document.documentElement.lang = '{one}'" for one in NAMES}
"""Scripts that tell the browser, and with it a screen reader's voice, what the page is written in
(WCAG 2.2, 3.1.1); the security policy allows these two by their hashes."""


def language() -> Language:
    """The visitor's, who may not have chosen one yet."""
    chosen: str | None = st.session_state.get(LANGUAGE)
    return Language(chosen) if chosen in NAMES else asked_by(st.context.locale)


def asked_by(locale: str | None) -> Language:
    """What a browser set to this BCP 47 language is answered in.

    >>> asked_by("zh-Hans-CN"), asked_by("de-DE"), asked_by(None)
    (<Language.CHINESE: 'zh'>, <Language.ENGLISH: 'en'>, <Language.ENGLISH: 'en'>)
    """
    asked = (locale or "").replace("_", "-").split("-")[0].lower()
    return Language.CHINESE if asked == Language.CHINESE.value else Language.ENGLISH


def language_switch() -> None:
    """The choice, at the top of every page; a word that is chosen stands in the address."""
    with st.container(key="language_switch"):
        st.segmented_control(
            "Language · 语言",
            list(NAMES),
            default=language().value,
            format_func=NAMES.__getitem__,
            key=LANGUAGE,
            required=True,
            label_visibility="collapsed",
            bind="query-params",
        )
        script = PAGE_LANGUAGE[language().value]
        st.html(f"<script>{script}</script>", unsafe_allow_javascript=True)


def say(text: str, /, **blanks: Blank | int) -> str:
    """A sentence in the visitor's language, its ``{blanks}`` filled in as in ``message``.

    What no catalogue knows comes through as it is, such as a number. What somebody typed is marked
    ``AsTyped``: a pseudonym or a reason may be a word that a catalogue knows.
    """
    return catalogue(language()).known(message(text, **blanks) if blanks else text)


def speaker_of(messages: Mapping[str, Made]) -> Callable[[str], str]:
    """As ``say``, for texts that were kept with how they were made."""
    return catalogue(language()).knowing(messages).known


def speaker(words: Callable[[Any], str] = str) -> Callable[[Any], str]:
    """What says the options of a list by their ``words``, in the language it was drawn in.

    Streamlit finds what was chosen by its words, at the next drawing of the page: by then the
    visitor may have chosen another language.
    """
    known = catalogue(language()).known
    return lambda option: known(words(option))
