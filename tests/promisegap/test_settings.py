"""The settings as a process meets them: good ones start it, a bad one is one sentence."""

import logging
import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.db import connection

from promisegap.logs import OneLineFormatter
from promisegap.timeouts import allow_long_statements

READ = "from django.conf import settings; print(settings.{name})"


def ask_settings(name: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Read one setting in a process of its own."""
    return subprocess.run(
        [sys.executable, "-c", READ.format(name=name)],
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "promisegap.settings"} | environment,
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("PORT", "http", "PORT is 'http', but a whole number from 1 to 65535 is wanted."),
        ("DEBUG", "perhaps", "DEBUG is 'perhaps', but on or off is wanted."),
        ("TIME_ZONE", "CEST!", "TIME_ZONE is 'CEST!', but a time zone such as Europe/Berlin"),
    ],
)
def test_a_bad_value_stops_the_start_with_a_sentence(name: str, value: str, sentence: str) -> None:
    done = ask_settings("DEBUG", **{name: value})
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith(sentence)
    assert len(done.stderr.splitlines()) == 1


def test_it_is_closed_by_default() -> None:
    assert settings.DEBUG is False
    assert ask_settings("ALLOWED_HOSTS", ALLOWED_HOSTS="").stdout == (
        "['localhost', '127.0.0.1', '[::1]']\n"
    )


def test_https_switches_every_secure_setting_on() -> None:
    names = "SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE, settings.SECURE_SSL_REDIRECT"
    assert ask_settings(names, HTTPS="on").stdout == "True True True\n"
    assert ask_settings(names, HTTPS="off").stdout == "False False False\n"


@pytest.mark.django_db
def test_a_session_gives_up_early() -> None:
    with connection.cursor() as cursor:
        limits = {}
        for name in ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout"):
            cursor.execute(f"SHOW {name}")
            limits[name] = cursor.fetchone()[0]
        cursor.execute("SHOW timezone")
        assert cursor.fetchone() == ("UTC",)
    assert limits == {
        "lock_timeout": "5s",
        "statement_timeout": "15s",
        "idle_in_transaction_session_timeout": "1min",
    }


def test_workers_and_commands_may_take_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    options = connection.settings_dict["OPTIONS"]
    monkeypatch.setitem(options, "options", options["options"])
    allow_long_statements()
    assert options["options"].endswith("-c statement_timeout=120000")


def test_a_record_stays_on_one_line() -> None:
    record = logging.LogRecord("n", logging.INFO, "p", 1, "sent %s", ("a\r\nFAKE ok",), None)
    assert OneLineFormatter("%(message)s").format(record) == "sent a\\r\\nFAKE ok"
