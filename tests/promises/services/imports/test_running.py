"""Imports into the real ledger: once, twice, interrupted, mended."""

import csv
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from interactions.models import Event, Source
from promises.models import ImportRun, Promise
from promises.services.imports.planning import import_plan
from promises.services.imports.report import ImportReport, Progress, summary_lines
from promises.services.imports.running import import_run
from promises.services.imports.told import ToldRows
from tests.promises.services.imports.files import (
    COLUMNS,
    HEADER,
    MAPPING,
    builder,
    mapping,
    row,
    table,
    written,
)

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 31, 12, 0, tzinfo=UTC)


def run(
    *paths: Path,
    more: str = "",
    dry_run: bool = False,
    project: bool = True,
    chunk_rows: int = 10_000,
    report_progress: Callable[[Progress], None] = lambda _progress: None,
) -> ImportReport:
    folder = paths[0].parent
    plan = import_plan(paths, written(folder, "orders.toml", MAPPING + more))
    return import_run(
        plan,
        clock=lambda: NOW,
        report_progress=report_progress,
        reject_path=lambda file: folder / f"{file.path.name}.rejects.csv",
        dry_run=dry_run,
        project=project,
        chunk_rows=chunk_rows,
    )


def orders(count: int, *, done: str = "2026-03-05 11:00:00") -> list[list[str]]:
    return [row(order=f"o-{number}", done=done) for number in range(count)]


def ledger() -> list[tuple[object, ...]]:
    return list(Event.objects.order_by("event_id").values_list("event_id", "type", "data"))


def test_it_records_rows_as_an_import_and_counts_them(tmp_path: Path) -> None:
    report = run(written(tmp_path, "orders.csv", table(*orders(3), row(order="open"))))
    assert (report.rows, report.promises) == (4, 4)
    assert (report.accepted, report.duplicate, report.rejected) == (7, 0, 0)
    assert Source.objects.get(name="/import/orders").door == Source.Door.IMPORT
    states = dict(Promise.objects.values_list("reference", "state"))
    assert states == {"o-0": "kept", "o-1": "kept", "o-2": "kept", "open": "open"}
    assert not Promise.objects.filter(retro=True).exists()
    kept = ImportRun.objects.get()
    assert (kept.rows, kept.accepted, kept.duplicate, kept.rejected) == (4, 7, 0, 0)
    assert kept.files == ["orders.csv"]
    assert kept.finished_at == NOW


def test_the_same_file_again_changes_nothing(tmp_path: Path) -> None:
    path = written(tmp_path, "orders.csv", table(*orders(3)))
    run(path)
    before = ledger()
    again = run(path)
    assert (again.accepted, again.duplicate) == (0, 6)
    assert ledger() == before


def test_rows_twice_in_one_file_are_duplicates(tmp_path: Path) -> None:
    path = written(tmp_path, "orders.csv", table(*orders(3), *orders(3)))
    for chunk_rows in (2, 100):
        report = run(path, chunk_rows=chunk_rows)
        assert report.accepted + report.duplicate == 12
        assert (report.rows, report.promises, report.repeated) == (6, 3, 6)
        assert [double[:3] for double in report.doubles] == [
            ("same_row", 5, 2),
            ("same_row", 6, 3),
            ("same_row", 7, 4),
        ]
    assert Event.objects.count() == 6


def test_an_interrupted_import_goes_on_where_it_was(tmp_path: Path) -> None:
    path = written(tmp_path, "orders.csv", table(*orders(10)))

    def interrupt(progress: Progress) -> None:
        if progress.done >= 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(path, chunk_rows=2, report_progress=interrupt)
    recorded = Event.objects.count()
    assert 0 < recorded < 20
    assert ImportRun.objects.get().finished_at is None
    report = run(path, chunk_rows=3)
    assert (report.accepted, report.duplicate) == (20 - recorded, recorded)
    whole = ledger()
    assert len(whole) == 20
    assert Promise.objects.filter(state="kept").count() == 10


def test_a_changed_row_adds_what_is_new(tmp_path: Path) -> None:
    run(written(tmp_path, "orders.csv", table(*orders(2, done=""))))
    report = run(written(tmp_path, "orders.csv", table(*orders(2))))
    assert (report.accepted, report.duplicate) == (2, 2)
    assert Promise.objects.filter(state="kept").count() == 2


