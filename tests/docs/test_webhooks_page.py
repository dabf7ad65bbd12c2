"""docs/webhooks.md: its programs verify what is really sent, its tables are those of the code."""

import json
import re
from typing import Any

import pytest
from django.utils import timezone

from promises.domain.retries import SCHEDULE
from promises.models import WebhookEvent
from promises.projection import outbox
from promises.services.webhooks.signing import new_secret, signed_headers
from tests.docs.pages import section, table_rows, text_of

PAGE = text_of("webhooks.md")
PROGRAMS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
UNITS = {"s": 1, "min": 60, "h": 3600}
BODY = json.dumps({"type": "promise.kept", "data": {"statement": "Größe"}}, ensure_ascii=False)


def program(number: int) -> dict[str, Any]:
    names: dict[str, Any] = {}
    exec(compile(PROGRAMS[number], "docs/webhooks.md", "exec"), names)  # noqa: S102 (our own page)
    return names


@pytest.fixture
def sent() -> tuple[bytes, dict[str, str], str]:
    secret = new_secret().secret
    other = new_secret().secret
    headers = signed_headers("msg_1", BODY, [other, secret], now=timezone.now())
    return BODY.encode(), headers, secret


def test_the_program_with_the_library_verifies(sent: tuple[bytes, dict[str, str], str]) -> None:
    body, headers, secret = sent
    handle = program(0)["handle"]
    assert handle(body, headers, secret) == json.loads(BODY)
    assert handle(body + b" ", headers, secret) is None
    assert handle(body, headers, new_secret().secret) is None


def test_the_program_without_a_library_verifies(sent: tuple[bytes, dict[str, str], str]) -> None:
    body, headers, secret = sent
    is_genuine = program(1)["is_genuine"]
    assert is_genuine(body, headers, secret)
    assert not is_genuine(body + b" ", headers, secret)
    assert not is_genuine(body, headers, new_secret().secret)


def test_every_type_is_described_and_no_other() -> None:
    rows = table_rows(section(PAGE, "## What is told"))[1:]
    assert {row[0].strip("`") for row in rows} == {*WebhookEvent.values, "webhook.test"}


def test_the_schedule_is_that_of_the_code() -> None:
    (_, waits, *_) = table_rows(section(PAGE, "## Delivery"))
    seconds = [int(number) * UNITS[unit] for number, unit in (one.split() for one in waits[1:])]
    assert seconds == list(SCHEDULE)


def test_the_example_is_a_payload() -> None:
    example = json.loads(re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)[0])
    assert list(example) == ["type", "timestamp", "data"]
    assert len(json.dumps(example)) < outbox.MOST_BYTES
