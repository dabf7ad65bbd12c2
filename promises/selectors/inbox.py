"""What a person was told, as far as they may still see it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from interactions.selectors import Viewer
from promises.models import Crossing, Message
from promises.selectors.visibility import visible_promises

PAGE = 50
# From here on the header says no exact number.
MOST_COUNTED = 99

_PARTS = ("crossing__promise__customer", "crossing__promise__team")


@dataclass(frozen=True, slots=True)
class InboxLine:
    """One message. `open` is whether the promise is still open now."""

    id: int
    sentence: str
    urgent: bool
    moment: datetime
    due: datetime
    promise_id: int
    statement: str
    kind: str
    customer_name: str
    team_name: str
    open: bool
    read: bool


@dataclass(frozen=True, slots=True)
class Inbox:
    """A page of messages, the latest first; `next` begins the following page."""

    lines: tuple[InboxLine, ...]
    next: int | None
    unread: int
    most_counted: int = MOST_COUNTED

    @property
    def more_unread(self) -> bool:
        """Whether there are more than are counted."""
        return self.unread > self.most_counted


def sentence(threshold: str, day: int) -> str:
    """What was passed, in words."""
    if threshold == Crossing.Threshold.HALF:
        return _("Half of the time is gone")
    if threshold == Crossing.Threshold.THREE_QUARTERS:
        return _("Three quarters of the time are gone")
    if threshold == Crossing.Threshold.DUE:
        return _("Due, and still open")
    return ngettext("%(n)s day over", "%(n)s days over", day) % {"n": day}


def visible_messages(viewer: Viewer) -> QuerySet[Message]:
    """A person's messages about promises that they may see; those of promises that were taken back
    are gone."""
    seen = visible_promises(viewer).filter(pk=OuterRef("crossing__promise_id"))
    return Message.objects.filter(Exists(seen), user_id=viewer.user_id or 0)


def inbox_read(viewer: Viewer, *, before: int | None = None) -> Inbox:
    """A page of the inbox."""
    messages = visible_messages(viewer).filter(in_inbox=True)
    if before:
        messages = messages.filter(pk__lt=before)
    rows = list(messages.select_related(*_PARTS).order_by("-pk")[: PAGE + 1])
    return Inbox(
        lines=inbox_lines(rows[:PAGE]),
        next=rows[PAGE - 1].pk if len(rows) > PAGE else None,
        unread=unread_count(viewer),
    )


def inbox_lines(messages: Iterable[Message]) -> tuple[InboxLine, ...]:
    """Lines of messages read with their promises."""
    return tuple(_line(message) for message in messages)


def unread_count(viewer: Viewer) -> int:
    """How many messages wait to be read; at most one more than is counted."""
    try:
        statement, parameters = _unread(viewer)
    except EmptyResultSet:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        # So few are read sooner than the server is asked to count them.
        return len(cursor.fetchall())


@lru_cache(maxsize=1_000)
def _unread(viewer: Viewer) -> tuple[str, tuple[Any, ...]]:
    """The statement, which every page asks: to write it takes longer than to answer it.

    Raises: EmptyResultSet for somebody who sees nothing.
    """
    unread = visible_messages(viewer).filter(in_inbox=True, read_at__isnull=True)
    return unread.values_list("pk")[: MOST_COUNTED + 1].query.sql_with_params()


def with_promises(messages: QuerySet[Message]) -> QuerySet[Message]:
    """Messages with all that a line needs."""
    return messages.select_related(*_PARTS).order_by("crossing__moment", "pk")


def _line(message: Message) -> InboxLine:
    crossing = message.crossing
    promise = crossing.promise
    warning = (Crossing.Threshold.HALF, Crossing.Threshold.THREE_QUARTERS)
    return InboxLine(
        id=message.pk,
        sentence=sentence(crossing.threshold, crossing.day),
        urgent=crossing.threshold not in warning,
        moment=crossing.moment,
        due=crossing.due,
        promise_id=promise.pk,
        statement=promise.statement,
        kind=promise.kind,
        customer_name=promise.customer.label,
        team_name=promise.team.label,
        open=promise.state == "open" and promise.stopped_at is None,
        read=message.read_at is not None,
    )
