"""All that is wrong with a calendar at once: what can be told of each field by itself."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from promises.services.calendars.drafts import Draft, DraftRefused, finished

_SOUND: Final = Draft(name="-", zone="UTC", week={"mon": ("09:00-17:00",)})
_DAY: Final = "/days/0/"


def faults_of(draft: Draft, first: DraftRefused | None = None) -> list[DraftRefused]:
    """The faults of a draft; the one for which the whole was refused comes first where no field by
    itself has it."""
    found = [fault for alone, at in _parts(draft) if (fault := _fault(alone, at)) is not None]
    named = {fault.pointer for fault in found}
    return found if first is None or first.pointer in named else [first, *found]


def _parts(draft: Draft) -> Iterator[tuple[Draft, str]]:
    """Each field in a calendar that is sound else, and where its day stands in the draft."""
    yield replace(_SOUND, name=draft.name), _DAY
    yield replace(_SOUND, zone=draft.zone), _DAY
    for weekday, hours in draft.week.items():
        if hours:
            yield replace(_SOUND, week={weekday: hours}), _DAY
    for number, day in enumerate(draft.days):
        yield replace(_SOUND, days=(day,), with_holidays=True), f"/days/{number}/"
    if draft.holidays is not None:
        yield replace(_SOUND, holidays=draft.holidays), _DAY


def _fault(alone: Draft, at: str) -> DraftRefused | None:
    try:
        finished(alone)
    except DraftRefused as refused:
        pointer = refused.pointer
        if pointer.startswith(_DAY):
            pointer = at + pointer.removeprefix(_DAY)
        return DraftRefused(pointer, refused.reason)
    return None
