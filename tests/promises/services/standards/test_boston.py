"""Boston's own targets, through the product: a calendar, a standard, and what people reported.

The times are printed early by New York's offset. Read as New York's and judged in UTC the shift
cancels out, so that the city's office hours appear as they are.
"""

import csv
import gzip
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.utils import timezone

from promises.domain.standards import Cycle
from promises.models import Promise
from promises.services.calendars import Draft, DraftDay, make_calendar
from promises.services.counting import count_pending
from promises.services.imports.moments import MomentReader
from promises.services.standards import make_standard
from tests.events import NOW, event, store
from tests.real_data import the_time_of_a_worker
from tests.standards import condition, terms

pytestmark = pytest.mark.django_db

SAMPLE = Path("promises/samples/boston311.csv.gz")
ANIMAL = "Pick up Dead Animal"
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


def reported() -> dict[str, tuple[datetime, datetime]]:
    """When each dead animal was reported, and by when it was to be picked up."""
    read = MomentReader(ZoneInfo("America/New_York")).read
    with gzip.open(SAMPLE, "rt", encoding="utf-8", newline="") as stream:
        return {
            row["case_enquiry_id"]: (read(row["open_dt"]).at, read(row["sla_target_dt"]).at)
            for row in csv.DictReader(stream)
            if row["type"] == ANIMAL and row["sla_target_dt"]
        }


def test_the_printed_targets_are_met() -> None:
    closed = tuple(DraftDay(date.fromisoformat(day)) for day in HOLIDAYS.split())
    before = NOW - timedelta(days=1)
    make_calendar("city", Draft("City", "UTC", WEEK, closed), now=before, by="Ada")
    pick_up = terms(
        name="Dead animals",
        cycle=Cycle.EVENT,
        kind="delivery",
        statement="{attributes.type}: done by {due}",
        conditions=(condition("attributes.type", "is", ANIMAL),),
        amount=1.0,
        unit="business days",
        calendar="city",
        same_time=True,
        valid_from=date(2013, 1, 1),
    )
    make_standard("dead-animals", pick_up, now=before, by="Ada")
    requests = reported()
    store(
        *(
            event("contact.received", f"caller-{case}", opened, {"attributes": {"type": ANIMAL}})
            for case, (opened, _) in requests.items()
        )
    )
    assert timezone.now() > NOW

    with the_time_of_a_worker():
        count_pending(budget_seconds=600)
    with connection.cursor() as cursor:
        # As autovacuum does, which sees nothing of a transaction.
        cursor.execute("ANALYZE promises_promise, interactions_customer")

    given = dict(Promise.objects.values_list("customer__reference", "due"))
    met = sum(
        abs(given[f"caller-{case}"] - target) <= timedelta(seconds=60)
        for case, (_, target) in requests.items()
    )
    assert len(requests) == len(given) == 13_397
    assert met >= 13_343
