"""Events in plain words."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import pytest

from interactions.event_types import EventType
from promises.domain.facts import NoteCode
from promises.domain.state import DateKind, State
from promises.selectors.pages import TimelineEntry
from promises.templatetags import promise_events as events
from promises.templatetags import promise_words as words

AT = datetime(2026, 3, 6, 9, 30, tzinfo=UTC)


def entry(type: str = "promise.made", heard_after: float = 0, **data: Any) -> TimelineEntry:
    return TimelineEntry(
        seq=1,
        type=type,
        source="/shop",
        id="e-1",
        subject="order-1",
        promise_id=1,
        statement="Arrives by Friday",
        occurred_at=AT,
        recorded_at=AT + timedelta(seconds=heard_after),
        actor="",
        data=data,
    )


@pytest.mark.parametrize("type", list(EventType))
def test_every_event_type_has_words(type: EventType) -> None:
    word = events.event_word(entry(type.value))
    assert word
    assert "." not in word


def test_every_note_state_and_date_change_has_words() -> None:
    for code in NoteCode:
        assert words.note_word(code).endswith("."), code
    for state in (*get_args(State), "overdue"):
        assert state in words.STATE_WORDS
        assert state in words.STATE_ICONS
    assert set(words.DATE_WORDS) == set(get_args(DateKind))


def test_the_facts_of_an_event_are_labelled() -> None:
    made = entry(due_at="2026-03-06", made_by="Bob", stake=1)
    found = {label: str(value) for label, value in events.event_details(made)}
    assert found == {
        "due": '<time datetime="2026-03-06">6 Mar 2026</time>',
        "by": "Bob",
    }


def test_a_share_is_a_percentage() -> None:
    details = events.event_details(entry("promise.fulfilled", fraction=0.5))
    assert [(label, value.replace("\N{NO-BREAK SPACE}", " ")) for label, value in details] == [
        ("share", "50 %")
    ]


def test_a_customers_request_names_who_and_when() -> None:
    moved = entry(customer_request={"who": "<b>Ada</b>", "at": "2026-03-01T10:00:00Z"})
    ((label, value),) = events.event_details(moved)
    assert label == "asked for by"
    assert value.startswith("&lt;b&gt;Ada&lt;/b&gt;, <time ")


def test_what_cannot_be_read_is_shown_as_it_was_sent() -> None:
    assert events.event_details(entry(due_at="one day")) == [("due", "one day")]


def test_words_are_quoted() -> None:
    assert events.event_quote(entry("feedback.given", words="I waited.")) == "I waited."
    assert events.event_quote(entry()) == ""


def test_it_tells_when_an_event_was_heard_much_later() -> None:
    assert events.heard_later(entry(heard_after=600)) is None
    assert events.heard_later(entry(heard_after=7_200)) == 7_200


def test_the_raw_event_is_json() -> None:
    raw = json.loads(events.event_json(entry(due_at="2026-03-06")))
    assert raw["data"] == {"due_at": "2026-03-06"}
    assert (raw["source"], raw["id"], raw["time"]) == ("/shop", "e-1", "2026-03-06T09:30:00+00:00")
