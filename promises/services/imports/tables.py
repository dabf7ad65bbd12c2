"""Joined files: held in memory, found by their key."""

from collections.abc import Iterator, Sequence
from operator import itemgetter

from promises.services.imports.columns import Header
from promises.services.imports.mapping import Join
from promises.services.imports.moments import MomentReader
from promises.services.imports.reading import CsvFile, csv_rows

Key = tuple[str, ...]
Cells = list[str]


class KeyGetter:
    """Takes the key cells out of a row, always as a tuple."""

    def __init__(self, indexes: Sequence[int]) -> None:
        self._one = indexes[0] if len(indexes) == 1 else None
        self._get = itemgetter(*indexes)

    def __call__(self, cells: Cells) -> Key:
        return (cells[self._one],) if self._one is not None else self._get(cells)


class JoinTable:
    """The rows of one joined file.

    Shape: `unreadable` counts its rows that cannot be read.
    """

    def __init__(
        self, join: Join, file: CsvFile, left: Sequence[int], reader: MomentReader
    ) -> None:
        self._many = join.how == "many"
        self._left = KeyGetter(left)
        self._empty = [""] * len(file.columns)
        self.unreadable = 0
        header = Header(file.path.name, file.columns)
        place = f"join {join.name}"
        right = [header.index(f"{place}.right", name) for name in join.right]
        self._rows: dict[Key, list[Cells]] = {}
        if join.group_by is None or join.latest is None:
            self._load(file, KeyGetter(right))
            return
        group = [header.index(f"{place}.group_by", name) for name in join.group_by]
        latest = [header.index(f"{place}.latest", name) for name in join.latest]
        self._load_grouped(file, right, group, latest, reader)

    def matches(self, cells: Cells) -> list[Cells]:
        """The rows to add to a row: none where `many` finds none."""
        found = self._rows.get(self._left(cells))
        if found is not None:
            return found
        return [] if self._many else [self._empty]

    def _load(self, file: CsvFile, key: KeyGetter) -> None:
        for cells in self._readable(file):
            rows = self._rows.setdefault(key(cells), [])
            if self._many or not rows:
                rows.append(cells)

    def _load_grouped(
        self,
        file: CsvFile,
        right: Sequence[int],
        group: Sequence[int],
        latest: Sequence[int],
        reader: MomentReader,
    ) -> None:
        groups: dict[Key, Cells] = {}
        whole_key = KeyGetter([*right, *group])
        for cells in self._readable(file):
            first = groups.setdefault(whole_key(cells), cells)
            if first is not cells:
                for index in latest:
                    first[index] = _later(first[index], cells[index], reader)
        key = KeyGetter(right)
        for cells in groups.values():
            rows = self._rows.setdefault(key(cells), [])
            if self._many or not rows:
                rows.append(cells)

    def _readable(self, file: CsvFile) -> Iterator[Cells]:
        for row in csv_rows(file):
            if row.problem:
                self.unreadable += 1
            else:
                yield row.cells


def _later(one: str, other: str, reader: MomentReader) -> str:
    """The cell with the later time; one that is no time wins, so that its row is rejected."""
    if not one or not other:
        return one or other
    try:
        one_at = reader.read(one).at
    except ValueError:
        return one
    try:
        return other if reader.read(other).at > one_at else one
    except ValueError:
        return other
