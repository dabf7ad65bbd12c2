"""Keeping views, what was asked last, and notes."""

from datetime import date, datetime

from django.db import IntegrityError, transaction

from interactions.models import Team
from promises.models import DatedNote, LastAsked, SavedView
from promises.selectors.reading import last_asked

LONGEST_NAME, LONGEST_QUERY, LONGEST_TEXT = 60, 2_000, 200


class NameTaken(ValueError):
    """A view of this name is there already."""


def remember(user_id: int, page: str, query: str) -> None:
    """Keep what a person asked a page last; nothing is written where it is the same again."""
    query = query[:LONGEST_QUERY]
    kept = last_asked(user_id, page)
    if query == (kept.query if kept else ""):
        return
    LastAsked.objects.bulk_create(
        [LastAsked(user_id=user_id, page=page, query=query)],
        update_conflicts=True,
        unique_fields=["user", "page"],
        update_fields=["query"],
    )


def save_view(
    *, user_id: int, team: Team | None, page: str, name: str, query: str, pinned: bool
) -> SavedView:
    """Save the filters of a page under a name.

    Raises: NameTaken.
    """
    try:
        with transaction.atomic():
            return SavedView.objects.create(
                owner_id=None if team else user_id,
                team=team,
                page=page,
                name=name,
                query=query,
                pinned=pinned,
                made_by_id=user_id,
            )
    except IntegrityError as error:
        raise NameTaken(name) from error


def begin_with(user_id: int, page: str, view: SavedView | None) -> None:
    """Choose the view with which a person begins on a page; None = with what they asked last."""
    LastAsked.objects.update_or_create(user_id=user_id, page=page, defaults={"begin_with": view})


def add_note(*, user_id: int, day: date, text: str, team: Team | None, now: datetime) -> DatedNote:
    """Note what happened on a day."""
    return DatedNote.objects.create(
        day=day, text=text[:LONGEST_TEXT], team=team, made_by_id=user_id, created_at=now
    )
