"""One business day later at the same time of day: the targets that Boston's own system printed.

The times are printed early by New York's offset. Read as New York's and judged in UTC the shift
cancels out, so that the city's office hours appear as they are.
"""

import csv
import gzip
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from promises.domain.business_time import Unit, due
from promises.domain.calendars import calendar_from
from promises.services.imports.moments import MomentReader

SAMPLE = Path("promises/samples/boston311.csv.gz")
WEEK = {day: ["08:30-17:00"] for day in ("mon", "tue", "wed", "thu", "fri")}

# As the data show them: none in 2013, and of 2018 only Christmas.
HOLIDAYS = """
2014-01-01 2014-01-20 2014-02-17 2014-04-21 2014-05-26 2014-07-04 2014-09-01 2014-10-13 2014-11-11
2014-11-27 2014-12-25 2015-01-01 2015-01-19 2015-02-16 2015-04-20 2015-05-25 2015-09-07 2015-10-12
2015-11-11 2015-11-26 2015-12-25 2016-01-01 2016-01-18 2016-02-15 2016-04-18 2016-05-30 2016-07-04
2016-09-05 2016-10-10 2016-11-11 2016-11-24 2016-12-26 2017-01-02 2017-01-16 2017-02-20 2017-04-17
2017-05-29 2017-07-04 2017-09-04 2017-10-09 2017-11-10 2017-11-23 2017-12-25 2018-12-25 2019-01-01
2019-01-21 2019-02-18 2019-04-15 2019-05-27 2019-07-04 2019-09-02 2019-10-14 2019-11-11 2019-11-28
2019-12-25 2020-01-01
"""


def _requests() -> list[tuple[datetime, datetime]]:
    """When each dead animal was reported, and by when it was to be picked up."""
    read = MomentReader(ZoneInfo("America/New_York")).read
    with gzip.open(SAMPLE, "rt", encoding="utf-8", newline="") as stream:
        return [
            (read(row["open_dt"]).at, read(row["sla_target_dt"]).at)
            for row in csv.DictReader(stream)
            if row["type"] == "Pick up Dead Animal" and row["sla_target_dt"]
        ]


def test_the_printed_targets_are_met() -> None:
    closed: dict[date, list[str]] = {date.fromisoformat(day): [] for day in HOLIDAYS.split()}
    city = calendar_from("UTC", WEEK, closed)
    requests = _requests()

    met = sum(
        abs(due(opened, 1, Unit.BUSINESS_DAYS, city, same_time=True) - target)
        <= timedelta(seconds=60)
        for opened, target in requests
    )

    assert len(requests) == 13_397
    assert met >= 13_343
