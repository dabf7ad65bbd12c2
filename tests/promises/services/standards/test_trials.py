"""A dry run tells what a standard would have done, and writes nothing."""

from datetime import timedelta

import pytest

from interactions.models import Event
from promises.domain.standards import Cycle
from promises.models import CausedEvent, Promise
from promises.services.standards import try_out
from promises.services.standards.trials import EXAMPLES
from tests.events import NOW, START, event, made, store
from tests.promises.asking import count
from tests.standards import HOUR, answered, condition, received, standard, terms

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def test_it_counts_what_would_have_come_of_the_promises() -> None:
    store(received(START), answered(START + HOUR))
    store(received(START, "c-2"), answered(START + 9 * HOUR, "c-2"))
    store(received(START, "c-3"))
    store(received(NOW - HOUR, "c-4"))
    store(received(NOW - 91 * DAY, "c-5"))
    count()
    trial = try_out(terms(), now=NOW)
    assert (trial.made, trial.in_time, trial.late) == (4, 1, 1)
    assert (trial.overdue, trial.waiting, trial.taken) == (1, 1, 0)
    assert trial.is_whole
    assert [example.customer for example in trial.examples] == ["c-4", "c-3", "c-2", "c-1"]
    newest, oldest = trial.examples[0], trial.examples[-1]
    assert newest.statement == "We answer c-4 by 2026-03-31 15:00"
    assert (oldest.kept_at, oldest.due) == (START + HOUR, START + 4 * HOUR)
    assert not Promise.objects.exists()
    assert not CausedEvent.objects.exists()
    assert not Event.objects.filter(type__startswith="promise.").exists()


def test_earlier_standards_take_theirs_and_its_own_place_counts() -> None:
    standard("phone", conditions=(condition("channel", "is", "phone"),))
    standard("rest")
    store(received(START, channel="phone"), received(START, "c-2", channel="mail"))
    trial = try_out(terms(amount=60.0), reference="rest", now=NOW)
    assert (trial.made, trial.taken) == (1, 1)
    trial = try_out(terms(), reference="phone", now=NOW)
    assert (trial.made, trial.taken) == (2, 0)


def test_dates_that_cannot_be_read_are_counted() -> None:
    dated = terms(
        cycle=Cycle.EVENT, amount=None, unit="", date_field="attributes.day", kind="delivery"
    )
    store(received(START, attributes={"day": "soon"}))
    store(received(START, "c-2", attributes={"day": "2026-03-09"}))
    trial = try_out(dated, now=NOW)
    assert (trial.made, trial.undated, trial.overdue) == (1, 1, 0)


def test_of_promises_and_of_periods() -> None:
    store(made("order-1"), event("promise.failed", "order-1", START + DAY))
    sorry = terms(cycle=Cycle.EVENT, event_type="promise.failed", statement="about {subject}")
    trial = try_out(sorry, now=NOW)
    assert [example.statement for example in trial.examples] == ["about order-1"]
    uptime = terms(
        cycle=Cycle.PERIOD,
        kind="quality",
        event_type="",
        amount=None,
        unit="",
        period="month",
        value=99.9,
        comparator=">=",
        scale=1.0,
        statement="{period}",
    )
    trial = try_out(uptime, now=NOW)
    assert [one.statement for one in trial.examples] == ["2026-03", "2026-02", "2026-01", "2025-12"]


def test_only_the_latest_are_shown() -> None:
    store(*(received(START, f"c-{n}") for n in range(EXAMPLES + 5)))
    trial = try_out(terms(), now=NOW)
    assert (trial.made, len(trial.examples)) == (EXAMPLES + 5, EXAMPLES)
