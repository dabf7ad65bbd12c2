"""What an edit of a calendar does to open promises: shown first, done only when asked for."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from interactions.models import Event
from promises.models import Promise, Restatement
from promises.projection import folded_at
from promises.scores.figures import rows_from
from promises.selectors.calendars import business_lateness, calendar_at
from promises.services.calendars import (
    AlreadyMoving,
    DraftRefused,
    Moves,
    apply_to_open,
    edit_calendar,
    make_calendar,
    move_some,
    moves,
    moves_are_due,
    moving,
    running,
)
from promises.services.counting import count_pending
from promises.services.restating import cancel, is_due
from tests.events import NOW, event, fulfilled, made, store
from tests.promises.services.calendars.drafts import MARCH_1, WEEK, draft

pytestmark = pytest.mark.django_db

# Monday 30 March 2026, an hour before the office closes; the tests' present is Tuesday noon.
MONDAY = datetime(2026, 3, 30, 16, 0, tzinfo=UTC)
FOUR_HOURS = {
    "amount": 240,
    "unit": "business minutes",
    "calendar": "office",
    "calendar_version": 1,
}
DUE = datetime(2026, 3, 31, 12, 0, tzinfo=UTC)


@pytest.fixture
def office() -> None:
    make_calendar("office", draft(), now=MARCH_1, by="Ada")


def promise(reference: str, due: datetime = DUE, **more: Any) -> None:
    more = {"target": FOUR_HOURS} | more
    store(made(reference, at=MONDAY, due=due, kind="response", **more))


def edited(**more: Any) -> int:
    return edit_calendar("office", draft(**more), base=1, now=NOW, by="Ada").version


LATER = WEEK | {"tue": ["11:00-17:00"]}


def row(reference: str) -> Promise:
    return Promise.objects.get(reference=reference)


def test_a_promise_pins_its_calendar_and_its_date_is_what_was_told(office: None) -> None:
    promise("p1", due=DUE + timedelta(hours=5))
    store(made("p2", at=MONDAY))
    count_pending()

    assert (row("p1").calendar, row("p1").calendar_version) == ("office", 1)
    assert row("p1").due == DUE + timedelta(hours=5)
    assert (row("p2").calendar, row("p2").calendar_version) == (None, None)


def test_an_edit_alone_moves_nothing(office: None) -> None:
    promise("p1")
    count_pending()

    edited(week=LATER)

    assert (row("p1").due, row("p1").calendar_version) == (DUE, 1)


def test_the_preview_tells_what_would_move_and_what_would_not(office: None) -> None:
    promise("later")
    promise("settled")
    store(fulfilled("settled", MONDAY + timedelta(minutes=5)))
    promise("told another date", due=DUE + timedelta(days=1))
    promise("given another date")
    store(
        event(
            "promise.rescheduled",
            "given another date",
            MONDAY + timedelta(hours=1),
            {"due_at": (DUE + timedelta(days=3)).isoformat()},
        )
    )
    promise("of no calendar known here", target=FOUR_HOURS | {"calendar_version": 7})
    promise("same", target=FOUR_HOURS | {"unit": "minutes"}, due=MONDAY + timedelta(hours=4))
    store(made("without a target", at=MONDAY))
    count_pending()

    found = moves("office", calendar_at("office", edited(week=LATER)), now=NOW)

    # One hour on Monday, three from eleven o'clock on Tuesday.
    assert [(m.promise.reference, m.due, m.new_due) for m in found.moves] == [
        ("later", DUE, DUE + timedelta(hours=2))
    ]
    assert (found.later, found.earlier) == (1, 0)
    assert (found.same, found.own_date, found.following) == (1, 3, None)


def test_applied_with_a_reason_it_is_a_slip_that_nobody_announced(office: None) -> None:
    promise("p1")
    promise("p2", customer="c-2")
    count_pending()
    version = edited(days=())
    assert version == 2
    third = edit_calendar(
        "office",
        draft(week=LATER),
        base=2,
        now=NOW,
        by="Ada",
        reason="late start",
    ).version

    asked = apply_to_open("office", third, reason="late start", now=NOW, actor_id=None)
    assert (asked.state, asked.total, row("p1").due) == ("running", None, DUE)
    done = worked(asked)

    assert (done.state, done.total, done.done, done.moved) == ("done", 2, 2, 2)
    moved = row("p1")
    assert moved.due == DUE + timedelta(hours=2)
    # What the customer was first told is what counts.
    assert moved.first_due == DUE
    assert (moved.slips_unannounced, moved.slips_announced) == (1, 0)
    assert moved.calendar_version == 3
    said = Event.objects.get(type="promise.rescheduled", subject="p1")
    assert said.source.name == "promise-gap"
    assert said.data["reason"] == "calendar edited: late start"
    assert "told_at" not in said.data
    again = worked(apply_to_open("office", third, reason="late start", now=NOW, actor_id=None))
    assert (again.moved, Event.objects.filter(type="promise.rescheduled").count()) == (0, 2)


def test_an_earlier_date_is_no_slip(office: None) -> None:
    promise("p1")
    count_pending()
    version = edited(week=WEEK | {"tue": ["08:00-17:00"]})

    worked(apply_to_open("office", version, reason="early start", now=NOW, actor_id=None))

    assert row("p1").due == DUE - timedelta(hours=1)
    assert (row("p1").slips_unannounced, row("p1").slips_announced) == (0, 0)


def test_it_looks_at_so_many_at_once_and_says_where_to_go_on(office: None) -> None:
    for number in range(3):
        promise(f"p{number}")
    count_pending()
    calendar = calendar_at("office", edited(week=LATER))

    first = moves("office", calendar, now=NOW, most=2)
    rest = moves("office", calendar, now=NOW, most=2, after=first.following or 0)

    assert (len(first.moves), len(rest.moves), rest.following) == (2, 1, None)


def test_it_goes_on_where_it_was_and_is_stopped_where_it_is(
    office: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        promise(f"p{number}")
    count_pending()
    monkeypatch.setattr(running, "STEP", 2)
    version = edited(week=LATER)
    asked = apply_to_open("office", version, reason="late start", now=NOW, actor_id=None)
    with pytest.raises(AlreadyMoving):
        apply_to_open("office", version, reason="again", now=NOW, actor_id=None)
    assert moves_are_due()
    assert not is_due(), "a kind's restatement is another job"
    assert move_some(budget_seconds=0) is True
    # It counts, then it moves two.
    running._step()
    running._step()
    asked.refresh_from_db()
    assert (asked.total, asked.done, asked.moved) == (5, 2, 2)

    cancel(asked.pk)
    stopped = worked(asked)
    assert (stopped.state, stopped.done, stopped.moved) == ("cancelled", 2, 2)
    assert Event.objects.filter(type="promise.rescheduled").count() == 2
    assert len(rows_from(stopped.after["all"])) == len(rows_from(stopped.before["all"]))

    rest = worked(apply_to_open("office", version, reason="the rest", now=NOW, actor_id=None))
    assert (rest.state, rest.done, rest.moved) == ("done", 5, 3)
    assert all(row(f"p{number}").calendar_version == version for number in range(5))


def test_a_step_that_dies_is_as_if_it_had_not_begun(
    office: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    promise("p1")
    count_pending()
    asked = apply_to_open("office", edited(week=LATER), reason="late", now=NOW, actor_id=None)
    running._step()

    def dies(*_: object) -> None:
        raise SystemExit

    with monkeypatch.context() as broken:
        broken.setattr(Restatement, "save", dies)
        with pytest.raises(SystemExit):
            move_some()
    assert not Event.objects.filter(type="promise.rescheduled").exists()
    assert worked(asked).moved == 1


def test_a_promise_that_cannot_be_counted_stops_nobody(
    office: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    promise("p1")
    promise("poison")
    count_pending()
    asked = apply_to_open("office", edited(week=LATER), reason="late", now=NOW, actor_id=None)

    def looked_at(promises: Sequence[Promise], *args: Any, **more: Any) -> Moves:
        if any(one.reference == "poison" for one in promises):
            raise ValueError("poison")
        return moving.looked_at(promises, *args, **more)

    monkeypatch.setattr(running, "looked_at", looked_at)
    done = worked(asked)
    assert (done.state, done.done, done.moved, done.skipped) == ("done", 2, 1, 1)


def worked(asked: Restatement) -> Restatement:
    """What was asked for, once the job has done it."""
    while move_some():
        pass
    asked.refresh_from_db()
    return asked


def test_without_a_reason_nothing_is_moved(office: None) -> None:
    with pytest.raises(DraftRefused) as refused:
        apply_to_open("office", 1, reason=" ", now=NOW, actor_id=None)
    assert refused.value.pointer == "/reason"


def test_lateness_is_told_in_business_time_beside_the_wall_clock(office: None) -> None:
    promise("p1")
    store(fulfilled("p1", datetime(2026, 3, 31, 11, 0, tzinfo=UTC)))
    count_pending()
    key = (row("p1").source_id, "p1")
    state = folded_at([key], as_of=None)[key]

    assert business_lateness(state, 24 * 3_600.0) == 8 * 3_600
    assert business_lateness(state, -20 * 3_600.0) == -4 * 3_600
    assert business_lateness(state, None) is None
    assert business_lateness(state, 1e12) is None
