"""Which grain of the cells knows the dimensions that sums are asked by, and sums put together by
them."""

from collections.abc import Iterable, Mapping

from promises.domain.score import Sums, added_up
from promises.scores.question import Question

_NO_SUMS = Sums()

# Dimension -> column of cells and promises.
DIMENSIONS: Mapping[str, str] = {
    "kind": "kind",
    "team": "team_id",
    "touchpoint": "touchpoint_id",
    "segment": "segment",
    "explicit": "explicit",
    "standard": "standard",
    "stake": "stake",
}
# The smallest grain that knows a dimension is asked.
# The first are of all teams together.
_OF_COMPANY: Mapping[str, frozenset[str]] = {
    "promises_cellsegment": frozenset({"kind", "segment", "explicit"}),
    "promises_celltouchpoint": frozenset({"kind", "touchpoint"}),
    "promises_cellstandard": frozenset({"kind", "stake", "standard"}),
}
GRAINS: Mapping[str, frozenset[str]] = {
    **_OF_COMPANY,
    "promises_cell": frozenset({"kind", "team"}),
    "promises_cellstake": frozenset({"kind", "team", "stake", "standard"}),
    "promises_celldetail": frozenset({"kind", "team", "touchpoint", "segment", "explicit"}),
}
Grouping = tuple[str, ...]


def grain_of(question: Question, grouping: Grouping) -> str:
    """The table to ask for a grouping.

    Raises: ValueError for dimensions that no one grain knows together.
    """
    # What the question is narrowed by has to be known to the grain, too.
    narrowed = {"touchpoint"} if question.touchpoint_ids is not None else set()
    narrowed |= {"segment"} if question.segment is not None else set()
    narrowed |= {"explicit"} if question.explicit is not None else set()
    for table, known in GRAINS.items():
        if table in _OF_COMPANY and question.team_ids is not None:
            continue
        if known.issuperset({*grouping, *narrowed}):
            return table
    raise ValueError(f"no cells know {' and '.join(grouping)} together")


def by_grouping(
    grouping: Grouping, told: Iterable[tuple[Mapping[str, str], Sums]]
) -> dict[tuple[str, ...], Sums]:
    """Sums by the values of a grouping's dimensions. Shape: nothing is there where nothing was."""
    parts: dict[tuple[str, ...], list[Sums]] = {}
    for values, sums in told:
        if sums != _NO_SUMS:
            parts.setdefault(tuple(values[name] for name in grouping), []).append(sums)
    return {key: added_up(some) for key, some in parts.items()}
