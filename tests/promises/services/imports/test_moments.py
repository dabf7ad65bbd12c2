"""Times in cells: zones, days, and the hours that a clock change skips or repeats."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promises.services.imports.moments import MomentReader, example_of, to_utc

BERLIN = ZoneInfo("Europe/Berlin")
SAO_PAULO = ZoneInfo("America/Sao_Paulo")
# Wall clocks as files print them have no zone.
NAIVE_START = datetime(1990, 1, 1)  # noqa: DTZ001
ZONES = ["Europe/Berlin", "America/Sao_Paulo", "America/New_York", "Australia/Lord_Howe", "UTC"]


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("2026-01-05 09:30:00", utc(2026, 1, 5, 8, 30)),
        ("2026-07-05T09:30", utc(2026, 7, 5, 7, 30)),
        (" 2026-07-05 09:30:00.25 ", utc(2026, 7, 5, 7, 30, 0, 250_000)),
        ("2026-07-05 09:30:00Z", utc(2026, 7, 5, 9, 30)),
        ("2026-07-05 09:30:00 -05:00", utc(2026, 7, 5, 14, 30)),
        ("2026-07-05 09:30:00+0200", utc(2026, 7, 5, 7, 30)),
        # 02:30 is skipped on 29 March 2026: the first moment after the jump.
        ("2026-03-29 02:30:00", utc(2026, 3, 29, 1, 0)),
        ("2026-03-29 01:59:59", utc(2026, 3, 29, 0, 59, 59)),
        ("2026-03-29 03:00:00", utc(2026, 3, 29, 1, 0)),
        # 02:30 comes twice on 25 October 2026: the first.
        ("2026-10-25 02:30:00", utc(2026, 10, 25, 0, 30)),
        ("2026-10-25 03:00:00", utc(2026, 10, 25, 2, 0)),
    ],
)
def test_it_reads_wall_clock_times_in_the_mappings_zone(cell: str, moment: datetime) -> None:
    assert MomentReader(BERLIN).read(cell).at == moment


@pytest.mark.parametrize(
    "cell",
    [
        *("yesterday", "2026-13-01", "2026-02-30", "2026-1-5", "20260105", "05.01.2026"),
        *("2026-01-05 25:00:00", "2026-01-05 9:30", "2026-01-05 09:30:00 CET", "2026-W01-1"),
        *("٢٠٢٦-٠١-٠٥", "0001-01-01 00:00:00 +14:00", "2026-01-05 09:30:00+25:00"),
    ],
)
def test_it_refuses_what_is_no_time(cell: str) -> None:
    with pytest.raises(ValueError, match=r"time|calendar"):
        MomentReader(BERLIN).read(cell)


def test_a_date_stays_a_day() -> None:
    read = MomentReader(BERLIN).read("2026-01-05")
    assert (read.day, read.at) == (date(2026, 1, 5), utc(2026, 1, 4, 23))
    assert read.spelled() == "Mon 5 January 2026"


def test_midnight_is_a_day_only_in_columns_of_dates() -> None:
    reader = MomentReader(BERLIN)
    assert reader.read("2026-01-05 00:00:00").day is None
    assert reader.read("2026-01-05 00:00:00", True).day == date(2026, 1, 5)
    assert reader.read("2026-01-05 00:00:01", True).day is None


def test_a_day_without_midnight_begins_after_the_jump() -> None:
    # São Paulo's summer time began at midnight of 4 November 2018.
    assert MomentReader(SAO_PAULO).read("2018-11-04").at == utc(2018, 11, 4, 3)
    assert MomentReader(SAO_PAULO).read("2018-11-04 00:00:00").at == utc(2018, 11, 4, 3)


def test_formats_of_the_mapping_replace_iso() -> None:
    reader = MomentReader(BERLIN, formats=["%d.%m.%Y %H:%M", "%d.%m.%Y"])
    assert reader.read("05.01.2026 09:30").at == utc(2026, 1, 5, 8, 30)
    assert reader.read("05.01.2026").day == date(2026, 1, 5)
    with pytest.raises(ValueError, match=r"one like 31\.12\.2026 14:30 or 31\.12\.2026$"):
        reader.read("2026-01-05")


@pytest.mark.parametrize(
    ("wanted", "example"),
    [
        ("%m/%d/%y %I:%M %p", "12/31/26 02:30 PM"),
        ("%B %d, %Y", "December 31, 2026"),
        ("%Y-%m-%dT%H:%M:%S%z", "2026-12-31T14:30:00+0000"),
    ],
)
def test_what_a_format_expects_is_told_by_an_example(wanted: str, example: str) -> None:
    assert example_of(wanted) == example


def test_at_most_three_examples_are_told() -> None:
    formats = ["%d.%m.%Y %H:%M", "%d.%m.%Y", "%d.%m.%y", "%Y%m%d"]
    with pytest.raises(ValueError, match=r"like 31\.12\.2026 14:30 or 31\.12\.2026 or 31\.12\.26$"):
        MomentReader(BERLIN, formats=formats).read("soon")


def test_a_shift_moves_the_wall_clock() -> None:
    # From winter into summer: still half past nine, two hours before UTC instead of one.
    reader = MomentReader(BERLIN, shift=timedelta(weeks=20))
    assert reader.read("2026-02-02 09:30:00").at == utc(2026, 6, 22, 7, 30)
    assert reader.read("2026-02-02 09:30:00").spelled() == "Mon 22 June 2026, 09:30"


@given(
    st.datetimes(min_value=NAIVE_START, max_value=NAIVE_START + timedelta(days=365 * 200)),
    st.sampled_from(ZONES),
)
def test_times_that_exist_once_come_back_as_they_were(local: datetime, name: str) -> None:
    zone = ZoneInfo(name)
    first = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    second = local.replace(tzinfo=zone, fold=1).astimezone(UTC)
    moment = to_utc(local, zone)
    if first <= second:
        assert moment == first  # plain, or the first of two
        assert moment.astimezone(zone).replace(tzinfo=None) == local
    else:
        assert second <= moment <= first  # skipped: at the jump between both readings
        just_before = (moment - timedelta(microseconds=1)).astimezone(zone)
        assert just_before.utcoffset() != moment.astimezone(zone).utcoffset()
        assert just_before.replace(tzinfo=None) < local < moment.astimezone(zone).replace(
            tzinfo=None
        ) or (local == just_before.replace(tzinfo=None) + timedelta(microseconds=1))
