"""The sentence on top of a list of promises."""

from dataclasses import replace
from typing import Any

import pytest

from promises.selectors.listing import MOST_COUNTED, PromiseList, Wanted
from promises.selectors.pages import Asked, Choices, Filters, Freshness
from promises.templatetags.promise_listing import list_filters, list_sentence
from tests.events import NOW
from tests.promises.templatetags.test_rows import promise_line

CHOICES = Choices(
    teams=(("ISD", "Inspections"),),
    touchpoints=(("web", "Web shop"),),
    segments=(("gold", "Gold"), ("-", "no segment")),
)
OVERDUE = Wanted(stands="overdue")
ANYTHING = Wanted()


def listed(wanted: Wanted = ANYTHING, **asked: Any) -> PromiseList:
    return PromiseList(
        asked=Asked(**{"window": "7d", "kind": "", "as_of": NOW, "is_now": True} | asked),
        freshness=Freshness(0, 0, 0, 0, sample_loaded=False),
        wanted=wanted,
        choices=CHOICES,
        lines=(),
        count=903,
        next="",
    )


@pytest.mark.parametrize(
    ("stands", "is_now", "sentence"),
    [
        ("", True, "903 promises, in the last 7 days."),
        ("missed", True, "903 promises, not kept, in the last 7 days."),
        ("overdue", True, "903 promises, overdue now, of all time."),
        ("overdue", False, "903 promises, overdue then, of all time."),
        ("today", True, "903 promises, due today."),
        ("ahead", True, "903 promises, not due yet, however far ahead."),
    ],
)
def test_it_says_how_they_stand_and_when(stands: str, is_now: bool, sentence: str) -> None:
    said = list_sentence(listed(Wanted(stands=stands), is_now=is_now))
    assert said.startswith(sentence)
    assert said.endswith("since are not listed.") != is_now


def test_of_all_time_no_period_is_named() -> None:
    assert list_sentence(listed(Wanted(stands="kept"), window="all")) == "903 promises, kept."
    assert list_sentence(replace(listed(OVERDUE), count=1)).startswith("1 promise, overdue")
    many = replace(listed(), count=MOST_COUNTED + 1)
    assert list_sentence(many).startswith("More than 10,000 promises, in")


@pytest.mark.parametrize(
    ("wanted", "asked", "told"),
    [
        (Wanted(), {"kind": "delivery"}, "of kind delivery"),
        (Wanted(), {"filters": Filters(team="ISD")}, "of team Inspections"),
        (Wanted(), {"filters": Filters(team="other")}, "of team other"),
        (Wanted(), {"filters": Filters(touchpoint="web")}, "of touchpoint Web shop"),
        (Wanted(), {"filters": Filters(segment="gold")}, "of segment Gold"),
        (Wanted(), {"filters": Filters(segment="")}, "of no segment"),
        (Wanted(), {"filters": Filters(explicit=True)}, "that were stated"),
        (Wanted(), {"filters": Filters(explicit=False)}, "that go without saying"),
        (Wanted(customer="c-1"), {}, "to c-1"),
        (Wanted(words="bed 100%"), {}, "with “bed 100%” in their words"),
    ],
)
def test_each_filter_is_named(wanted: Wanted, asked: dict[str, Any], told: str) -> None:
    assert list_filters(listed(wanted, **asked)) == [told]


def test_all_filters_are_one_sentence() -> None:
    wanted = Wanted(stands="overdue", words="bed", customer="c-1")
    page = listed(wanted, kind="delivery", filters=Filters(team="ISD"))
    line = promise_line(customer_id="c-1", customer_name="Ada")
    assert list_sentence(replace(page, lines=(line,))) == (
        "903 promises, overdue now, of all time. Only those of kind delivery, of team Inspections, "
        "to Ada, with “bed” in their words."
    )
    assert list_filters(listed()) == []
