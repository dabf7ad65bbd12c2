"""A first proposal: which column is what, by its name and by what stands in it."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from promises.services.uploads.dates import DateStyle, looks_like_time, style_of

_TIMES: Final = {
    "due_at": (
        *("due", "promised", "promise", "deadline", "target", "sla", "estimated", "expected"),
        *("eta", "versprochen", "zugesagt", "faellig", "fällig", "frist"),
        *("liefertermin", "prevu", "prévu", "vence"),
    ),
    "fulfilled_at": (
        *("fulfilled", "delivered", "closed", "resolved", "completed", "finished", "answered"),
        *("done", "shipped", "geliefert", "erledigt", "livre", "livré", "entregado"),
    ),
    "made_at": (
        *("made", "created", "opened", "open", "ordered", "purchase", "placed", "requested"),
        *("received", "submitted", "order_date", "start", "bestellt", "erstellt", "date"),
    ),
}
_TEXTS: Final = {
    "reference": (
        *("reference", "ref", "order_id", "order", "ticket", "case", "request", "number", "id"),
        *("bestellnr", "bestellnummer", "bestellung", "auftragsnr", "auftragsnummer", "auftrag"),
        *("vorgangsnr", "vorgangsnummer", "vorgang", "referenz", "nummer", "nr", "no"),
    ),
    "customer.id": (
        *("customer_id", "customer_no", "client_id", "account", "kundennr", "kundennummer"),
        *("kunden_nr", "kunde", "customer", "client"),
    ),
    "customer.name": ("customer_name", "client_name", "name", "kundenname"),
    "team": ("team", "department", "warehouse", "group", "queue", "abteilung"),
    "touchpoint": ("touchpoint", "channel", "source", "shop", "origin", "kanal"),
    "statement": (
        *("statement", "promise", "zusage", "versprechen", "what", "subject", "title"),
        *("description", "beschreibung", "words", "betreff", "text"),
    ),
    "customer.segment": ("segment", "tier", "customer_segment"),
}
# The number of somebody is not the number of what they were promised.
_OF_SOMEBODY: Final = re.compile(r"customer|client|account|kunde")
# So many cells of a number may stand twice before another column is looked for.
_FEW, _MANY = 0.2, 0.5


@dataclass(frozen=True, slots=True)
class Guess:
    """What each field may be. Shape: `columns` maps fields to columns; `timed` are those with
    dates, whatever field they may be."""

    columns: dict[str, str]
    dates: DateStyle
    timed: tuple[str, ...] = ()


def guess(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Guess:
    """A proposal for a file, from its header and first rows."""
    usable = usable_columns(columns)
    cells = {
        name: [row[columns.index(name)].strip() for row in rows if len(row) == len(columns)]
        for name in usable
    }
    timed = [name for name in usable if looks_like_time(cells[name])]
    found = _named(_TIMES, timed)
    others = [name for name in usable if name not in timed]
    reference = _reference({name: cells[name] for name in others})
    if reference:
        found["reference"] = reference
    rest = [name for name in others if name != reference]
    found |= _named({key: words for key, words in _TEXTS.items() if key != "reference"}, rest)
    style = style_of(cell for name in timed for cell in cells[name])
    return Guess(found, style, tuple(timed))


def usable_columns(columns: Sequence[str]) -> list[str]:
    """Those with a name that no other has and that a mapping can hold."""
    counts = Counter(columns)
    return [name for name in columns if name and counts[name] == 1 and len(name) <= 255]


def proposal(found: Guess, *, source: str, zone: str) -> dict[str, Any]:
    """A mapping as plain data, as far as the guess goes; it may lack what is needed."""
    fields: dict[str, Any] = {"kind": {"constant": "delivery"}}
    customer: dict[str, Any] = {}
    for name, column in found.columns.items():
        if name.startswith("customer."):
            customer[name.removeprefix("customer.")] = {"column": column}
        elif name != "reference":
            fields[name] = {"column": column}
    if "statement" not in fields and "due_at" in fields:
        due = fields["due_at"]["column"]
        if not re.search(r"[{}:!\[\].]", due):
            fields["statement"] = {"template": f"Promised by {{{due}:date}}"}
    if customer:
        fields["customer"] = customer
    mapping: dict[str, Any] = {"source": source, "zone": zone, "fields": fields}
    mapping["reference"] = [found.columns["reference"]] if "reference" in found.columns else []
    if found.dates.formats:
        mapping["formats"] = list(found.dates.formats)
    return mapping


def source_for(name: str) -> str:
    """The source that a file's promises stand under, where nobody names another."""
    stem = re.sub(r"(\.csv|\.gz|\.txt|\.tsv)+$", "", name.lower())
    slug = re.sub(r"[^a-z0-9]+", "-", stem).strip("-")
    # Numbers and dates of an export change from file to file; the source should not.
    slug = re.sub(r"(-?\d+)+$", "", slug).strip("-")
    return f"/import/{slug[:60] or 'file'}"


def _named(wanted: dict[str, tuple[str, ...]], columns: Sequence[str]) -> dict[str, str]:
    """Each field with the column whose name has the earliest of its words."""
    found: dict[str, str] = {}
    for field, words in wanted.items():
        free = [name for name in columns if name not in found.values()]
        ranked = sorted(
            (rank, len(name), name) for name in free if (rank := _rank(name, words)) is not None
        )
        if ranked:
            found[field] = ranked[0][2]
    return found


def _reference(cells: dict[str, list[str]]) -> str:
    """The column that tells promises apart: one that is named like a number, also where a few of
    its cells stand twice; else one without doubles. "" where there is none."""
    free = [name for name in cells if not _is_of_another_field(name)]
    words = _TEXTS["reference"]
    ranks = {name: rank for name in free if (rank := _rank(name, words)) is not None}
    doubled = {name: _doubled(cells[name]) for name in free}

    def place(name: str) -> tuple[bool, bool, bool, bool, int, int, str]:
        share, rank = doubled[name], ranks[name]
        few = share <= _FEW or share * len(cells[name]) <= 1
        unlike, is_part = not _tells_apart(cells[name]), rank >= len(words)
        return share > _MANY, not few, is_part, unlike, rank, len(name), name

    best = min(ranks, key=place, default="")
    if best and doubled[best] <= _MANY:
        return best
    return next((name for name in free if _tells_apart(cells[name])), best)


def _is_of_another_field(name: str) -> bool:
    """Whether the whole name says that the column is something else than a number."""
    plain = _plain(name)
    if _OF_SOMEBODY.search(plain) is not None:
        return True
    return any(plain in words for field, words in _TEXTS.items() if field != "reference")


def _doubled(cells: Sequence[str]) -> float:
    """The share of cells that are empty or stand further up already."""
    return 1 - len({cell for cell in cells if cell}) / len(cells) if cells else 1.0


def _plain(name: str) -> str:
    return re.sub(r"[^a-zà-ÿ0-9]+", "_", name.lower()).strip("_")


def _rank(name: str, words: tuple[str, ...]) -> int | None:
    plain = _plain(name)
    parts = plain.split("_")
    for rank, word in enumerate(words):
        if plain == word:
            return rank
        if word in parts or (len(word) > 4 and word in plain):
            return rank + len(words)
    return None


def _tells_apart(cells: Sequence[str]) -> bool:
    given = [cell for cell in cells if cell]
    return bool(given) and len(given) == len(cells) and len(set(given)) >= 0.95 * len(given)
