"""The numbers of the drawn clock, and the sentence that says the same."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from promises.domain.lifecycle import PromiseState, fold
from promises.selectors.clock import promise_clock
from promises.views.clock import MARGIN, NEAR, ClockDrawing, clock_drawing
from tests.promises.domain.making import DAY, DUE, HOUR, MADE_AT, fact, made
from tests.promises.domain.offices import calendars
from tests.promises.domain.strategies import ZONE, parameters, text
from tests.promises.selectors.test_clock import TARGET


def drawn(*facts: Any, as_of: datetime) -> ClockDrawing:
    state = fold(facts, zone=ZONE, parameters=parameters, calendars=calendars, as_of=as_of)
    assert isinstance(state, PromiseState)
    return clock_drawing(promise_clock(state, as_of, calendars), state)


def test_the_parts_fill_the_width_in_their_proportions() -> None:
    drawing = drawn(made(), as_of=MADE_AT + DAY)

    inner = 100 - 2 * MARGIN
    assert [(block.kind, block.x, block.width) for block in drawing.blocks] == [
        ("running", f"{MARGIN:.2f}%", f"{inner / 4:.2f}%"),
        ("ahead", f"{MARGIN + inner / 4:.2f}%", f"{inner * 3 / 4:.2f}%"),
    ]
    assert [pin.x for pin in drawing.pins] == ["3.50%", "26.75%", "96.50%"]
    assert [(tick.x, tick.text) for tick in drawing.ticks] == [
        ("50.00%", "50 %"),
        ("73.25%", "75 %"),
    ]
    assert drawing.legend == (("running", "running"), ("ahead", "still to come"))


def test_numbers_that_would_touch_stand_above_one_another() -> None:
    slips = [
        fact("rescheduled", MADE_AT + n * HOUR, due_at=text(DUE + n * HOUR)) for n in range(1, 4)
    ]
    drawing = drawn(made(), *slips, as_of=MADE_AT + 4 * HOUR)

    at: dict[int, list[float]] = {}
    for pin in drawing.pins:
        at.setdefault(pin.y, []).append(float(pin.x.removesuffix("%")))
    for places in at.values():
        gaps = [b - a for a, b in pairwise(sorted(places))]
        assert all(gap >= NEAR - 0.01 for gap in gaps)
    assert max(at) < drawing.bar_y
    assert min(at) > 0
    assert [pin.number for pin in drawing.pins] == list(range(1, len(drawing.pins) + 1))


def test_ticks_without_room_have_no_words() -> None:
    drawing = drawn(made(), as_of=DUE + 300 * DAY)

    assert [tick.text for tick in drawing.ticks] == ["50 %", ""]


WAIT = (fact("paused", MADE_AT + DAY), fact("resumed", MADE_AT + 2 * DAY))


@pytest.mark.parametrize(
    ("facts", "as_of", "sentence"),
    [
        ((), MADE_AT + DAY, "The clock ran for 1 d; 3 d are still to come."),
        (WAIT, MADE_AT + 3 * DAY, "The clock ran for 2 d and stood still for 1 d; 2 d are"),
        (WAIT[:1], MADE_AT + 3 * DAY, "stood still for 2 d; it stands still now."),
        ((), DUE + DAY, "The clock ran for 4 d; it is overdue for 1 d."),
        ((fact("fulfilled", DUE - DAY),), DUE, "The clock ran for 3 d; it ended in time."),
        ((fact("fulfilled", DUE + DAY),), DUE + DAY, "it was overdue for 1 d when it ended."),
        ((fact("fulfilled", DUE, fraction=0.5),), DUE, "a part came in time."),
        ((fact("failed", DUE - DAY),), DUE, "it ended when it failed."),
        ((fact("withdrawn", DUE - DAY, by="customer"),), DUE, "when the customer withdrew it"),
    ],
)
def test_the_sentence_says_what_is_drawn(facts: Any, as_of: datetime, sentence: str) -> None:
    drawing = drawn(made(), *facts, as_of=as_of)

    assert sentence in drawing.sentence.replace("\N{NO-BREAK SPACE}", " ")


def test_closed_hours_lie_behind_it() -> None:
    drawing = drawn(made(target=TARGET), as_of=MADE_AT + timedelta(days=1))
    later = drawn(made(target=TARGET), as_of=MADE_AT + timedelta(days=20))
    much = drawn(made(target=TARGET), as_of=datetime(2027, 3, 1, tzinfo=UTC))

    assert {block.kind for block in drawing.closed} == {"closed"}
    assert drawing.legend[-1] == ("closed", "closed")
    assert (later.legend[-1][1], later.note[:15]) == ("closed days", "Of closed hours")
    assert (much.closed, much.note[:23]) == ((), "Closed hours are not sh")