def test_a_dry_run_reports_the_same_and_records_nothing(tmp_path: Path) -> None:
    cells = [*orders(3), *orders(1), row(order="bad", due="soon")]
    path = written(tmp_path, "orders.csv", table(*cells))
    dry = run(path, dry_run=True, chunk_rows=2)
    assert dry.dry_run
    assert Event.objects.count() == ImportRun.objects.count() == Source.objects.count() == 0
    real = run(path, chunk_rows=2)
    for name in ("rows", "promises", "accepted", "duplicate", "rejected", "rejections", "skipped"):
        assert getattr(dry, name) == getattr(real, name)
    assert dry.doubles == real.doubles
    assert (real.rows, real.promises, real.repeated) == (5, 3, 2)
    assert (real.accepted, real.duplicate, real.rejected) == (6, 2, 1)
    after = run(path, dry_run=True)
    assert (after.accepted, after.duplicate) == (0, 8)


def test_rejected_rows_can_be_mended_and_imported_again(tmp_path: Path) -> None:
    bad = row(order="o-9", words='He said "=1+1", twice', due="=soon")
    path = tmp_path / "orders.csv"
    with path.open("w", newline="") as stream:
        csv.writer(stream).writerows([COLUMNS, *orders(2), bad, row(order="o-8")[:-1]])
    report = run(path)
    assert (report.promises, report.rejected) == (2, 2)
    assert report.rejections[0].startswith("line 4: due '=soon' is neither a time")
    (reject_file,) = report.reject_files
    with reject_file.open(newline="") as stream:
        rejected = list(csv.DictReader(stream))
    assert rejected[0]["rejected_line"] == "4"
    assert rejected[0]["rejected_column"] == "due"
    assert rejected[0]["rejected_value"] == "'=soon"
    assert rejected[0]["words"] == bad[1]
    assert rejected[1]["rejected_reason"] == "the row has 6 cells, the header 7"

    mended = tmp_path / "mended.csv"
    text = reject_file.read_text().replace(",'=soon,", ",2026-03-06,")
    mended.write_text(text)
    again = run(mended)
    assert (again.promises, again.rejected) == (1, 1)
    assert Promise.objects.get(reference="o-9").statement == bad[1]
    assert again.reject_files[0].read_text().splitlines()[0].count("rejected_line") == 1
    last = again.reject_files[0].read_text().splitlines()[1]
    assert last.endswith("o-8,Arrives soon,2026-03-02 09:30:00,2026-03-06,,fulfilment")


def test_no_reject_file_is_left_where_nothing_is_rejected(tmp_path: Path) -> None:
    report = run(written(tmp_path, "orders.csv", table(*orders(1))))
    assert report.reject_files == []
    assert not (tmp_path / "orders.csv.rejects.csv").exists()


def test_rows_are_skipped_by_the_mappings_reason(tmp_path: Path) -> None:
    rules = (
        '[[skip]]\ncolumn = "due"\nempty = true\nreason = "no date"\n'
        '[[skip]]\ncolumn = "team"\nvalues = ["test"]\nreason = "a test"\n'
    )
    cells = [row(due=" "), row(due=" ", team="test"), row(team="test"), row()]
    report = run(written(tmp_path, "orders.csv", table(*cells)), more=rules)
    assert report.skipped == {"no date": 2, "a test": 1}
    assert report.promises == 1


LINES = """
[[join]]
name = "lines"
file = "lines*"
left = ["order"]
right = ["id"]
how = "many"
group_by = ["seller"]
latest = ["until"]
"""


def test_joined_rows_are_grouped_and_make_a_promise_each(tmp_path: Path) -> None:
    lines = written(
        tmp_path,
        "lines.csv",
        "id,seller,until\n"
        "o-1,s1,2026-03-04 10:00:00\no-1,s1,2026-03-05 10:00:00\no-1,s1,\n"
        "o-1,s2,2026-03-03 10:00:00\nx,s3,2026-03-03 10:00:00\nragged\n",
    )
    text = MAPPING.replace('"due"', '"lines.until"').replace(
        '["order"]', '["order", "lines.seller"]'
    )
    chart = written(tmp_path, "orders.toml", text + LINES)
    path = written(tmp_path, "orders.csv", table(row(order="o-1"), row(order="o-2")))
    plan = import_plan([lines, path], chart)
    report = import_run(plan, clock=lambda: NOW, report_progress=lambda _progress: None)
    assert report.promises == 2
    assert report.skipped == {"no row of a joined file matches": 1}
    assert report.unreadable_joined == 1
    due = dict(Promise.objects.values_list("reference", "due"))
    assert due == {
        "o-1/s1": datetime(2026, 3, 5, 9, tzinfo=UTC),
        "o-1/s2": datetime(2026, 3, 3, 9, tzinfo=UTC),
    }


