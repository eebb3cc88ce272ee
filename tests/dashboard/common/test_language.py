"""The language is each visitor's own: as their browser asks, until they choose."""

import threading
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from face2bone.dashboard.common.language import LANGUAGE, asked_by
from face2bone.words import Language, plural

SAID = {"en": "Stopped. No partial result was saved.", "zh": "已停止，未保存任何部分结果。"}


def page(meet: "threading.Barrier | None" = None) -> None:
    """A page that says three sentences; the second only when the other visitor is as far."""
    import streamlit as st

    from face2bone.dashboard.common.language import language_switch, say
    from face2bone.words import plural

    language_switch()
    st.caption(say("Stopped. No partial result was saved."))
    if meet is not None:
        meet.wait(60)
    st.caption(say(plural("One explanation before yours", "{count} explanations before yours", 2)))
    st.caption(say("P-001, {sentence}", sentence=say("Stop")))


def visitor(locale: str | None, meet: threading.Barrier | None = None) -> AppTest:
    app = AppTest.from_function(page, args=(meet,), default_timeout=90)
    if locale is not None:
        app.session_state[LANGUAGE] = locale
    return app


def said(app: AppTest) -> list[str]:
    assert not app.exception
    return [str(one.value) for one in app.caption]


@pytest.mark.parametrize(
    ("locale", "language"),
    [("zh-CN", "zh"), ("zh", "zh"), ("ZH_tw", "zh"), ("en-GB", "en"), ("zha", "en"), ("", "en")],
)
def test_the_browser_says_which_language(locale: str, language: str) -> None:
    assert asked_by(locale) is Language(language)


def test_english_is_spoken_to_who_asks_for_nothing() -> None:
    assert said(visitor(None).run())[0] == SAID["en"]


def test_a_choice_holds_and_can_be_taken_back() -> None:
    app = visitor(None).run()
    for language in ("zh", "en"):
        app.button_group[0].set_value(language).run()
        assert said(app.run())[0] == SAID[language]


def test_what_no_catalogue_knows_comes_through_as_it_is() -> None:
    assert said(visitor("zh").run())[1:] == ["前面还有 2 项解释", "P-001, 停止"]


def test_two_visitors_at_once_never_hear_each_others_language() -> None:
    meet = threading.Barrier(2)
    apps = {language: visitor(language, meet) for language in SAID}
    threads = [threading.Thread(target=app.run) for app in apps.values()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    english, chinese = said(apps["en"]), said(apps["zh"])
    assert english == [SAID["en"], "2 explanations before yours", "P-001, Stop"]
    assert chinese == [SAID["zh"], "前面还有 2 项解释", "P-001, 停止"]


def test_a_count_of_one_has_its_own_sentence() -> None:
    assert plural("{count} photo", "{count} photos", 1) == "1 photo"
    assert [str(plural("one", "{count} of {all}", n, all="9")) for n in (0, 1, 2)] == [
        "0 of 9",
        "one",
        "2 of 9",
    ]


def test_nothing_of_the_dashboard_says_a_sentence_while_it_is_imported() -> None:
    """A sentence said at the first import would be everybody's, in one visitor's language."""
    import ast

    for path in (Path(__file__).parents[3] / "face2bone" / "dashboard").rglob("*.py"):
        module = ast.parse(path.read_text("utf-8"))
        top = [s for s in module.body if not isinstance(s, ast.FunctionDef | ast.ClassDef)]
        calls = [c for s in top for c in ast.walk(s) if isinstance(c, ast.Call)]
        names = {c.func.id for c in calls if isinstance(c.func, ast.Name)}
        assert "say" not in names, path.name
