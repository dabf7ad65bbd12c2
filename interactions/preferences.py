"""What a person chose about the pages, read and written."""

from dataclasses import dataclass

from interactions.models import Preference


@dataclass(frozen=True, slots=True)
class Chosen:
    """What holds for a person. Shape: theme "" is the browser's own choice."""

    single_keys: bool = True
    theme: str = ""


def chosen_by(user_id: int | None) -> Chosen:
    """The choices of a person; the usual ones for whoever made none."""
    if user_id is None:
        return Chosen()
    row = Preference.objects.filter(pk=user_id).values_list("single_keys", "theme").first()
    return Chosen() if row is None else Chosen(*row)


def choose(user_id: int, **choices: object) -> None:
    """Keep choices of a person; those not named stay."""
    Preference.objects.update_or_create(pk=user_id, defaults=choices)
