"""Exports: every row once, as a stream, and no cell that calculates."""

import csv
import io
import json
import tracemalloc
from collections.abc import Iterator
from itertools import islice
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.urls import reverse

from interactions.models import Membership
from interactions.streaming import MOST_AT_ONCE
from promises.api.exports import PIECE
from promises.domain.tables import cell
from tests.events import made, store
from tests.promises.api.clients import (
    PROMISES,
    all_pages,
    assert_problem,
    reader,
    shop,
    store_company,
)
from tests.promises.asking import count

pytestmark = pytest.mark.django_db

CSV, LINES, SCORES = (
    f"/api/v1/export/{name}" for name in ("promises.csv", "promises.ndjson", "scores.csv")
)
MANY = 20_000


def stream(address: str, **asked: str) -> Any:
    answer = reader().get(address, asked)
    assert answer.status_code == 200, answer.content
    assert answer.streaming
    return answer


def table(answer: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.getvalue().decode(), newline="")))


COPY = """
INSERT INTO promises_promise SELECT copy.* FROM promises_promise p, generate_series(1, %s) n,
  jsonb_populate_record(p, jsonb_build_object('id', p.id + n, 'reference', 'copy-' || n)) copy
"""


def store_many() -> None:
    """Rows like that of one promise, with another number and reference each."""
    store(made("first"))
    count()
    with connection.cursor() as cursor:
        cursor.execute(COPY, [MANY - 1])


def test_lines_are_what_the_list_answers() -> None:
    store_company()
    answer = stream(LINES)
    assert answer["Content-Type"] == "application/x-ndjson"
    rows = [json.loads(line) for line in answer.getvalue().splitlines()]
    listed = all_pages(reader(), PROMISES)
    for row in (*rows, *listed):
        for growing in ("loss", "lateness_seconds"):
            del row[growing]
    assert rows == listed


def test_a_table_has_a_column_for_each_field() -> None:
    store_company()
    answer = stream(CSV, order="made_at")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="promises.csv"'
    rows = table(answer)
    assert [row["reference"] for row in rows] == [
        *("kept", "late", "overdue", "failed", "withdrawn", "moved")
    ]
    late = rows[1]
    assert (late["customer"], late["customer_name"], late["stake"]) == ("c-1", "c-1", "2.0")
    assert (late["made_at"], late["overdue"]) == ("2026-03-02T09:00:00Z", "false")
    assert rows[2]["settled_at"] == ""


@pytest.mark.parametrize("address", [CSV, LINES])
def test_the_filters_are_those_of_the_list(address: str) -> None:
    store_company()
    text = stream(address, team="support").getvalue().decode()
    assert "late" in text
    assert "kept" not in text
    assert_problem(reader().get(address, {"state": "closed"}), 400, "#/state")
    assert_problem(reader().get(address, {"limit": "5"}), 400, "#/limit")
    assert_problem(shop().get(address), 403)


@pytest.mark.parametrize("accept", ["text/csv", "application/json", "*/*", "image/png"])
def test_the_address_names_the_form(accept: str) -> None:
    answer = reader().get(CSV, headers={"Accept": accept})
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/csv; charset=utf-8")
    assert answer["Cache-Control"] == "no-store"
    assert answer.getvalue()  # type: ignore[attr-defined]


@pytest.mark.parametrize(("address", "heading"), [(CSV, 1), (LINES, 0)])
def test_many_rows_stream_with_flat_memory(address: str, heading: int) -> None:
    store_many()
    answer = stream(address)
    pieces: Iterator[bytes] = iter(answer.streaming_content)
    tracemalloc.start()
    first = next(pieces)
    assert first.count(b"\n") == PIECE + heading
    lines, peaks = first.count(b"\n"), []
    for quarter in range(4):
        tracemalloc.reset_peak()
        for piece in islice(pieces, MANY // PIECE // 4) if quarter < 3 else pieces:
            lines += piece.count(b"\n")
        peaks.append(tracemalloc.get_traced_memory()[1])
    tracemalloc.stop()
    assert lines == MANY + heading
    # The last rows take no more than the first: one chunk and one piece.
    assert max(peaks) < 1.2 * peaks[0]
    assert max(peaks) < 12_000_000


def test_few_exports_are_on_their_way_at_once(client: Client) -> None:
    store_company()
    manager = User.objects.create_user("alice")
    Membership.objects.create(user=manager, role=Membership.Role.MANAGER)
    client.force_login(manager)
    slow = [stream(CSV) for _ in range(MOST_AT_ONCE)]
    refused, page = reader().get(LINES), client.get(reverse("promises-table"))
    assert_problem(refused, 503)
    assert refused.json()["type"] == "/api/docs#problem-too_many_exports"
    assert (page.status_code, page["Retry-After"]) == (503, "5") == (503, refused["Retry-After"])
    assert "Too many tables at once" in page.content.decode()
    for answer in slow:
        assert answer.getvalue()
    assert stream(LINES).getvalue()
    assert client.get(reverse("promises-table")).getvalue()  # type: ignore[attr-defined]


def test_an_export_of_nothing_has_its_column_names() -> None:
    assert stream(CSV).getvalue().startswith(b"id,source,reference,")
    assert stream(LINES).getvalue() == b""


@pytest.mark.parametrize(
    "text",
    [
        *("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "\xa0=1", "\uff1d1"),
        *('=HYPERLINK("http://x")', "\tx", "-", "\v+1"),
    ],
)
def test_a_text_never_calculates(text: str) -> None:
    assert cell(text) == f"'{text}"
    store(made("order", statement=text))
    count()
    (row,) = table(stream(CSV))
    assert row["statement"] == f"'{text}"


@pytest.mark.parametrize("text", ["a=1", "1-2", "", "order 5", "'=1", "Ä", "a\n=1"])
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert cell(text) == text


@pytest.mark.parametrize("number", [-1, -0.5, 0, 3.25])
def test_numbers_stay_numbers(number: float) -> None:
    assert cell(number) == number


@pytest.mark.parametrize(("scope", "rows"), [("company", 1), ("team", 2), ("customer", 3)])
def test_scores_are_those_of_the_list(scope: str, rows: int) -> None:
    store_company()
    asked = {"scope": scope, "window": "all", "as_of": "2026-06-01T00:00:00Z"}
    exported = table(stream(SCORES, **asked))
    listed = reader().get("/api/v1/scores", asked).json()["results"]
    assert len(exported) == len(listed) == rows
    by_id = {row["id"]: row for row in listed}
    for row in exported:
        told = by_id[row["id"]]
        assert int(row["n"]) == told["n"]
        assert row["gap_score"] == ("" if told["gap_score"] is None else str(told["gap_score"]))


def test_scores_refuse_what_they_do_not_know() -> None:
    assert_problem(reader().get(SCORES, {"scope": "agent"}), 400, "#/scope")
    assert_problem(reader().get(SCORES, {"cursor": "x"}), 400, "#/cursor")
