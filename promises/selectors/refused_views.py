"""A view that could not be saved, kept until the page that it was sent from is shown again."""

from dataclasses import asdict, dataclass

from django.contrib.sessions.backends.base import SessionBase

_KEY = "refused view of "


@dataclass(frozen=True, slots=True)
class RefusedView:
    """What was typed, and what is wrong with the name."""

    name: str
    team: str
    pinned: bool
    faults: list[str]


def keep_refused(session: SessionBase, page: str, refused: RefusedView) -> None:
    """Keep it for the next time that the page is shown."""
    session[_KEY + page] = asdict(refused)


def refused_of(session: SessionBase, page: str) -> RefusedView | None:
    """What was refused on a page, once."""
    found = session.pop(_KEY + page, None)
    return RefusedView(**found) if found else None
