"""The sentence on top of a list of promises."""

import re
from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from promises.selectors.listing import MOST_COUNTED, STANDS, PromiseList, Wanted
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
        ("", True, "There were 903 promises in the last 7 days."),
        ("due", True, "903 promises fell due in the last 7 days."),
        ("missed", True, "903 promises were not kept in the last 7 days."),
        ("kept", True, "903 promises were kept in the last 7 days."),
        ("late", True, "903 promises were fulfilled late in the last 7 days."),
        ("partial", True, "903 promises were fulfilled only in part in the last 7 days."),
        ("failed", False, "903 promises failed in the 7 days up to then."),
        ("withdrawn", True, "903 promises were withdrawn in the last 7 days."),
        ("unsettled", True, "903 promises fell due in the last 7 days and are still open."),
        ("unsettled", False, "903 promises fell due in the 7 days up to then and were still open."),
        ("overdue", True, "903 promises are overdue now, of all time."),
        ("overdue", False, "903 promises were overdue then, of all time."),
        ("today", True, "903 promises are due today."),
        ("today", False, "903 promises were still due on that day."),
        ("ahead", True, "903 promises are not due yet, however far ahead."),
        ("ahead", False, "903 promises were not due yet, however far ahead."),
        ("rest_owed", True, "The rest of 903 promises is still owed, of all time."),
    ],
)
def test_it_says_how_they_stand_and_when(stands: str, is_now: bool, sentence: str) -> None:
    said = list_sentence(listed(Wanted(stands=stands), is_now=is_now))
    assert said.startswith(sentence)
    assert said.endswith("since are not listed.") != is_now


def test_each_list_has_its_sentences() -> None:
    for stands in ("", *STANDS):
        for is_now, count in product((True, False), (0, 1, 2, MOST_COUNTED + 1)):
            page = listed(Wanted(stands=stands), is_now=is_now)
            said = list_sentence(replace(page, count=count))
            assert said.startswith(("No ", "There was no ")) == (count == 0) or page.is_unknown
            assert ("ore than 10,000 promises" in said) == (count > 2) or page.is_unknown
            assert not re.search(r"%|\b1 promises|\b2 promise\b|0 promises,", said), said


@pytest.mark.parametrize(
    ("stands", "sentence"),
    [
        ("", "There was no promise in the last 7 days."),
        ("due", "No promise fell due in the last 7 days."),
        ("missed", "No promise was missed in the last 7 days."),
        ("kept", "No promise was kept in the last 7 days."),
        ("partial", "No promise was fulfilled only in part in the last 7 days."),
        ("unsettled", "No promise fell due in the last 7 days and is still open."),
        ("overdue", "No promise is overdue now, of all time."),
        ("today", "No promise is due today."),
        ("ahead", "No open promise is due later, however far ahead."),
        ("rest_owed", "No rest of a promise is owed, of all time."),
    ],
)
def test_a_list_with_nothing_says_so(stands: str, sentence: str) -> None:
    assert list_sentence(replace(listed(Wanted(stands=stands)), count=0)) == sentence


def test_of_rests_at_a_past_moment_nothing_else_is_said() -> None:
    page = listed(Wanted(stands="rest_owed"), is_now=False, kind="delivery")
    assert list_sentence(replace(page, count=0)) == "Which rests were owed is known only for now."


def test_of_all_time_the_period_is_all_there_is() -> None:
    kept = listed(Wanted(stands="kept"), window="all")
    assert list_sentence(kept) == "903 promises were kept so far."
    assert list_sentence(replace(listed(OVERDUE), count=1)).startswith("1 promise is overdue")
    many = replace(listed(), count=MOST_COUNTED + 1)
    assert list_sentence(many) == "There were more than 10,000 promises in the last 7 days."


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
        "903 promises are overdue now, of all time. Only those of kind delivery, "
        "of team Inspections, to Ada, with “bed” in their words."
    )
    assert list_filters(listed()) == []
