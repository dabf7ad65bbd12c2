"""The shape of the house, where no tool of its own holds it."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings

BASE: Path = settings.BASE_DIR
SOURCES = ("promisegap", "promises", "interactions")
# Floors of promises that know neither HTTP nor Celery: services write marks, the edges nudge.
QUIET_FLOORS = ("services", "projection", "cells", "scores", "selectors", "models", "domain")
EDGE_MODULES = ("django.http", "rest_framework", "celery", "django.shortcuts", "django.views")
TOP_LEVEL = {
    "manage.py",
    "promisegap",
    "promises",
    "interactions",
    "templates",
    "static",
    "tests",
    "pyproject.toml",
    "docker-compose.yml",
    "README.md",
    "docs",
    "Dockerfile",
    "Makefile",
}


def python_files(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from sorted((BASE / folder).rglob("*.py"))


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def is_within(name: str, module: str) -> bool:
    return name == module or name.startswith(f"{module}.")


def test_below_the_tasks_nothing_knows_http_or_celery() -> None:
    found = [
        f"{path.relative_to(BASE)}: {name}"
        for path in python_files("promises")
        if path.relative_to(BASE / "promises").parts[0].removesuffix(".py") in QUIET_FLOORS
        for name in imported(path)
        if any(is_within(name, module) for module in EDGE_MODULES)
    ]
    assert found == []


def test_no_module_is_a_drawer_for_everything() -> None:
    drawers = {"utils.py", "helpers.py", "utils", "helpers", "misc.py"}
    assert [path for path in python_files(*SOURCES) if drawers & set(path.parts)] == []


def test_no_file_has_grown_too_long() -> None:
    lengths = {
        str(path.relative_to(BASE)): len(path.read_text(encoding="utf-8").splitlines())
        for path in python_files(*SOURCES)
        if path.parent.name != "migrations"
    }
    assert {path: lines for path, lines in lengths.items() if lines > 320} == {}


def test_the_top_level_holds_what_it_may() -> None:
    assert {path.name for path in BASE.iterdir() if not path.name.startswith(".")} <= TOP_LEVEL


def test_the_locks_name_hashes_and_no_place() -> None:
    for name in ("run.txt", "dev.txt"):
        lock = (BASE / ".requirements" / name).read_text(encoding="utf-8")
        assert "://" not in lock
        packages = re.findall(r"^[a-z0-9-]+(?:\[[a-z]+\])?==\S+", lock, re.MULTILINE)
        assert len(packages) > 20
        assert lock.count("--hash=sha256:") >= len(packages)


def test_every_direct_requirement_is_locked() -> None:
    lock = (BASE / ".requirements" / "run.txt").read_text(encoding="utf-8")
    project = (BASE / "pyproject.toml").read_text(encoding="utf-8")
    block = project.split("dependencies = [", 1)[1].split("\n]", 1)[0]
    names = re.findall(r'^ +"([a-z0-9-]+)', block, re.MULTILINE)
    assert len(names) > 10
    assert [name for name in names if not re.search(rf"^{name}==", lock, re.MULTILINE)] == []


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    text = (BASE / "docker-compose.yml").read_text(encoding="utf-8")
    found: dict[str, Any] = yaml.safe_load(text)
    return found


def test_every_part_has_its_container(compose: dict[str, Any]) -> None:
    assert set(compose["services"]) == {
        *("migrate", "web", "worker", "beat"),
        *("postgres", "redis", "nginx"),
    }
    for name, service in compose["services"].items():
        for needed in service.get("depends_on", {}):
            assert needed in compose["services"]
        assert "healthcheck" in service or name == "migrate", name
    assert compose["services"]["nginx"]["ports"] == ["${PORT:-8000}:80"]
    outside = [name for name, service in compose["services"].items() if "ports" in service]
    assert outside == ["nginx"]


def test_containers_get_settings_that_exist(compose: dict[str, Any]) -> None:
    source = (BASE / "promisegap" / "settings.py").read_text(encoding="utf-8")
    for variable in compose["services"]["web"]["environment"]:
        assert f'"{variable}"' in source, variable


def test_the_proxy_takes_requests_whole() -> None:
    conf = (BASE / ".docker" / "nginx.conf").read_text(encoding="utf-8")
    assert "proxy_request_buffering on;" in conf
    assert "client_body_timeout 15s;" in conf
    assert "server web:8000;" in conf


def test_make_lists_its_commands() -> None:
    listed = subprocess.run(
        ["make", "help"], cwd=BASE, capture_output=True, text=True, check=True
    ).stdout
    for name in ("up", "test", "lint", "types", "lock", "clean", "help"):
        assert f"make {name} " in listed
