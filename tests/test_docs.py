"""Nothing a person meets goes undocumented: errors, settings, commands, pages, targets, links.

Each test also looks the other way where it can: a document must not describe what is not there.
"""

import inspect
import re
from pathlib import Path

import click
import pytest
import typer.main
from pydantic_settings import BaseSettings

from face2bone import errors
from face2bone.cli import app
from face2bone.modalities.face.limits import QualityLimits
from face2bone.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
MARKDOWN = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])

ERROR_NAMES = {name for name, _ in inspect.getmembers(errors, inspect.isclass)}
SETTINGS_CLASSES: tuple[type[BaseSettings], ...] = (Settings, QualityLimits)
COMMAND = typer.main.get_command(app)
COMMANDS: dict[str, click.Command] = getattr(COMMAND, "commands", {})


def read(path: Path) -> str:
    return path.read_text("utf-8")


def table_rows(markdown: str) -> dict[str, list[str]]:
    """First cell without backticks -> the other cells, of every table row."""
    rows = {}
    for line in markdown.splitlines():
        if line.startswith("| `"):
            first, *others = [cell.strip() for cell in line.strip().strip("|").split("|")]
            rows[first.strip("`")] = others
    return rows


def test_every_error_is_documented_and_no_other() -> None:
    assert set(table_rows(read(DOCS / "reference" / "errors.md"))) == ERROR_NAMES


@pytest.mark.parametrize("settings", SETTINGS_CLASSES, ids=lambda c: c.__name__)
def test_every_setting_is_documented_with_its_default(settings: type[BaseSettings]) -> None:
    rows = table_rows(read(DOCS / "reference" / "settings.md"))
    prefix = settings.model_config["env_prefix"]
    for name, field in settings.model_fields.items():
        variable = (prefix + name).upper()
        assert variable in rows, f"docs/reference/settings.md lacks {variable}"
        if isinstance(field.default, int | float | str):
            assert rows[variable][0] == f"`{field.default}`", f"default of {variable}"


def test_no_setting_is_documented_that_does_not_exist() -> None:
    known = {
        (settings.model_config["env_prefix"] + name).upper()
        for settings in SETTINGS_CLASSES
        for name in settings.model_fields
    }
    assert set(table_rows(read(DOCS / "reference" / "settings.md"))) <= known


def command_sections() -> dict[str, str]:
    parts = re.split(
        r"^## face2bone ([\w-]+)$", read(DOCS / "reference" / "commands.md"), flags=re.MULTILINE
    )
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_every_command_is_documented_and_no_other() -> None:
    assert set(command_sections()) == set(COMMANDS)


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_option_is_documented_and_no_other(name: str) -> None:
    section = command_sections()[name]
    options = {
        option
        for parameter in COMMANDS[name].params
        for option in (
            parameter.opts if parameter.param_type_name == "option" else [parameter.name.upper()]
        )
        if option != "--help"
    }
    assert set(table_rows(section)) == options


def page_titles() -> dict[str, str]:
    """Page file -> title, as streamlit_app.py names them."""
    found = re.findall(
        r'"(\w+)": \(template\("([^"]+)"\), Permission', read(ROOT / "streamlit_app.py")
    )
    return {f"{name}.py": title for name, title in found}


def test_every_page_is_documented_by_its_title() -> None:
    files = {path.name for path in (ROOT / "pages").glob("*.py")}
    headings = set(re.findall(r"^## (.+)$", read(DOCS / "clinic" / "pages.md"), flags=re.MULTILINE))
    assert set(page_titles()) == files
    assert set(page_titles().values()) == headings


def test_every_make_target_is_explained_in_the_readme() -> None:
    declared = re.search(r"^\.PHONY: (.+)$", read(ROOT / "Makefile"), flags=re.MULTILINE)
    assert declared is not None
    rows = table_rows(read(ROOT / "README.md"))
    assert {f"make {target}" for target in declared[1].split()} <= set(rows)


@pytest.mark.parametrize("path", MARKDOWN, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_and_pictures_lead_somewhere(path: Path) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)", read(path))
    local = [target for target in targets if "://" not in target and "mailto:" not in target]
    assert [target for target in local if not (path.parent / target).exists()] == []


def test_every_document_is_reachable_from_the_readme() -> None:
    reached, waiting = set(), [ROOT / "README.md"]
    while waiting:
        path = waiting.pop()
        if path not in reached:
            reached.add(path)
            targets = re.findall(r"\]\(([^)#\s:]+\.md)", read(path))
            waiting += [(path.parent / target).resolve() for target in targets]
    assert set(DOCS.rglob("*.md")) <= reached


def test_documents_named_in_the_source_exist() -> None:
    sources = [*(ROOT / "face2bone").rglob("*.py"), *(ROOT / "face2bone").rglob("*.toml")]
    named = {name for path in sources for name in re.findall(r"docs/[\w/-]+\.md", read(path))}
    assert [name for name in sorted(named) if not (ROOT / name).is_file()] == []


def test_runtime_and_development_pins_are_exact() -> None:
    groups = ("", "-signin", "-cluster", "-train", "-dev")
    for name in (f"requirements{group}.txt" for group in groups):
        lines = [line.strip() for line in read(ROOT / name).splitlines()]
        wanted = [line for line in lines if line and not line.startswith(("#", "-r "))]
        assert [line for line in wanted if "==" not in line] == []
        opencv = [line for line in wanted if line.startswith("opencv")]
        assert len(opencv) == (name == "requirements.txt")
