"""What the pages say is so: names exist, links lead somewhere, nothing is left out."""

import json
import re
from dataclasses import fields
from pathlib import Path

import pytest
import yaml
from django.core.management import get_commands, load_command_class

from promisegap.celery import app
from promises.api import scores
from promises.domain.loss import DAY, DEFAULT_PARAMETERS, HOUR, time_loss
from promises.scores import WINDOWS, ScoreRow
from promises.services.checking import Report
from tests.docs.pages import (
    BASE,
    DOCS,
    PAGES,
    anchors,
    code_blocks,
    links,
    prose,
    section,
    table_rows,
    text_of,
)

OURS = {"promisegap", "promises", "interactions"}
# Variables of the shell examples themselves.
OF_EXAMPLES = {"KEY", "BIN", "URL"}
SECRET_READERS = {"secret", "database", "secret_key", "email_server"}
TABLE_ROW = re.compile(r"^\| `([A-Z][A-Z0-9_]+)` \|", re.MULTILINE)


def settings_variables() -> tuple[set[str], set[str]]:
    """Every variable that the settings read, and those that may also name a file."""
    source = (BASE / "promisegap" / "settings.py").read_text(encoding="utf-8")
    found = re.findall(r"env\.(\w+)\(\s*\"([A-Z0-9_]+)\"", source)
    secret = {name for reader, name in found if reader in SECRET_READERS}
    return {name for _, name in found}, secret


def known_variables() -> set[str]:
    plain, secret = settings_variables()
    compose = (BASE / "docker-compose.yml").read_text(encoding="utf-8")
    makefile = (BASE / "Makefile").read_text(encoding="utf-8")
    programs = "\n".join(
        path.read_text(encoding="utf-8")
        for folder in ("benchmarks", "faults")
        for path in (BASE / "tests" / folder).glob("*.py")
    )
    return (
        plain
        | {f"{name}_FILE" for name in secret}
        | set(re.findall(r"\$\{([A-Z_]+)", compose))
        | set(re.findall(r"^([A-Z]+) \?=", makefile, re.MULTILINE))
        | set(re.findall(r"environ\.get\(\"([A-Z_]+)\"", programs))
        | OF_EXAMPLES
    )


def test_the_pages_are_there() -> None:
    names = {page.name for page in DOCS}
    assert {"design.md", "operations.md", "scores.md", "import.md"} <= names


def test_every_command_that_is_named_exists() -> None:
    named = {
        (page.name, name)
        for page in PAGES
        for name in re.findall(r"manage\.py ([a-z_]+)", page.read_text(encoding="utf-8"))
    }
    assert named
    assert {item for item in named if item[1] not in get_commands()} == set()


def test_every_option_of_our_commands_that_is_named_exists() -> None:
    commands = {name: home for name, home in get_commands().items() if home in OURS}
    wrong, seen = [], 0
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for name, rest in re.findall(r"manage\.py ([a-z_]+)((?: +[^\s`]+)*)", text):
            if name not in commands:
                continue
            parser = load_command_class(str(commands[name]), name).create_parser("", name)
            for option in re.findall(r"(?:^| )(--[a-z-]+)", rest):
                seen += 1
                if option not in parser._option_string_actions:
                    wrong.append((page.name, name, option))
    assert seen > 3
    assert wrong == []


@pytest.mark.parametrize("name", [name for name, home in get_commands().items() if home in OURS])
def test_every_command_of_ours_is_described(name: str) -> None:
    assert re.search(rf"\b{name}\b", text_of("operations.md"))


def test_every_variable_of_the_settings_is_described_once() -> None:
    described = TABLE_ROW.findall(section(text_of("operations.md"), "## Environment variables"))
    assert sorted(described) == sorted(settings_variables()[0])


def test_every_variable_that_is_named_exists() -> None:
    known, named = known_variables(), set()
    for page in PAGES:
        text = "\n".join(code_blocks(page)) + prose(page)
        named |= set(re.findall(r"(?<![\w.])([A-Z][A-Z0-9_]{2,})=", text))
        named |= set(re.findall(r"`([A-Z][A-Z0-9]*_[A-Z0-9_]+)`", text))
    named |= set(TABLE_ROW.findall(text_of("operations.md")))
    assert len(named) > 20
    assert named - known == set()


def test_the_defaults_in_the_table_are_those_of_the_settings() -> None:
    rows = table_rows(section(text_of("operations.md"), "## Environment variables"))
    defaults = {row[0].strip("`"): row[1].strip("`") for row in rows}
    source = (BASE / "promisegap" / "settings.py").read_text(encoding="utf-8")
    numbers = re.findall(r"env\.integer\(\s*\"([A-Z_]+)\", ([0-9_]+), low", source)
    assert {name: int(value) for name, value in numbers} == {
        name: int(defaults[name]) for name, _ in numbers
    }
    texts = re.findall(r"env\.(?:text|zone|language|log_level)\(\"([A-Z_]+)\", \"(.+?)\"\)", source)
    assert {name: value for name, value in texts} == {name: defaults[name] for name, _ in texts}
    assert len(numbers) + len(texts) > 8


