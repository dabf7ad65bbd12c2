"""Lists of the past: what was overdue, open or missed then, and nothing that nobody knew (R4)."""

from datetime import datetime, timedelta

import pytest

from interactions.selectors import EVERYTHING
from promises.models import Promise
from promises.scores import one_reading, past, read_together
from promises.selectors.asked import asked_from_query
from promises.selectors.customers import TimelineWanted, customer_read
from promises.selectors.dashboards import (
    overview_question,
    overview_read,
    overview_rest,
    team_read,
    team_rest,
)
from promises.selectors.pages import Asked, PromiseLine
from promises.selectors.promises import promise_read
from promises.selectors.visibility import NotVisible
from promises.selectors.worklists import open_counts
from tests.events import NOW, START, event, fulfilled, made, retracted, store
from tests.promises.asking import count

pytestmark = pytest.mark.django_db

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
DUE = START + 3 * DAY
# Two days after the promises were due, and weeks later.
THEN, LATER = DUE + 2 * DAY, DUE + 20 * DAY


@pytest.fixture(autouse=True)
def some_promises() -> None:
    """What became of them lies before and after the moment that the tests ask about."""
    outcome = fulfilled("taken-back", DUE - DAY)
    moved = {"due_at": (DUE + 9 * DAY).isoformat()}
    store(
        *(made(name) for name in ("kept", "late", "later", "never", "taken-back", "moved")),
        made("unborn", at=THEN + DAY),
        fulfilled("kept", DUE - DAY),
        fulfilled("late", DUE + DAY),
        fulfilled("later", DUE + 5 * DAY),
        outcome,
        retracted(outcome, THEN + DAY),
        event("promise.rescheduled", "moved", THEN + DAY, moved),
    )
    count()


def at(moment: datetime, **filters: str) -> Asked:
    return asked_from_query({"as_of": moment.isoformat(), "window": "all", **filters}, now=NOW)


def names(lines: tuple[PromiseLine, ...]) -> set[str]:
    return {line.statement.split()[0] for line in lines}


def test_what_was_settled_later_was_overdue_then() -> None:
    page = overview_read(EVERYTHING, at(THEN))
    # One that was moved since is in the figures and not in the list.
    assert names(overview_rest(EVERYTHING, at(THEN)).overdue) == {"later", "never"}
    assert page.company.open_overdue == 3


FILTERS: list[dict[str, str]] = [{}, {"kind": "delivery"}, {"explicit": "true"}]


@pytest.mark.parametrize("filters", [*FILTERS, {"touchpoint": "webshop"}])
def test_the_card_counts_what_lists_leave_out(filters: dict[str, str]) -> None:
    asked = at(THEN, **filters)
    page = overview_read(EVERYTHING, asked)
    assert (page.overdue_count, page.company.open_overdue) == (3, 3)
    assert team_read(EVERYTHING, "fulfilment", asked).overdue_count == 3
    for rest in (overview_rest(EVERYTHING, asked), team_rest(EVERYTHING, "fulfilment", asked)):
        assert rest.overdue_count == len(rest.overdue) == 2
    nothing = at(THEN, **{**filters, "kind": "response"})
    assert overview_read(EVERYTHING, nothing).overdue_count == 0


@pytest.mark.parametrize("filters", FILTERS)
def test_the_card_counts_what_was_due_that_day(filters: dict[str, str]) -> None:
    page = overview_read(EVERYTHING, at(DUE - HOUR, **filters))
    assert (page.overdue_count, page.due_today_count) == (0, 4)


