"""What a site deploys fits what the program is: names, ports, limits and settings."""

import re
import shlex
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from face2bone.settings import ENV_PREFIX, Settings

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
DOCKERFILE = (DEPLOY / "Dockerfile").read_text().replace("\\\n", " ")
NGINX = (DEPLOY / "nginx.conf").read_text()
SERVICES: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
PORT = 8501


def instructions(name: str) -> list[str]:
    return re.findall(rf"^{name} +(.*)$", DOCKERFILE, re.MULTILINE)


def test_the_container_is_of_a_python_that_the_project_supports_named_to_the_patch() -> None:
    (image,) = instructions("FROM")
    version = re.fullmatch(r"python:(\d+)\.(\d+)\.\d+-slim-bookworm", image)
    assert version is not None
    supported = (ROOT / "pyproject.toml").read_text()
    assert f"Python :: {version[1]}.{version[2]}" in supported


def test_everything_that_is_copied_is_there_and_let_in() -> None:
    let_in = (DEPLOY / "Dockerfile.dockerignore").read_text().split()
    for line in instructions("COPY"):
        for source in shlex.split(line)[:-1]:
            assert (ROOT / source).exists()
            assert f"!{source}" in let_in


def test_it_is_installed_as_the_makefile_does() -> None:
    for command in ("-r requirements.txt", "--no-deps --no-build-isolation -e ."):
        assert command in (ROOT / "Makefile").read_text()
        assert command in DOCKERFILE


def test_it_does_not_run_as_root_and_says_how_it_is() -> None:
    assert instructions("USER") == ["face2bone"]
    assert "--uid 10001" in DOCKERFILE
    assert f"http://localhost:{PORT}/_stcore/health" in DOCKERFILE
    assert instructions("EXPOSE") == [str(PORT)]
    assert f"--server.port={PORT}" in DOCKERFILE
    assert f"server app:{PORT};" in NGINX


def test_what_a_container_may_write_is_its_own() -> None:
    app = SERVICES["app"]
    owned = re.search(r"install -d -o face2bone (.*)", DOCKERFILE)
    assert owned is not None
    mounted = {volume.split(":")[1] for volume in app["volumes"]}
    assert mounted == set(owned[1].split())
    assert app["read_only"]
    assert app["cap_drop"] == ["ALL"]


@pytest.mark.parametrize("service", ["database", "sign-in", "proxy"])
def test_other_images_are_named_to_the_patch(service: str) -> None:
    assert re.search(r":v?\d+\.\d+(\.\d+)?(-\w+)?$", SERVICES[service]["image"])


def test_settings_are_those_of_the_program() -> None:
    known = {ENV_PREFIX + name.upper() for name in Settings.model_fields}
    named = set(SERVICES["app"]["environment"]) | set(re.findall(r"FACE2BONE_\w+(?==)", DOCKERFILE))
    assert {name for name in named if name.startswith(ENV_PREFIX)} <= known


def test_only_the_proxy_is_reached_from_outside() -> None:
    assert {name for name, one in SERVICES.items() if "ports" in one} == {"proxy"}
    assert SERVICES["app"]["networks"] == SERVICES["database"]["networks"] == ["inside"]


def test_the_proxy_knows_the_services_by_their_names() -> None:
    for name in re.findall(r"^ +server ([\w-]+):\d+;", NGINX, re.MULTILINE):
        assert name in SERVICES
    host = SERVICES["app"]["environment"]["STREAMLIT_SERVER_ALLOWED_HOSTS"].split()[0]
    assert set(re.findall(r"server_name (\S+);", NGINX)) == {host}


def test_the_proxy_takes_what_the_dashboard_takes() -> None:
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())
    assert f"client_max_body_size {config['server']['maxUploadSize']}m;" in NGINX


def test_passwords_and_keys_are_no_part_of_it() -> None:
    ignored = (ROOT / ".gitignore").read_text().split()
    assert {"/deploy/tls/", "/deploy/sign-in.env"} <= set(ignored)
    assert "${RECORDS_PASSWORD:?" in SERVICES["app"]["environment"]["PGPASSWORD"]
