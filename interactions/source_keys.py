"""Row keys of sources by their names, remembered by each process: nothing deletes a source."""

from collections.abc import Collection

from django.db import connection, transaction

from interactions.models import Source

_MOST_KNOWN = 10_000
_known: dict[str, int] = {}


def known_sources(names: Collection[str]) -> dict[str, int]:
    """Row keys of those of the names that are sources."""
    found = {name: _known[name] for name in names if name in _known}
    if len(found) < len(names):
        missing = [name for name in names if name not in found]
        read = dict(Source.objects.filter(name__in=missing).values_list("name", "pk"))
        _remember(read)
        found |= read
    return found


def make_sources(names: Collection[str], *, own: Collection[str], door: Source.Door) -> None:
    """Create sources that events name; those in `own` speak through `door`, others are machines."""
    Source.objects.bulk_create(
        [
            Source(name=name, door=door if name in own else Source.Door.MACHINE)
            for name in sorted(names)
        ],
        ignore_conflicts=True,
    )


def source_id(name: str, *, door: Source.Door, is_sample: bool = False) -> int:
    """Find or create one source and answer its key."""
    source, _ = Source.objects.get_or_create(
        name=name, defaults={"door": door, "is_sample": is_sample}
    )
    return source.pk


def forget_known_sources() -> None:
    """Forget what was read; for whoever replaces the whole database under a running process."""
    _known.clear()


def _remember(read: dict[str, int]) -> None:
    """Only once it is committed: a source may be as new as the transaction that reads it."""
    if len(_known) + len(read) > _MOST_KNOWN:
        _known.clear()
    if connection.in_atomic_block:
        transaction.on_commit(lambda: _known.update(read))
    else:
        _known.update(read)
