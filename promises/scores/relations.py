"""The rows from which a question is answered, as SQL relations of one shape.

Every relation has the same columns: team_id, kind, parameters_version, day, `matured`, the sums of
SUM_COLUMNS, and, where the relation knows them, customer_id and touchpoint_id. So cells, deltas
still on their way into them and single promises are added by one statement (`tallies.py`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from promises.models.cell import SUM_COLUMNS
from promises.models.filing import VALUE_SQL
from promises.scores.factors import residual_sql
from promises.scores.question import Question

Parameters = dict[str, Any]

_KEYS = "team_id, kind, parameters_version, day"
_SUMS = ", ".join(SUM_COLUMNS)
_MATURED = "coalesce(matures_at < %(as_of)s, false) AS matured"

# A promise whose only outcome lies after as_of was still open then. It had not slipped (it would be
# eventful), so its loss to come follows from b and h alone (R12).
_STILL_OPEN = dict.fromkeys(SUM_COLUMNS, "0") | {
    "n": "1",
    "open": "1",
    "weight": "weight",
    "weight_squared": "weight_squared",
    "open_weight": "weight",
}

# Whether its row alone tells how a promise stood at a past as_of, and that there was one.
TOLD_THEN = "made_at <= %(as_of)s AND (NOT eventful OR last_event_at <= %(as_of)s)"


def then_sql() -> dict[str, str]:
    """What a promise had filed at a past as_of, where its row alone tells it.

    Shape: by column of SUM_COLUMNS; the parameters are those of `day_arrays` and `factor_sql`.
    """
    still_open = {**_STILL_OPEN, "open_residual": f"weight * {residual_sql()}"}
    return {
        name: VALUE_SQL[name]
        if VALUE_SQL[name] == still_open[name]
        else f"CASE WHEN NOT eventful AND settled_at > %(as_of)s THEN {still_open[name]} "
        f"ELSE {VALUE_SQL[name]} END"
        for name in SUM_COLUMNS
    }


def since_sql() -> dict[str, str]:
    """What it files now is in the cells: what has to be added to them."""
    return {
        name: f"CASE WHEN {TOLD_THEN} THEN {then} ELSE 0 END - ({VALUE_SQL[name]})"
        for name, then in then_sql().items()
    }


@dataclass
class Conditions:
    """SQL conditions with their parameters, joined by AND."""

    parts: list[str] = field(default_factory=list)
    parameters: Parameters = field(default_factory=dict)

    def add(self, condition: str, **parameters: Any) -> "Conditions":
        """Add one condition."""
        self.parts.append(condition)
        self.parameters.update(parameters)
        return self

    @property
    def sql(self) -> str:
        """The conditions as SQL."""
        return " AND ".join(self.parts) or "true"


def whose(question: Question, *, customers: bool = False) -> Conditions:
    """Restrict to what is asked for, and to customers where the relation knows them."""
    conditions = Conditions()
    if question.kind:
        conditions.add("kind = %(kind)s", kind=question.kind)
    if question.team_ids is not None:
        conditions.add("team_id = ANY(%(team_ids)s)", team_ids=sorted(question.team_ids))
    if question.touchpoint_ids is not None:
        conditions.add(
            "touchpoint_id = ANY(%(touchpoint_ids)s)",
            touchpoint_ids=sorted(question.touchpoint_ids),
        )
    if question.explicit is not None:
        conditions.add("explicit = %(explicit)s", explicit=question.explicit)
    if question.segment is not None:
        conditions.add("segment = %(segment)s", segment=question.segment)
    if customers and question.customer_ids is not None:
        conditions.add(
            "customer_id = ANY(%(customer_ids)s)", customer_ids=sorted(question.customer_ids)
        )
    return conditions


def from_cells(question: Question) -> tuple[str, Parameters]:
    """By cells: all days of the window but today's; now, days to come included (R12)."""
    if question.is_fine:
        return from_details(question)
    return _from_tables(question, ("promises_cell", "promises_celldelta"), "NULL::bigint")


def from_deltas(question: Question) -> tuple[str, Parameters]:
    """What is on its way into the cells of all days but today's."""
    return _from_tables(question, ("promises_celldelta",), "touchpoint_id")


