"""Every page in Chinese: no Latin word is left but proper names and abbreviations."""

import re
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import pandas as pd
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from face2bone.bundle import Bundle
from face2bone.cohort_explanations.folder import SHIPPED, write_explained
from face2bone.dashboard.cohort.intake import FILES
from face2bone.dashboard.common.language import LANGUAGE
from face2bone.dashboard.explore.page import VIEWS
from face2bone.records import Records, kept_assessments
from tests.cohort_explanations.made import cohort_of
from tests.dashboard.acts import SECONDS, explained, named, opened
from tests.dashboard.explore.test_finished import write_ages, write_followed
from tests.evaluation.test_years_words import DRAWN, RECORD
from tests.records.fill import keep

LANGUAGES: Final = "语言"
FILMS: Final = ("bone_net", "osteoai")
NAMES: Final = (
    *("Face2Bone", "FaceNet", "KAN", "SHAP", "Shapley", "CRAFT", "FSA", "SSAM", "Owen", "logit"),
    *("DXA", "FRAX", "BMD", "BMI", "HRT", "T", "Z", "P", "A", "B", "n", "p"),
    *("ISCD", "NOGG", "NICE", "USPSTF", "BHOF", "IOF", "CG146", "US", "WHO"),
    *("TIA", "COPD", "g", "D"),
    "X",  # of X-rays, as Chinese writes them
    *("OST", "OSTA", "ORAI", "SCORE", "OSIRIS", "ABONE", "FRACTURE", "QFracture"),
    *("PDF", "FHIR", "R4", "DICOM", "JSON", "CSV", "TSV", "ZIP", "Parquet", "parquet"),
    *("JPEG", "PNG", "WebP", "HEIC", "MB", "mm", "cm", "kg", "mg", "SD", "m"),
    *("English", "MANIFEST", "FOLDER", "BUNDLE"),
    *("AUC", "ECE", "RPS", "F1", "R2", "Brier", "Cohen", "Matthews", "kappa", "Hosmer", "Lemeshow"),
    *("VGG16", "VGG19", "ResNet18", "ResNet34", "ViT", "InceptionResnetV1", "Transformer"),
    *("HTML", "Markdown", "CPU", "GPU", "x86", "torch", "python", "Python", "Apache"),
    *("Harrell", "Uno", "C", "Kaplan", "Meier"),
    *("recipe", "demo", "seed", "kan", "m2"),  # of a model's card
)
"""Names of things, which Chinese clinicians write like this too."""
NO_WORDS: Final = (
    r"<(style|script)>.*?</(style|script)>",
    r"<[^>]*>",
    r"&\w+;",
    r"\b[0-9a-f]{64}\b|\d[.\d]*e-\d+|biocloudy\S*|ownyourai\S*",
    r"data:[a-z/+]+;base64,\S+",
    r"https?://\S+",
    r"`[^`]*`",  # what one types
    r"\]\([^)]*\)",  # where a link leads
    r":[a-z]+-badge\[",
    r":material/[a-z_]+:",
    r"FACE2BONE_\w+",
    r"face2bone\S*",
    r"toy\S*|tiny\S*|\bConcept \d[\w: ]*|Noise, for tests|made-up \w+",  # of a bundle for tests
    r"30 drawn patients [^;]*; no real person",  # of a cohort for tests
    r"[a-z_]+_[a-z_]+",  # columns of a table
    r"\w+\.(csv|yaml)|YYYY-MM-DD",
    r"[\w\\]+-(knee|hand)-drawn",  # of a model that ships
)
LATIN: Final = re.compile(r"[A-Za-z][A-Za-z0-9]*")
LINES: Final = re.compile(r"[^\n。]+")
OF_A_SOURCE: Final = re.compile(r"\b(19|20)\d\d\b.*|.*\bet al\b.*")


def shown(app: AppTest) -> Iterator[str]:
    """Every text of the page that a person sees or is told."""
    assert not app.exception
    for element in app.main:
        if getattr(element, "key", None) == LANGUAGE or LANGUAGES in getattr(element, "label", ""):
            continue  # each language by its own name
        for name in ("value", "label", "help", "options", "placeholder"):
            found: Any = getattr(element, name, None)
            if name == "value" and getattr(element, "options", None):
                continue  # as the program calls it; what is seen is the option

            yield from [found] if isinstance(found, str) else []
            yield from (
                (one for one in found if isinstance(one, str)) if isinstance(found, list) else ()
            )


