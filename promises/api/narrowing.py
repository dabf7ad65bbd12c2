"""The parameters that ask the fine grain of scores: touchpoint, segment, explicit, and days."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from interactions.data_types import MAX_REFERENCE
from interactions.models import Touchpoint
from interactions.problems import InvalidQuery
from promises.api.parameters import flag, text
from promises.domain.clock import parse_day
from promises.scores import CUSTOM, Question
from promises.selectors.asked import EARLIEST

NARROWING = ("touchpoint", "segment", "explicit", "from", "to")


def narrowed(params: Mapping[str, str], question: Question) -> Question:
    """The same question, about what these parameters leave of it.

    Raises: InvalidQuery.
    """
    since, until = _day(params, "from"), _day(params, "to")
    if since is not None or until is not None:
        question = _custom(params, question, since, until)
    touchpoint = text(params, "touchpoint", longest=MAX_REFERENCE)
    return replace(
        question,
        touchpoint_ids=_touchpoint_ids(touchpoint) if touchpoint else None,
        segment=text(params, "segment") if "segment" in params else None,
        explicit=flag(params, "explicit"),
    )


def _custom(
    params: Mapping[str, str], question: Question, since: date | None, until: date | None
) -> Question:
    if "window" in params:
        raise InvalidQuery("window", "cannot stand beside from or to")
    if since is not None and since > question.today:
        raise InvalidQuery("from", "lies in the future; only what has happened can be counted")
    if since is not None and until is not None and until < since:
        raise InvalidQuery("to", "lies before from")
    return replace(question, window=CUSTOM, since=since, until=until)


def _touchpoint_ids(reference: str) -> frozenset[int]:
    """The key of a touchpoint; none where no promise was ever made there."""
    found = Touchpoint.objects.filter(reference=reference)
    return frozenset(found.values_list("pk", flat=True))


def _day(params: Mapping[str, str], name: str) -> date | None:
    given = params.get(name)
    if given is None:
        return None
    try:
        day = parse_day(given)
    except ValueError:
        raise InvalidQuery(name, "must be a day such as 2026-03-02") from None
    if not EARLIEST.year <= day.year:
        raise InvalidQuery(name, "lies before 1990")
    return day
