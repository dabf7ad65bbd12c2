"""The parameters that say which promises: of the list, and of the exports."""

from collections.abc import Mapping
from datetime import datetime

from rest_framework.request import Request

from interactions.data_types import MAX_REFERENCE
from interactions.problems import InvalidQuery
from promises.api.parameters import any_moment, choice, flag, read_cursor, text
from promises.domain.clock import parse_moment
from promises.models.kinds import Kind
from promises.selectors.promise_rows import ORDERS, STATES, Position, PromiseFilter
from promises.selectors.words import words_of

TEXTS = ("team", "customer", "touchpoint", "source", "reference")
FLAGS = ("explicit", "retro")
STAKES = {"0.5": 0.5, "1": 1.0, "2": 2.0, "4": 4.0}
# Parameter -> column: `..._after` is from a moment on, `..._before` up to but without it.
MOMENTS = {"made": "made_at", "due": "due", "matured": "matures_at"}
FILTERS = (
    *("state", "kind", *TEXTS, "stake", *FLAGS, "q"),
    *(f"{name}_{side}" for name in MOMENTS for side in ("after", "before")),
)
DEFAULT_ORDER = "-made_at"
MAX_WORDS = 10


def promise_filter(params: Mapping[str, str]) -> PromiseFilter:
    """Which promises are asked for.

    Raises: InvalidQuery.
    """
    equal: dict[str, object] = {}
    for name in TEXTS:
        if given := text(params, name, longest=MAX_REFERENCE):
            equal[name] = given
    if kind := choice(params, "kind", Kind.values, ""):
        equal["kind"] = kind
    if stake := choice(params, "stake", STAKES, ""):
        equal["stake"] = STAKES[stake]
    for name in FLAGS:
        if (said := flag(params, name)) is not None:
            equal[name] = said
    return PromiseFilter(
        equal=equal,
        state=choice(params, "state", STATES, ""),
        words=_words(params),
        moments=tuple(
            (column, any_moment(params, f"{name}_after"), any_moment(params, f"{name}_before"))
            for name, column in MOMENTS.items()
        ),
    )


def promise_order(params: Mapping[str, str]) -> str:
    """By what the list is ordered; the latest made first where nothing is said.

    Raises: InvalidQuery.
    """
    return choice(params, "order", ORDERS, DEFAULT_ORDER)


def cursor_of(order: str, position: Position) -> str:
    """A position as a text that only the same order reads."""
    moment = "" if position.value is None else position.value.isoformat()
    return f"{order} {position.id} {moment}"


def position_in(request: Request, order: str) -> Position | None:
    """Where the last page of the same order ended, None at the beginning.

    Raises: InvalidQuery for a cursor of another list or order.
    """
    given = read_cursor(request)
    if not given:
        return None
    of, id, moment = given.split(" ")
    if of != order:
        raise InvalidQuery("cursor", "belongs to another order")
    return Position(_moment(moment), int(id))


def _moment(text: str) -> datetime | None:
    return parse_moment(text) if text else None


def _words(params: Mapping[str, str]) -> tuple[str, ...]:
    words = words_of(given := text(params, "q"))
    if given.strip() and not words:
        raise InvalidQuery("q", "holds no letter and no digit")
    if len(words) > MAX_WORDS:
        raise InvalidQuery("q", f"has more than {MAX_WORDS} words")
    return words
