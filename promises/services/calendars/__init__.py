"""Making and editing calendars, their holidays, and what an edit does to open promises."""

from promises.services.calendars.applying import AlreadyMoving, apply_to_open
from promises.services.calendars.drafts import (
    Draft,
    DraftDay,
    DraftRefused,
    HolidaysOf,
    finished,
)
from promises.services.calendars.editing import (
    AlreadyEdited,
    Kept,
    draft_of,
    edit_calendar,
    make_calendar,
    new_reference,
    unchanged,
)
from promises.services.calendars.figures import figures_after
from promises.services.calendars.holidays_of import countries, country_names
from promises.services.calendars.moving import Move, Moves, moves
from promises.services.calendars.running import move_some, moves_are_due

__all__ = [
    "AlreadyEdited",
    "AlreadyMoving",
    "Draft",
    "DraftDay",
    "DraftRefused",
    "HolidaysOf",
    "Kept",
    "Move",
    "Moves",
    "apply_to_open",
    "countries",
    "country_names",
    "draft_of",
    "edit_calendar",
    "figures_after",
    "finished",
    "make_calendar",
    "move_some",
    "moves",
    "moves_are_due",
    "new_reference",
    "unchanged",
]
