"""The hand-made literals against the real server: what goes in comes out."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from interactions.arrays import SEPARATOR, CopyLines, json_array, plain_array, separated, text_array

pytestmark = pytest.mark.django_db

against_the_server = settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
# Everything that PostgreSQL can keep, and often what could be mistaken for syntax.
SYNTAX = [
    "",
    "NULL",
    "null",
    '"',
    "\\",
    "\\N",
    "\\.",
    "{}",
    "{,}",
    "a,b",
    "\n",
    "\r\n",
    "\t",
    " ",
    "'",
]
texts = st.one_of(
    st.sampled_from(SYNTAX),
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=40),
    st.text('\\"{}, NULnul\n\r\t\b\x0b\x7f\u2028é😀', max_size=12),
)
lists = st.lists(st.none() | texts, max_size=12)


def unnested(literal: str, kind: str) -> list[object]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT v FROM unnest(%s::{kind}[]) WITH ORDINALITY AS u(v, n) ORDER BY n",  # noqa: S608 (the tests' own types)
            [literal],
        )
        return [value for (value,) in cursor.fetchall()]


@against_the_server
@example(values=[*SYNTAX, None])
@given(values=lists)
def test_any_texts_survive_a_text_array(values: list[str | None]) -> None:
    assert unnested(text_array(values), "text") == values


@against_the_server
@example(values=[word for word in SYNTAX if word] + [""])
@given(values=st.lists(texts.filter(lambda text: SEPARATOR not in text), min_size=1, max_size=12))
def test_any_texts_survive_being_separated(values: list[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_to_array(%s, %s)", [separated(values), SEPARATOR])
        assert cursor.fetchone()[0] == ([] if values == [""] else values)


def test_what_would_shift_the_others_is_refused() -> None:
    with pytest.raises(ValueError, match="separates"):
        separated(["a", f"b{SEPARATOR}c"])
    with pytest.raises(ValueError, match="NUL"):
        text_array(["a", "b\0c"])


@against_the_server
@given(values=st.lists(st.none() | st.integers(-(2**63), 2**63 - 1), max_size=12))
def test_any_integers_survive_a_plain_array(values: list[int | None]) -> None:
    assert unnested(plain_array(values), "bigint") == values


@against_the_server
@given(values=st.lists(st.none() | st.floats(allow_nan=False), max_size=12))
def test_any_floats_survive_a_plain_array(values: list[float | None]) -> None:
    assert unnested(plain_array(values), "float8") == values


zones = st.sampled_from(["UTC", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe"])
moments = st.datetimes(
    min_value=datetime(1990, 1, 2),  # noqa: DTZ001 (hypothesis wants it without a zone)
    max_value=datetime(9999, 12, 30),  # noqa: DTZ001
    timezones=zones.map(ZoneInfo),
    # A time that no clock shows is another one in UTC.
    allow_imaginary=False,
)


@against_the_server
@given(
    numbers=st.lists(st.none() | st.integers(-(2**63), 2**63 - 1), max_size=12),
    truths=st.lists(st.none() | st.booleans(), max_size=12),
    days=st.lists(st.none() | st.dates(), max_size=12),
    times=st.lists(st.none() | moments, max_size=12),
)
def test_numbers_truths_days_and_moments_survive_a_json_array(
    numbers: list[int | None],
    truths: list[bool | None],
    days: list[date | None],
    times: list[datetime | None],
) -> None:
    assert unnested(json_array(numbers), "bigint") == numbers
    assert unnested(json_array(truths), "boolean") == truths
    assert unnested(json_array(days), "date") == days
    assert unnested(json_array(times), "timestamptz") == times


@against_the_server
@given(values=st.lists(st.none() | st.booleans(), max_size=12))
def test_truth_survives_a_plain_array(values: list[bool | None]) -> None:
    assert unnested(plain_array(values), "boolean") == values


@against_the_server
@example(rows=[(word, None, word) for word in SYNTAX])
@given(rows=st.lists(st.tuples(st.none() | texts, st.none() | st.integers(0, 9), texts)))
def test_any_texts_survive_copy(rows: list[tuple[str | None, int | None, str]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS copied")
        cursor.execute(
            "CREATE TEMPORARY TABLE copied (n bigserial, a text, b bigint, c text) ON COMMIT DROP"
        )
        cursor.copy_expert("COPY copied (a, b, c) FROM STDIN", CopyLines(rows))
        cursor.execute("SELECT a, b, c FROM copied ORDER BY n")
        assert cursor.fetchall() == rows


def test_an_array_of_nothing_is_empty() -> None:
    assert unnested(text_array([]), "text") == []
    assert unnested(plain_array([]), "bigint") == []
