"""What a person chose about the pages, read and written."""

from dataclasses import dataclass

from interactions.models import Preference
from interactions.one_reading import once


@dataclass(frozen=True, slots=True)
class Chosen:
    """What holds for a person. Shape: theme "" is the browser's own choice."""

    single_keys: bool = True
    theme: str = ""


def chosen_by(user_id: int | None) -> Chosen:
    """The choices of a person; the usual ones for whoever made none."""
    if user_id is None:
        return Chosen()
    rows = Preference.objects.filter(pk=user_id).values_list("single_keys", "theme")
    return once(chosen_place(user_id), lambda: chosen_from(*(rows.first() or (None, None))))


def chosen_from(single_keys: bool | None, theme: str | None) -> Chosen:
    """The choices of a row; of none, the usual ones."""
    return Chosen() if single_keys is None else Chosen(single_keys, theme or "")


def chosen_place(user_id: int) -> tuple[str, int]:
    """Under what the choices of a person are kept within one reading."""
    return ("chosen", user_id)


def choose(user_id: int, **choices: object) -> None:
    """Keep choices of a person; those not named stay."""
    Preference.objects.update_or_create(pk=user_id, defaults=choices)
