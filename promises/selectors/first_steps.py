"""The short list on the overview that leads through the first hour."""

from dataclasses import dataclass

from django.db import connection

from interactions.installation import installed
from interactions.models import Source
from interactions.selectors import Viewer

_THERE = """
SELECT EXISTS (SELECT FROM interactions_source s
               WHERE NOT s.is_sample AND s.door <> %s
                 AND EXISTS (SELECT FROM interactions_event e WHERE e.source_id = s.id)),
       EXISTS (SELECT FROM auth_user WHERE is_active OFFSET 1),
       EXISTS (SELECT FROM interactions_source WHERE is_sample)
"""


@dataclass(frozen=True, slots=True)
class FirstStep:
    """One thing to do. Shape: `code` says which, `done` whether it is."""

    code: str
    done: bool


def first_steps(viewer: Viewer, *, sample_loaded: bool) -> list[FirstStep]:
    """What is to be done, for an admin; empty for others, and once somebody dismissed it."""
    if not viewer.administers:
        return []
    found = installed()
    if found.checklist_dismissed_at is not None:
        return []
    own_source, colleague, had_sample = _what_is_there()
    steps = [
        FirstStep("company", bool(found.company)),
        FirstStep("source", own_source),
        FirstStep("colleague", colleague),
    ]
    if had_sample:
        steps.append(FirstStep("sample", not sample_loaded))
    return steps


def _what_is_there() -> tuple[bool, bool, bool]:
    """Whether a source of their own was heard, whether a second person may sign in, and whether
    there ever was a sample."""
    with connection.cursor() as cursor:
        cursor.execute(_THERE, [Source.Door.PERSON.value])
        own_source, colleague, had_sample = cursor.fetchone()
    return own_source, colleague, had_sample
