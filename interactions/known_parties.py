"""Teams and touchpoints, of which there are few: one reading reads all of them once."""

from collections.abc import Iterable
from typing import NamedTuple

from interactions.models import Team, Touchpoint
from interactions.models.party import Party, label_of
from interactions.one_reading import is_reading, keep, kept, once


class Known(NamedTuple):
    """A party by its number and by the id that senders use."""

    pk: int
    reference: str
    name: str

    @property
    def label(self) -> str:
        """The name to show."""
        return label_of(self.reference, self.name)


def all_of(model: type[Party]) -> list[Known]:
    """All parties of a sort, by name."""
    rows = model._default_manager.order_by("name", "pk")
    return once(("all", model), lambda: [Known(*row) for row in rows.values_list(*Known._fields)])


def keep_all_of(model: type[Party], parties: list[Known]) -> None:
    """Keep all of a sort, by name, that were read together with something else."""
    keep(("all", model), parties)


def party_names(model: type[Party], references: Iterable[str]) -> dict[str, str]:
    """The names to show for ids, of those that there are."""
    wanted = set(references)
    if is_reading() and issubclass(model, Team | Touchpoint):
        return {row.reference: row.label for row in all_of(model) if row.reference in wanted}
    found = {one: named for one in wanted if (named := kept(("name", model, one))) is not None}
    missing = sorted(wanted - found.keys())
    rows = model._default_manager.filter(reference__in=missing) if missing else ()
    return found | {row.reference: row.label for row in rows}


def references_of(model: type[Party], numbers: Iterable[int]) -> dict[int, str]:
    """The ids that senders use, by number."""
    wanted = set(numbers)
    found = {one: of for one in wanted if (of := kept(("reference", model, one))) is not None}
    missing = sorted(wanted - found.keys())
    rows = model._default_manager.filter(pk__in=missing) if missing else None
    return found if rows is None else found | dict(rows.values_list("pk", "reference"))


def keep_known(model: type[Party], party: Known) -> None:
    """Keep the name of a party that was read already, and its id."""
    keep(("name", model, party.reference), party.label)
    keep(("reference", model, party.pk), party.reference)