def english(app: AppTest) -> set[str]:
    """Lines with Latin words that are no names; what cites a source is as its authors wrote it."""
    found = set()
    for text in shown(app):
        plain = text
        for pattern in NO_WORDS:
            plain = re.sub(pattern, " ", plain, flags=re.DOTALL)
        for line in LINES.findall(plain):
            if set(LATIN.findall(line)) - set(NAMES) and not OF_A_SOURCE.search(line):
                found.add(line.strip())
    return found


@pytest.fixture
def app(tiny_model: object, records: object) -> AppTest:
    page = AppTest.from_file("../../streamlit_app.py", default_timeout=SECONDS)
    page.session_state[LANGUAGE] = "zh"
    return page.run()


@pytest.mark.slow
@pytest.mark.parametrize("page", ["cohort", "follow_up", "sources", "about"])
def test_no_english_is_left_on_a_page(app: AppTest, page: str) -> None:
    assert english(app.switch_page(f"pages/{page}.py").run()) == set()


@pytest.mark.slow
@pytest.mark.parametrize("view", VIEWS)
def test_none_is_left_on_explore(bundle_root: Path, tiny_bundle: Bundle, view: str) -> None:
    nobody = pd.DataFrame({"row": [], "patient_id": [], "reason": []})
    write_explained(cohort_of(30, tiny_bundle.sha256), nobody, bundle_root / SHIPPED)
    page = in_chinese("explore")
    page.session_state["explore_view"] = view
    assert english(page.run()) == set()


def test_none_is_left_of_a_finished_study(
    bundle_root: Path, tmp_path: Path, fresh_settings: pytest.MonkeyPatch
) -> None:
    write_ages(tmp_path / "ages", replace(RECORD, cohort=DRAWN, engine="torch 1"))
    write_followed(tmp_path / "followed")
    fresh_settings.setenv("FACE2BONE_FINDINGS", str(tmp_path))
    page = in_chinese("explore").run()
    for name in ("ages", "followed"):
        page.selectbox(key="explore_finding").set_value(name).run()
        assert english(page) - {"ages", "followed"} == set(), name


def test_none_is_left_on_the_models_page() -> None:
    """Of the demonstration that ships, which has every table beside it."""
    assert english(in_chinese("model").run()) == set()


@pytest.mark.slow
@pytest.mark.parametrize("study", FILMS)
def test_none_is_left_on_the_page_of_a_model_of_films(study: str) -> None:
    page = in_chinese("model").run()
    page.button_group(key="model_study").set_value(study).run()
    assert english(page) == set()


@pytest.mark.slow
@pytest.mark.parametrize("study", FILMS)
def test_none_is_left_on_review_of_a_film(study: str, records: object) -> None:
    page = in_chinese("review").run()
    page.button_group(key="study").set_value(study).run()
    page.button(key="sample_0").click().run()
    for tab in ("可信程度", "评分", "哪些会改变建议"):
        assert english(opened(page, tab)) == set(), tab


def in_chinese(name: str) -> AppTest:
    page = AppTest.from_file(f"../../pages/{name}.py", default_timeout=SECONDS)
    page.session_state[LANGUAGE] = "zh"
    return page


@pytest.mark.slow
def test_none_is_left_on_review(app: AppTest) -> None:
    assert english(app) == set()
    app.button(key="sample_0").click().run()
    assert english(app) == set()
    for tab in ("可信程度", "评分", "哪些会改变建议", "面部年龄"):
        assert english(opened(app, tab)) == set(), tab


@pytest.mark.slow
def test_none_is_left_of_an_explanation(app: AppTest) -> None:
    app.button(key="sample_0").click().run()
    app.session_state["review_case"].open_tab = "Why"
    assert english(explained(app)) == set()


def refusals(app: AppTest) -> list[str]:
    """What the page says is wrong, once nothing of it is English."""
    assert english(app) == set()
    return [box.value for box in (*app.error, *app.text)]


def test_a_photo_that_cannot_be_read_is_refused_in_chinese(app: AppTest) -> None:
    named(app.button_group, "photo_source").set_value("Upload").run()
    box = named(app.file_uploader, "upload")
    box.set_value(("photo.jpg", b"no photo at all", "image/jpeg")).run()
    assert refusals(app) == ["该文件不是本程序能读取的照片。请保存为 JPEG、PNG、WebP 或 HEIC。"]
    named(app.file_uploader, "upload").set_value(("photo.jpg", small(), "image/jpeg")).run()
    assert refusals(app) == [
        "照片为 60 × 40 像素，有一边不足 128 像素。请使用原始照片，而不是缩略图。"
    ]