def from_cells_alone(question: Question) -> tuple[str, Parameters]:
    """By teams, without what is on its way."""
    return _from_tables(question, ("promises_cell",), "NULL::bigint")


def from_touchpoint_cells(question: Question) -> tuple[str, Parameters]:
    """By touchpoints, without what is on its way."""
    table = ("promises_celltouchpoint",)
    return _from_tables(question, table, "touchpoint_id", team="NULL::bigint AS team_id")


def from_company(question: Question) -> tuple[str, Parameters]:
    """The same from the cells of all teams together, which know the touchpoint, or segment and
    explicit or implicit, but not both.

    Raises: ValueError for a question of both, or of some teams.
    """
    if not is_of_company(question):
        raise ValueError("no cells of all teams together know this")
    if question.touchpoint_ids is not None:
        return from_touchpoints(question)
    # The fewest rows, where nothing is left out.
    tables = ("promises_cellsegment", "promises_celldelta")
    return _from_tables(question, tables, "NULL::bigint", team="NULL::bigint AS team_id")


def from_touchpoints(question: Question) -> tuple[str, Parameters]:
    """The same, and the touchpoint is told."""
    tables = ("promises_celltouchpoint", "promises_celldelta")
    return _from_tables(question, tables, "touchpoint_id", team="NULL::bigint AS team_id")


def is_of_company(question: Question) -> bool:
    """Whether the cells of all teams together can answer."""
    by_sort = (question.explicit, question.segment) != (None, None)
    return question.team_ids is None and not (by_sort and question.touchpoint_ids is not None)


def from_details(question: Question) -> tuple[str, Parameters]:
    """The same from the fine grain of cells, which knows touchpoint, explicit and segment."""
    return _from_tables(question, ("promises_celldetail", "promises_celldelta"), "touchpoint_id")


def _from_tables(
    question: Question, tables: tuple[str, ...], touchpoint: str, *, team: str = "team_id"
) -> tuple[str, Parameters]:
    conditions = whose(question).add(cell_days(question), today=question.today)
    _of_days(question, conditions)
    columns = (
        f"{team}, kind, parameters_version, day, NULL::bigint AS customer_id, "
        f"{touchpoint} AS touchpoint_id, "
        f"day < %(today)s AS matured, {_SUMS}"
    )
    sql = " UNION ALL ".join(
        f"SELECT {columns} FROM {table} WHERE {conditions.sql}"  # noqa: S608 (our own names)
        for table in tables
    )
    return sql, conditions.parameters


def from_promises_today(question: Question) -> tuple[str, Parameters]:
    """Now: the promises of the day of as_of, one by one, and those held back by a pause."""
    conditions = whose(question, customers=True).add(
        "((matures_at >= %(today_starts_at)s AND matures_at < %(today_ends_at)s) "
        "OR (matures_at IS NULL AND state = 'open'))",
        today_starts_at=question.today_starts_at,
        today_ends_at=question.today_ends_at,
        as_of=question.as_of,
    )
    return _as_stored(conditions), conditions.parameters


def from_promises_now(question: Question) -> tuple[str, Parameters]:
    """Now, from promises alone: for customers, who have no cells."""
    conditions = whose(question, customers=True)
    conditions.parameters["as_of"] = question.as_of
    _within(question, conditions)
    return _as_stored(conditions), conditions.parameters


def from_eventful_below(question: Question, number: int) -> tuple[str, Parameters]:
    """Now: the eventful promises whose row number is below another, as they are stored."""
    conditions = whose(question).add("eventful AND id < %(below)s", below=number)
    conditions.parameters["as_of"] = question.as_of
    _within(question, conditions)
    return _as_stored(conditions), conditions.parameters


def cell_days(question: Question) -> str:
    """Which days are read from cells: those of today move with the clock, and at a past as_of
    nobody knew of later ones."""
    return "day <> %(today)s" if question.is_now else "day < %(today)s"


def from_late_events(question: Question) -> tuple[str, Parameters]:
    """At a past as_of: by how much promises of earlier days had filed other than they file now,
    because something happened to them since.

    Those that their row does not tell are taken from the cells here, and folded from the ledger
    (`past.py`).
    """
    conditions = whose(question).add(
        "late_event_at > %(as_of)s AND day < %(today)s",
        as_of=question.as_of,
        today=question.today,
    )
    _of_days(question, conditions)
    return _then(since_sql(), conditions), conditions.parameters