@pytest.mark.parametrize("most", [0, 20_000])
@pytest.mark.parametrize("filters", FILTERS)
def test_the_card_folds_nothing_that_the_page_has_folded(
    filters: dict[str, str], most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError("folded again")

    monkeypatch.setattr(past, "MOST_KEPT", most)
    asked = at(THEN, **filters)
    with one_reading():
        question = overview_question(EVERYTHING, asked)
        read_together(question)
        monkeypatch.setattr(past, "folded_at", never)
        assert open_counts(EVERYTHING, asked, question).overdue == 3


def test_what_is_overdue_now_is_a_matter_of_now() -> None:
    page = overview_rest(EVERYTHING, asked_from_query({"window": "all"}, now=LATER))
    assert names(page.overdue) == {"never", "taken-back", "moved", "unborn"}


def test_a_line_of_the_past_tells_how_it_stood() -> None:
    overdue = overview_rest(EVERYTHING, at(THEN)).overdue
    lines = {line.statement.split()[0]: line for line in overdue}
    for name in ("later", "never"):
        line = lines[name]
        assert (line.state, line.overdue, line.settled_at) == ("open", True, None)
        assert line.lateness_seconds == (THEN - DUE).total_seconds()
    assert lines["later"].loss == pytest.approx(lines["never"].loss)


@pytest.mark.parametrize("moment", [THEN, LATER])
def test_the_loss_of_a_line_is_the_one_on_the_promises_page(moment: datetime) -> None:
    page = team_rest(EVERYTHING, "fulfilment", at(moment))
    assert len(page.matured) >= 4
    for line in (*page.matured, *page.overdue):
        whole = promise_read(EVERYTHING, line.id, at(moment))
        assert line.loss == pytest.approx(whole.terms.loss, abs=1e-7)
        assert (line.state, line.overdue) == (whole.line.state, whole.line.overdue)
        assert line.lateness_seconds == whole.line.lateness_seconds


def test_the_team_page_lists_what_had_matured() -> None:
    page = team_read(EVERYTHING, "fulfilment", at(THEN))
    assert names(team_rest(EVERYTHING, "fulfilment", at(THEN)).matured) == {
        "kept",
        "late",
        "later",
        "never",
    }
    assert page.row.n == 6
    assert page.row.kept == 2, "what was taken back since still stood"


def test_the_customer_page_lists_what_was_open_and_missed_then() -> None:
    page = customer_read(EVERYTHING, "c-1", at(THEN), TimelineWanted(100))
    assert names(page.open) == {"later", "never"}
    assert names(page.rest.missed) == {"late", "later", "never"}


def test_the_timeline_ends_at_the_moment_asked_for() -> None:
    page = customer_read(EVERYTHING, "c-1", at(THEN), TimelineWanted(100))
    assert page.rest.timeline
    assert max(entry.occurred_at for entry in page.rest.timeline) <= THEN
    assert "unborn" not in {entry.subject for entry in page.rest.timeline}


@pytest.mark.parametrize(("moment", "taken_back"), [(THEN, False), (LATER, True)])
def test_an_event_is_shown_as_taken_back_from_then_on(moment: datetime, taken_back: bool) -> None:
    promise = Promise.objects.get(reference="taken-back")
    whole = promise_read(EVERYTHING, promise.pk, at(moment))
    customer = customer_read(EVERYTHING, "c-1", at(moment), TimelineWanted(100))
    for entries in (whole.events, customer.rest.timeline):
        (outcome,) = [
            entry
            for entry in entries
            if entry.subject == "taken-back" and entry.type == "promise.fulfilled"
        ]
        assert outcome.retracted == taken_back


def test_a_promise_that_was_not_made_yet_is_not_there() -> None:
    promise = Promise.objects.get(reference="unborn")
    assert promise_read(EVERYTHING, promise.pk, at(LATER)).reference == "unborn"
    with pytest.raises(NotVisible):
        promise_read(EVERYTHING, promise.pk, at(THEN))


def test_the_page_says_how_much_was_heard_since() -> None:
    # The tests' events are heard at NOW.
    assert overview_read(EVERYTHING, at(THEN)).freshness.heard_since == 9
    assert overview_read(EVERYTHING, asked_from_query({}, now=NOW)).freshness.heard_since == 0