def test_a_first_join_leaves_cells_empty_where_nothing_matches(tmp_path: Path) -> None:
    join = '[[join]]\nname = "who"\nfile = "who*"\nleft = ["customer"]\nright = ["id"]\n'
    who = written(tmp_path, "who.csv", "id,name\nc-9,Ada\nc-9,Bea\n")
    text = MAPPING.replace('id = { column = "customer" }', 'id = { column = "who.name" }')
    chart = written(tmp_path, "orders.toml", text + join)
    path = written(tmp_path, "orders.csv", table(row(), row(order="o-2", customer="c-1")))
    plan = import_plan([path, who], chart)
    import_run(plan, clock=lambda: NOW, report_progress=lambda _progress: None)
    names = dict(Promise.objects.values_list("reference", "customer__reference"))
    assert names == {"o-1": "Ada", "o-2": "not-stated"}


def test_a_customer_lives_by_no_zone_that_nobody_said(tmp_path: Path) -> None:
    text = MAPPING.replace("Europe/Berlin", "UTC") + 'zone = { column = "team" }\n'
    chart = written(tmp_path, "orders.toml", text)
    rows = [row(customer="c-1", team=""), row(order="o-2", customer="c-2", team="Asia/Tokyo")]
    plan = import_plan([written(tmp_path, "orders.csv", table(*rows))], chart)
    import_run(plan, clock=lambda: NOW, report_progress=lambda _progress: None)
    found = Promise.objects.values_list("customer__reference", "customer__zone", "due")
    last = datetime(2026, 3, 6, 23, 59, 59, 999999, UTC)
    assert set(found) == {
        ("c-1", "", last),
        ("c-2", "Asia/Tokyo", last.replace(hour=14)),
    }


def test_progress_reaches_the_end(tmp_path: Path) -> None:
    seen: list[Progress] = []
    path = written(tmp_path, "orders.csv", table(*orders(5)))
    run(path, chunk_rows=2, report_progress=seen.append)
    reading = [progress for progress in seen if not progress.counting]
    assert [progress.done for progress in reading] == sorted(progress.done for progress in reading)
    assert reading[-1].done == reading[-1].total == 6
    assert seen[-1].counting
    assert seen[-1].done == seen[-1].total == 10


def test_files_of_one_shape_are_read_one_after_the_other(tmp_path: Path) -> None:
    one = written(tmp_path, "one.csv", table(*orders(2)))
    two = written(tmp_path, "two.csv", HEADER + ",".join(row(order="o-7", due="x")) + "\n")
    report = run(one, two)
    assert (report.rows, report.promises, report.rejected) == (3, 2, 1)
    assert report.reject_files == [tmp_path / "two.csv.rejects.csv"]


def test_a_double_in_another_file_is_named_with_its_file(tmp_path: Path) -> None:
    one = written(tmp_path, "one.csv", table(*orders(2)))
    two = written(tmp_path, "two.csv", table(*orders(1), row(order="o-1", team="other")))
    report = run(one, two)
    assert (report.rows, report.promises) == (4, 2)
    said = "\n".join(summary_lines(report))
    assert "\n2 promises\n" in said
    assert (
        "note: 1 row says the same as an earlier row, and is taken once: line 2 as line 2 of "
        "one.csv."
    ) in said
    assert "note: 1 row has the reference of an earlier row" in said


def test_many_doubles_need_no_more_memory_than_a_few(tmp_path: Path) -> None:
    told, made = ToldRows(), builder(mapping()).build(row(), now=NOW)[0]

    def tell(first: int, count: int) -> int:
        """Units: bytes that are still held."""
        for number in range(first, first + count):
            event = made._replace(id=f"{number}:made:0123456789ab", subject=f"{number}")
            told.take([event], number)
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    try:
        before = tell(0, 2_000)
        assert tell(2_000, 20_000) - before < 20_000
    finally:
        tracemalloc.stop()
    told.close()


CELLS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=60)


@settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(CELLS.filter(lambda text: text.strip() != ""), min_size=1, max_size=20))
def test_every_cell_reaches_the_ledger_as_it_stands(tmp_path: Path, words: list[str]) -> None:
    path = tmp_path / "cells.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(COLUMNS)
        writer.writerows(
            row(order=_key(place, text), words=text) for place, text in enumerate(words)
        )
    report = run(path, project=False)
    assert report.rejected == 0
    for place, text in enumerate(words):
        event = Event.objects.get(subject=_key(place, text))
        assert event.data["statement"] == text


def _key(place: int, text: str) -> str:
    return f"{place}-{sha256(text.encode()).hexdigest()}"