def from_today_then(question: Question) -> tuple[str, Parameters]:
    """At a past as_of: the promises of its day that had matured."""
    conditions = whose(question).add(TOLD_THEN, as_of=question.as_of)
    conditions.add(
        "matures_at >= %(today_starts_at)s AND matures_at < %(as_of)s",
        today_starts_at=question.today_starts_at,
    )
    return _then(then_sql(), conditions), conditions.parameters


def from_today_on_then(question: Question) -> tuple[str, Parameters]:
    """At a past as_of: the promises of its day, of later ones, and those that a pause held back."""
    matured, parameters = from_today_then(question)
    to_come = whose(question).add(TOLD_THEN)
    if question.team_ids is not None:
        to_come.add("(matures_at >= %(as_of)s OR matures_at IS NULL)")
    else:
        # Most of them had not been made yet. The others are found in an index alone, for the
        # planner takes what was made and what matures by a moment to be independent, and would
        # read them all.
        to_come.add(
            "id = ANY(ARRAY("
            "SELECT id FROM promises_promise WHERE matures_at >= %(as_of)s "
            "AND made_at <= %(as_of)s UNION ALL SELECT id FROM promises_promise "
            "WHERE matures_at IS NULL AND made_at <= %(as_of)s))"
        )
    then = then_sql()
    # No more is told of them than how many are open, and how many were kept so early.
    few = {name: then[name] if name in ("open", "kept") else "0" for name in SUM_COLUMNS}
    return f"{matured} UNION ALL {_then(few, to_come)}", parameters


def from_promises_then(question: Question) -> tuple[str, Parameters]:
    """At a past as_of: every promise whose row alone says how it stood then, for customers, who
    have no cells.

    The others, eventful with something after as_of, are folded from the ledger (`past.py`).
    """
    conditions = whose(question, customers=True).add(TOLD_THEN, as_of=question.as_of)
    _within(question, conditions)
    return _then(then_sql(), conditions), conditions.parameters


def from_promises_matured(question: Question) -> tuple[str, Parameters]:
    """Promises alone, now or at a past as_of, without those that had not matured."""
    conditions = whose(question, customers=True)
    conditions.add("matures_at < %(as_of)s", as_of=question.as_of)
    _until(question, conditions)
    if question.starts_at is not None:
        conditions.add("matures_at >= %(starts_at)s", starts_at=question.starts_at)
    if question.is_now:
        return _as_stored(conditions), conditions.parameters
    return _then(then_sql(), conditions.add(TOLD_THEN)), conditions.parameters


def _then(values: Mapping[str, str], conditions: Conditions) -> str:
    columns = ", ".join(f"{values[name]} AS {name}" for name in SUM_COLUMNS)
    return (
        f"SELECT {_KEYS}, customer_id, touchpoint_id, {_MATURED}, {columns} "  # noqa: S608 (our own names)
        f"FROM promises_promise WHERE {conditions.sql}"
    )


def _of_days(question: Question, conditions: Conditions) -> None:
    if question.first_day is not None:
        conditions.add("day >= %(first_day)s", first_day=question.first_day)
    if question.last_day is not None:
        conditions.add("day <= %(last_day)s", last_day=question.last_day)


def _until(question: Question, conditions: Conditions) -> None:
    if question.ends_at is not None:
        conditions.add("matures_at < %(ends_at)s", ends_at=question.ends_at)


def _within(question: Question, conditions: Conditions) -> None:
    _until(question, conditions)
    if question.starts_at is not None:
        conditions.add(
            "(matures_at >= %(starts_at)s OR matures_at IS NULL)", starts_at=question.starts_at
        )


def _as_stored(conditions: Conditions) -> str:
    # A pause holds it back from maturing: it has filed nothing, but it is open and not yet due.
    names = ", ".join(f"{VALUE_SQL[name]} AS {name}" for name in SUM_COLUMNS)
    return (
        f"SELECT {_KEYS}, customer_id, touchpoint_id, {_MATURED}, {names} "  # noqa: S608 (our own names)
        f"FROM promises_promise WHERE {conditions.sql}"
    )
