"""What a site deploys fits what the program is: names, ports, limits and settings."""

import re
import shlex
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from streamlit import get_option

from face2bone.settings import ENV_PREFIX, Settings

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
DOCKERFILE = (DEPLOY / "Dockerfile").read_text().replace("\\\n", " ")
NGINX = (DEPLOY / "nginx.conf").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
ENVIRONMENT: dict[str, str] = SERVICES["app"]["environment"]
STEPS = (ROOT / "docs" / "clinic" / "server.md").read_text("utf-8")
PORT = 8501
OWN_NEEDS = {"proxy": {"CHOWN", "SETGID", "SETUID", "NET_BIND_SERVICE"}}
"""Capabilities that a service needs: nginx begins as root, listens on 80 and leaves root."""


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
    makefile = (ROOT / "Makefile").read_text()
    for command in ("pip install", "--no-deps --no-build-isolation -e ."):
        assert command.replace("pip", "$(PIP)") in makefile or command in makefile
        assert command in DOCKERFILE
    assert "-r requirements.txt" in makefile
    assert "-r requirements.txt" in (ROOT / "requirements-signin.txt").read_text()


def test_it_can_ask_for_a_sign_in() -> None:
    assert "-r requirements-signin.txt" in DOCKERFILE
    (secret,) = SERVICES["app"]["secrets"]
    (folder,) = instructions("WORKDIR")
    as_streamlit_looks = [Path(one) for one in get_option("secrets.files")]
    beside_the_script = Path(secret["target"]).relative_to(folder)
    assert Path.cwd() / beside_the_script in as_streamlit_looks
    assert COMPOSE["secrets"][secret["source"]]["file"] == "./secrets.toml"


def test_without_a_sign_in_everything_is_shut() -> None:
    assert ENVIRONMENT["FACE2BONE_SIGN_IN_REQUIRED"] == "true"


def test_who_has_which_role_is_asked_before_anything_starts() -> None:
    for name in ("ROLE_CLAIM", "NAME_CLAIM", "CLINICIANS", "RESEARCHERS", "ADMINISTRATORS"):
        assert ENVIRONMENT[f"FACE2BONE_{name}"].startswith(f"${{FACE2BONE_{name}:?")


def test_the_app_reaches_the_provider_and_the_database_nothing() -> None:
    leads_out = {
        name for name, one in COMPOSE["networks"].items() if not (one or {}).get("internal")
    }
    reaches = {name: set(one["networks"]) for name, one in SERVICES.items()}
    assert leads_out & reaches["app"] & reaches["sign-in"]
    assert not leads_out & reaches["database"]
    assert {name for name in reaches if reaches[name] & reaches["database"]} == {"app", "database"}


def test_the_steps_name_everything_that_is_filled_in() -> None:
    asked = set(re.findall(r"\$\{(\w+)", (DEPLOY / "compose.yaml").read_text()))
    for name in {*asked, "[auth]", "/oauth2callback", "secrets.toml", "sign-in.env"}:
        assert name in STEPS, name


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


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_may_do_as_little_as_it_can(service: str) -> None:
    it = SERVICES[service]
    assert it["read_only"]
    assert it["cap_drop"] == ["ALL"]
    assert set(it.get("cap_add", ())) == OWN_NEEDS.get(service, set())
    assert it["security_opt"] == ["no-new-privileges:true"]
    assert re.fullmatch(r"\d+[mg]", it["mem_limit"])


@pytest.mark.parametrize("service", SERVICES)
def test_no_log_fills_the_disk(service: str) -> None:
    assert {"max-size", "max-file"} <= set(SERVICES[service]["logging"]["options"])


def test_the_proxy_logs_to_the_container_alone() -> None:
    written = re.findall(r"^ *(?:access|error)_log +(\S+?)[ ;]", NGINX, re.MULTILINE)
    assert set(written) == {"/dev/stdout", "/dev/stderr", "off"}


def test_the_sign_in_service_logs_neither_people_nor_addresses() -> None:
    assert {"--request-logging=false", "--auth-logging=false"} <= set(
        SERVICES["sign-in"]["command"]
    )


@pytest.mark.parametrize("service", ["database", "sign-in", "proxy"])
def test_other_images_are_named_to_the_patch(service: str) -> None:
    assert re.search(r":v?\d+\.\d+(\.\d+)?(-\w+)?$", SERVICES[service]["image"])


def test_settings_are_those_of_the_program() -> None:
    known = {ENV_PREFIX + name.upper() for name in Settings.model_fields}
    named = set(ENVIRONMENT) | set(re.findall(r"FACE2BONE_\w+(?==)", DOCKERFILE))
    assert {name for name in named if name.startswith(ENV_PREFIX)} <= known


def test_only_the_proxy_is_reached_from_outside() -> None:
    assert {name for name, one in SERVICES.items() if "ports" in one} == {"proxy"}


def test_the_proxy_knows_the_services_by_their_names() -> None:
    for name in re.findall(r"^ +server ([\w-]+):\d+;", NGINX, re.MULTILINE):
        assert name in SERVICES
    host = ENVIRONMENT["STREAMLIT_SERVER_ALLOWED_HOSTS"].split()[0]
    assert set(re.findall(r"server_name (\S+);", NGINX)) == {host}


def test_the_proxy_takes_what_the_dashboard_takes() -> None:
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())
    assert f"client_max_body_size {config['server']['maxUploadSize']}m;" in NGINX


def test_cookies_that_pass_the_proxy_pass_the_dashboard() -> None:
    kilobytes = re.findall(
        r"^ *(?:large_client_header_buffers|proxy_buffers) 4 (\d+)k;", NGINX, re.M
    )
    (longest,) = re.findall(r"WEBSOCKETS_MAX_LINE_LENGTH=(\d+)", DOCKERFILE)
    assert {1024 * int(one) for one in kilobytes} == {int(longest)}


def test_passwords_and_keys_are_no_part_of_it() -> None:
    ignored = (ROOT / ".gitignore").read_text().split()
    own = {"/deploy/tls/", "/deploy/sign-in.env", "/deploy/secrets.toml", ".env"}
    assert own <= set(ignored)
    database = SERVICES["database"]["environment"]
    assert ENVIRONMENT["PGPASSWORD"] == database["RECORDS_PASSWORD"]
    assert ENVIRONMENT["PGPASSWORD"].startswith("${RECORDS_PASSWORD:?")
    assert database["POSTGRES_PASSWORD"].startswith("${DATABASE_PASSWORD:?")