def test_every_make_target_that_is_named_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (BASE / "Makefile").read_text(), re.MULTILINE))
    named = {name for page in PAGES for name in re.findall(r"\bmake ([a-z]+)`", page.read_text())}
    named |= set(re.findall(r"^make ([a-z]+)$", text_of("operations.md"), re.MULTILINE))
    assert "up" in named
    assert named <= targets


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    broken = []
    for link in links(page):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)
    assert broken == []


def test_every_file_that_is_named_exists() -> None:
    named = {
        (page.name, path)
        for page in PAGES
        for path in re.findall(
            r"`((?:promises|promisegap|interactions|tests|\.docker)/[\w./-]+)`",
            page.read_text(encoding="utf-8"),
        )
    }
    assert {item for item in named if not (BASE / item[1]).exists()} == set()


def test_the_rules_are_all_there_and_none_is_cited_that_is_not() -> None:
    rules = re.findall(r"^#### R(\d+) ", text_of("design.md"), re.MULTILINE)
    assert [int(number) for number in rules] == list(range(1, 24))
    cited: set[str] = set()
    for folder in ("promises", "promisegap", "interactions", "tests"):
        for path in (BASE / folder).rglob("*.py"):
            cited |= set(re.findall(r"\bR(\d+)\b", path.read_text(encoding="utf-8")))
    assert cited <= set(rules)


def test_the_parameters_and_check_values_of_loss_are_those_of_the_code() -> None:
    rule = section(text_of("design.md"), "#### R9 Loss")
    units = {"day": DAY, "days": DAY, "hours": HOUR}
    for kind, base, half_life, tolerance in table_rows(rule)[1:]:
        parameters = DEFAULT_PARAMETERS[kind]
        number, unit = half_life.split()
        assert float(base) == parameters.base_loss
        assert float(number) * units[unit] == parameters.half_life_seconds
        days = float(tolerance.split()[0])
        assert days * DAY == parameters.tolerance_seconds
    checks = re.findall(r"(\d+) ([hd]) (0\.\d{4})", rule)
    assert len(checks) == 5
    for number, unit, loss in checks:
        seconds = float(number) * (HOUR if unit == "h" else DAY)
        found = time_loss(seconds, base_loss=0.25, half_life_seconds=3 * DAY)
        assert f"{found:.4f}" == loss


def test_every_job_of_the_schedule_is_described_and_no_other() -> None:
    text = section(text_of("operations.md"), "## The clock's jobs")
    described = {row[0].strip("`") for row in table_rows(text)[1:]}
    assert described == {
        entry["task"].rsplit(".", 1)[1] for entry in app.conf.beat_schedule.values()
    }


def test_every_line_of_the_check_is_described() -> None:
    text = section(text_of("operations.md"), "### ledger_check")
    described = {row[1].strip("`") for row in table_rows(text)[1:]}
    assert described == {field.name for field in fields(Report)} - {"examples"}


def test_the_parameters_of_the_api_are_described() -> None:
    rows = {row[0]: row[1] for row in table_rows(section(text_of("scores.md"), "## The API"))}
    assert {f"`{name}`" for name in scores.PARAMETERS} <= set(rows)
    assert re.findall(r"`(\w+)`", rows["`window`"]) == list(WINDOWS)
    assert set(re.findall(r"`(\w+)`", rows["`scope`"])) == set(scores.SCOPES)
    assert rows["`limit`"].endswith(f"1 to {scores.MAX_LIMIT}")


def test_the_fields_of_the_api_are_described_and_shown() -> None:
    api = section(text_of("scores.md"), "## The API")
    described = {name for row in table_rows(api) for name in re.findall(r"`(\w+)`", row[0])}
    row_fields = {field.name for field in fields(ScoreRow)}
    answer_fields = set(scores.ScoresAnswer.__struct_fields__)
    assert row_fields | answer_fields <= described
    shown = json.loads(re.findall(r"```json\n(.*?)```", api, re.DOTALL)[0])
    assert set(shown) == answer_fields
    assert set(shown["results"][0]) == row_fields
    assert set(shown["parameters"][0]) == set(scores.KindJudgement.__struct_fields__)


def test_what_is_said_of_compose_is_in_the_file() -> None:
    compose = yaml.safe_load((BASE / "docker-compose.yml").read_text(encoding="utf-8"))
    text = section(text_of("operations.md"), "### With docker compose")
    assert all(f"`{service}`" in text for service in compose["services"])
    asked = set(re.findall(r"\$\{([A-Z_]+)", (BASE / "docker-compose.yml").read_text()))
    named = {name for row in table_rows(text) for name in re.findall(r"`([A-Z_]+)`", row[0])}
    assert named == asked
    with_ports = [name for name, service in compose["services"].items() if "ports" in service]
    assert with_ports == ["nginx"]
