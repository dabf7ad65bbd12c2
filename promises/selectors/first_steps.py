"""The short list on the overview that leads through the first hour."""

from dataclasses import dataclass

from django.contrib.auth.models import User

from interactions.installation import installed
from interactions.models import Source
from interactions.selectors import Viewer


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
    return [
        FirstStep("company", bool(found.company)),
        FirstStep("source", _own_source()),
        FirstStep("colleague", User.objects.filter(is_active=True)[1:2].exists()),
        FirstStep("sample", not sample_loaded),
    ]


def _own_source() -> bool:
    others = Source.objects.filter(is_sample=False).exclude(door=Source.Door.PERSON)
    return others.filter(events__isnull=False).exists()
