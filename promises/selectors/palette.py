"""What the palette finds: promises, customers and teams that the viewer may see."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import QuerySet

from interactions.models import Team
from interactions.selectors import Viewer
from promises.models import Promise
from promises.selectors.customer_search import CustomerHit, customers_like
from promises.selectors.promise_rows import PromiseFilter, filtered_promises, in_order
from promises.selectors.visibility import visible_promises, visible_teams
from promises.selectors.words import words_of

MOST_TYPED: Final = 120
MOST_EACH: Final = 6
# Shorter beginnings of words stand in too many statements to mean one.
_LEAST_LETTERS: Final = 3
_MOST_WORDS: Final = 8


@dataclass(frozen=True, slots=True)
class Found:
    """What was found, of each sort the likeliest first."""

    promises: tuple[Promise, ...] = ()
    customers: tuple[CustomerHit, ...] = ()
    teams: tuple[Team, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing was."""
        return not (self.promises or self.customers or self.teams)


def search(viewer: Viewer, text: str, *, now: datetime, most: int = MOST_EACH) -> Found:
    """What a text may mean."""
    text = " ".join(text.replace("\0", "").split())[:MOST_TYPED]
    if not text:
        return Found()
    return Found(
        _promises(viewer, text, most, now),
        tuple(customers_like(viewer, text, most=most)),
        tuple(visible_teams(viewer).filter(name__icontains=text).order_by("name", "pk")[:most]),
    )


def _promises(viewer: Viewer, text: str, most: int, now: datetime) -> tuple[Promise, ...]:
    """Promises of this reference or number, then those whose statements hold the words, the latest
    first."""
    visible = visible_promises(viewer)
    named = list(_shown(visible.filter(reference=text))[:most])
    if number := _number(text):
        named += _shown(visible.filter(pk=number).exclude(reference=text))
    words = words_of(text)[:_MOST_WORDS]
    if not words or max(map(len, words)) < _LEAST_LETTERS or len(named) >= most:
        return tuple(named)
    found = filtered_promises(viewer, PromiseFilter({}, words=words), now=now)
    seen = {promise.pk for promise in named}
    holding = _shown(in_order(found, "-made_at"))[: most + len(seen)]
    return tuple([*named, *(p for p in holding if p.pk not in seen)][:most])


def _number(text: str) -> int | None:
    """The number of a promise, as its address and a table of promises have it."""
    digits = text.removeprefix("#")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 18 else None


def _shown(promises: QuerySet[Promise]) -> QuerySet[Promise]:
    return promises.select_related("customer", "team")
