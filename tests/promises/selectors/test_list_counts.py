"""How many promises a list has: what the cells tell is as many as the list has rows."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import product

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from interactions.decode import NewEvent
from interactions.selectors import EVERYTHING, Viewer
from promises.selectors import listing
from promises.selectors.list_counts import count_by_cells, count_by_tables
from promises.selectors.listing import STANDS, counted, list_read, listed, wanted_from_query
from promises.selectors.narrowing import asked_with_filters
from tests.events import NOW, START, event, fulfilled, made, store
from tests.promises.asking import count, team_ids

pytestmark = pytest.mark.django_db

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
BY_CELLS = ("due", "missed", "kept", "late", "partial", "failed", "unsettled", "withdrawn")
# Early on a day on which promises mature, between two of them, after all of them.
MOMENTS = (START + 9 * DAY - HOUR, START + 9 * DAY + HOUR, NOW)
PERIODS = (
    {"window": "all"},
    {"window": "7d"},
    {"window": "1d"},
    {"from": "2026-03-08"},
    {"from": "2026-03-05", "to": "2026-03-10"},
    {"to": "2026-03-09"},
)
FILTERS = (
    {},
    {"kind": "response"},
    {"team": "team-1"},
    {"segment": "-", "explicit": "true"},
    {"touchpoint": "phone"},
    {"touchpoint": "phone", "explicit": "false", "team": "team-2"},
)


@pytest.fixture(autouse=True)
def promises() -> None:
    """Every outcome in three teams, some of it still on its way into the cells."""
    for some in (range(60), range(60, 90)):
        for number in some:
            store(*_promise(number))
        count(fold=some.start == 0)


def _promise(number: int) -> list[NewEvent]:
    reference, at = f"order-{number}", START + number % 23 * DAY + number % 5 * HOUR
    told = [
        made(
            reference,
            at=at,
            kind=("delivery", "response")[number % 2],
            team=f"team-{number % 3}",
            touchpoint=("webshop", "phone")[number % 7 % 2],
            explicit=number % 5 > 0,
            customer=f"c-{number % 4}",
            segment=("gold", "")[number % 11 % 2],
        )
    ]
    match number % 8:
        case 0 | 1 | 2:
            told.append(fulfilled(reference, at + number % 6 * DAY))
        case 3:
            told.append(fulfilled(reference, at + 2 * DAY, fraction=0.5))
        case 4:
            told.append(event("promise.failed", reference, at + DAY))
        case 5:
            moment = at + number % 9 * DAY
            by = {"by": ("customer", "us")[number % 3 // 2]}
            told.append(event("promise.withdrawn", reference, moment, by))
        case 6:
            told.append(event("promise.paused", reference, at + DAY, {"cause": "agreed"}))
    return told


def viewers() -> tuple[Viewer, ...]:
    some = team_ids("team-1", "team-2")
    return (EVERYTHING, *(replace(EVERYTHING, team_ids=ids) for ids in (some, frozenset())))


@pytest.mark.parametrize("now", MOMENTS)
def test_cells_tell_as_many_as_there_are(now: datetime) -> None:
    seen = set()
    for viewer, period, filters in product(viewers(), PERIODS, FILTERS):
        asked = asked_with_filters(viewer, period | filters, now=now)
        for stands in BY_CELLS:
            found = count_by_cells(viewer, asked, stands)
            assert found == listed(viewer, asked, stands).count(), (viewer, period, filters, stands)
            seen |= {stands} if found else set()
    assert seen == set(BY_CELLS) or now < NOW


@pytest.mark.parametrize("now", MOMENTS)
def test_stretches_and_narrow_tables_tell_as_many_as_there_are(now: datetime) -> None:
    seen = set()
    for viewer, filters in product(viewers(), FILTERS):
        asked = asked_with_filters(viewer, filters, now=now)
        fine = bool({"segment", "touchpoint"} & filters.keys())
        for stands in ("overdue", "ahead", "rest_owed"):
            told = {
                count_by_cells(viewer, asked, stands),
                count_by_tables(viewer, asked, stands, most=1_000),
            } - {None}
            if fine or (stands == "rest_owed" and asked.kind):
                assert told == set()
                continue
            assert told == {listed(viewer, asked, stands).count()}, (viewer, filters, stands)
            seen |= {stands} if told != {0} else set()
    assert seen == {"overdue", "ahead", "rest_owed"}
    asked = asked_with_filters(EVERYTHING, {}, now=now)
    assert count_by_tables(EVERYTHING, asked, "ahead", most=3) == 3


def test_pages_one_after_the_other_are_the_whole_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "PAGE", 7)
    far, held_back = NOW + 1_000 * DAY, 0
    asked = asked_with_filters(EVERYTHING, {"kind": "delivery"}, now=START + 9 * DAY + HOUR)
    for stands in ("", "ahead", "today", "overdue", "missed"):
        rows = list(listed(EVERYTHING, asked, stands))
        held_back += any(row.matures_at is None for row in rows)
        for sort in ("matures_at", "-matures_at", "made_at"):
            column = sort.lstrip("-")
            by = {row.pk: (getattr(row, column) or far, row.pk) for row in rows}
            ids, cursor = list[int](), ""
            while cursor or not ids:
                wanted = wanted_from_query({"stands": stands, "sort": sort, "cursor": cursor})
                page = list_read(EVERYTHING, asked, wanted)
                assert page.count == len(rows)
                ids += [line.id for line in page.lines]
                cursor = page.next
                if not page.lines:
                    break
            assert ids == sorted(by, key=by.__getitem__, reverse=sort != column), (stands, sort)
    assert held_back == 2


def test_lists_of_what_is_ahead_begin_where_they_begin() -> None:
    """Not at the end of an index of all promises: of two alternatives the planner sees none."""
    query = {"window": "7d", "team": "team-1"}
    asked = asked_with_filters(EVERYTHING, query, now=START + 9 * DAY + HOUR)
    for stands, sort in product(("", "ahead"), ("matures_at", "-matures_at")):
        with CaptureQueriesContext(connection) as told:
            list_read(EVERYTHING, asked, wanted_from_query({"stands": stands, "sort": sort}))
        asks = [query["sql"] for query in told if '"statement"' in query["sql"]]
        ranges = [sql.partition("ORDER BY")[0].rpartition("AND ")[2] for sql in asks]
        assert len(ranges) == 2, asks
        assert any('"matures_at" >= ' in sql for sql in ranges), asks
        assert any('"matures_at" IS NULL' in sql for sql in ranges), asks


def test_what_cells_do_not_tell_is_counted() -> None:
    past = asked_with_filters(EVERYTHING, {"as_of": "2026-03-10"}, now=NOW)
    now = asked_with_filters(EVERYTHING, {}, now=NOW)
    for stands in BY_CELLS:
        assert count_by_cells(EVERYTHING, past, stands) is None
    for stands in ("overdue", "ahead", "rest_owed"):
        assert count_by_cells(EVERYTHING, past, stands) is None
        assert count_by_tables(EVERYTHING, past, stands, most=9) is None
    for stands in {"", *STANDS} - {"overdue", *BY_CELLS}:
        assert count_by_cells(EVERYTHING, now, stands) is None
    for query in ({"stands": "kept", "q": "arrives"}, {"stands": "kept", "customer": "c-2"}):
        page = list_read(EVERYTHING, now, wanted_from_query(query))
        assert page.count == len(page.lines) > 0


def test_a_list_says_how_many_and_no_more_than_it_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = asked_with_filters(EVERYTHING, {"window": "all"}, now=NOW)
    wanted = wanted_from_query({"stands": "missed"})
    whole = listed(EVERYTHING, asked, "missed").count()
    with CaptureQueriesContext(connection) as told:
        page = list_read(EVERYTHING, asked, wanted)
    assert (page.count, page.count_is_more) == (whole, False)
    assert not any("COUNT(" in query["sql"] for query in told)
    assert counted(EVERYTHING, asked, wanted, most=7) == 7

    monkeypatch.setattr(listing, "MOST_COUNTED", whole - 1)
    page = list_read(EVERYTHING, asked, wanted)
    assert (page.count, page.count_is_more) == (whole, True)
