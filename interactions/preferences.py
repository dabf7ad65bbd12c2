"""What a person chose about the pages, read and written."""

from dataclasses import dataclass

from interactions.models import Preference
from interactions.one_reading import once


@dataclass(frozen=True, slots=True)
class Chosen:
    """What holds for a person. Shape: theme "" is the browser's own choice."""

    single_keys: bool = True
    theme: str = ""
    table_mark: bool = True


def chosen_by(user_id: int | None) -> Chosen:
    """The choices of a person; the usual ones for whoever made none."""
    if user_id is None:
        return Chosen()
    rows = Preference.objects.filter(pk=user_id).values_list("single_keys", "theme", "table_mark")
    return once(chosen_place(user_id), lambda: chosen_from(*(rows.first() or (None, None, None))))


def chosen_from(single_keys: bool | None, theme: str | None, table_mark: bool | None) -> Chosen:
    """The choices of a row; of none, the usual ones."""
    if single_keys is None or table_mark is None:
        return Chosen()
    return Chosen(single_keys, theme or "", table_mark)


def chosen_place(user_id: int) -> tuple[str, int]:
    """Under what the choices of a person are kept within one reading."""
    return ("chosen", user_id)


def choose(user_id: int, **choices: object) -> None:
    """Keep choices of a person; those not named stay."""
    Preference.objects.update_or_create(pk=user_id, defaults=choices)