def small() -> bytes:
    written = BytesIO()
    Image.new("RGB", (60, 40)).save(written, "JPEG")
    return written.getvalue()


def test_a_number_that_is_none_is_refused_in_chinese(app: AppTest) -> None:
    app.button(key="sample_0").click().run()
    named(app.text_input, "age").set_value("六十").run()
    assert any("六十" in sentence for sentence in refusals(app))


@pytest.mark.slow
def test_details_that_cannot_be_are_refused_in_chinese(app: AppTest) -> None:
    app.button(key="sample_0").click().run()
    named(app.text_input, "frax_major").set_value("5").run()
    named(app.text_input, "frax_hip").set_value("9").run()
    assert any("髋部骨折结果 9 %" in sentence for sentence in refusals(app))


def test_a_table_and_a_result_are_refused_in_chinese(app: AppTest, records: Records) -> None:
    keep(records, "7", "0" * 64, (0.2, 0.5, 0.3))
    app.switch_page("pages/follow_up.py").run()
    table = (
        "patient_id,site,t_score,measured_on\n7,total_hip,很低,2026-01-31\n9,total_hip,-1,31.1.\n"
    )
    app.file_uploader(key="dxa_table").set_value(("table.csv", table.encode(), "text/csv")).run()
    app.text_input(key="saver_name").set_value("李").run()
    app.button(key="take_in").click().run()
    assert refusals(app) == [
        "未从 table.csv 导入任何内容：有 2 行需要更正。",
        "第 2 行：t_score：'很低' 不是数字（例如 67 或 67.5）\n"
        "第 3 行：measured_on：'31.1.' 不是按 YYYY-MM-DD 书写的日期",
    ]
    app.text_input(key="saver_name").set_value("").run()
    waiting = named(app.selectbox, "dxa_assessment")
    waiting.set_value(kept_assessments(records)[0].assessment_id).run()
    named(app.text_input, "t_total_hip").set_value("-1.1")
    named(app.button, "keep_dxa").click().run()
    assert "操作者姓名为空。请输入您的姓名或姓名缩写。" in refusals(app)


def test_an_assessment_that_is_not_kept_says_why_in_chinese(app: AppTest) -> None:
    for name, value in {"age": "67", "height": "160", "weight": "60"}.items():
        named(app.text_input, name).set_value(value).run()
    named(app.selectbox, "sex").select_index(0).run()
    app.text_input(key="saver_name").set_value("李").run()
    named(app.text_input, "pseudonym").set_value("李 女士").run()
    named(app.button, "save_assessment").click().run()
    assert [box.value for box in app.error] == [
        "未经同意不会保存任何内容。请征得同意并勾选。"
        "化名为 1 至 64 个字母、数字、“.”、“-”或“\\_”。请输入一个不是姓名的化名。"
    ]


def test_a_cohort_of_a_wrong_table_is_refused_in_chinese(app: AppTest) -> None:
    app.switch_page("pages/cohort.py").run()
    app.button_group(key="cohort_source").set_value(FILES).run()
    box = app.file_uploader(key=f"cohort_{FILES}_0")
    box.set_value([("manifest.csv", b"patient_id,age_years\n7,old\n", "text/csv")]).run()
    (said,) = (box.value for box in app.error)
    assert said.startswith("manifest.csv 的表头（第 1 行）有误：缺少列 photo")


def test_what_was_entered_stays_when_the_language_is_switched(app: AppTest) -> None:
    app.button(key="sample_0").click().run()
    before = [named(list(app.text_input), name).value for name in ("age", "height", "weight")]
    sex = named(list(app.selectbox), "sex").value
    opened(app, "评分")
    app.session_state[LANGUAGE] = "en"
    app.run()
    assert not app.exception
    assert [
        named(list(app.text_input), name).value for name in ("age", "height", "weight")
    ] == before
    assert named(list(app.selectbox), "sex").value == sex
    assert any(
        "Suggestion: " in box.value for box in [*app.warning, *app.error, *app.info, *app.success]
    )
    assert app.session_state["review_case"].open_tab == "Scores"
