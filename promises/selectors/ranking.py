"""Which customers stand worst: ordered by stored rows, shown as computed at as_of (R14)."""

from django.db import connection
from django.db.models import QuerySet

from interactions.known_parties import Known, keep_known
from interactions.models import Customer
from interactions.selectors import Viewer
from promises.models import CustomerScore
from promises.scores import (
    STORED_WINDOWS,
    Question,
    Scope,
    ScoreRow,
    customer_rows,
    folded_tallies,
    keep_references,
    parent_of,
    replace_customers,
    worst_by_database,
)

# A quick answer looks at so many customers, those that stand worst without its filters.
CANDIDATES, FEW_CANDIDATES = 300, 50
# The floor where all who are ranked are among the worst.
EVERYBODY = float("-inf")
# So many more than are shown are computed anew: what is rounded otherwise in the database, or was
# stored a little while ago, may change places with its neighbours.
BESIDE, ONE_IN = 10, 5


def worst_customers(
    viewer: Viewer,
    question: Question,
    *,
    limit: int,
    quick: bool = False,
    with_lateness: bool = True,
) -> list[ScoreRow]:
    """Customers with enough promises, the highest lower bound first.

    Shape: `quick` where the answer may come from the customers that stand worst over the whole
    company (`CANDIDATES`); each row is exact all the same.
    """
    if is_stored(viewer, question):
        customers = _stored_order(question, limit)
    elif quick and question.is_now:
        customers = _candidates(question)
    else:
        customers = _computed_order(question, limit)
    asked = replace_customers(question, customers)
    rows = customer_rows(asked, with_lateness=with_lateness) if customers else []
    return [row for row in rows if row.enough][:limit]


def is_stored(viewer: Viewer, question: Question) -> bool:
    """Whether the stored rows are about what is asked."""
    everything = viewer.sees_all and question.team_ids is None and not question.is_fine
    return question.is_now and everything and question.window in STORED_WINDOWS


def _candidates(question: Question) -> frozenset[int]:
    """The customers that stand worst in the shortest stored window around the one asked for."""
    first, today = question.first_day, question.today
    days = None if first is None else (today - first).days + 1
    lengths = {"28d": 28, "90d": 90, "365d": 365}
    window = next((name for name, most in lengths.items() if days and days <= most), "all")
    rows = CustomerScore.objects.filter(kind=question.kind)
    if question.segment is not None:
        rows = rows.filter(customer__segment=question.segment)
    return _worst(rows, question.kind, window, CANDIDATES, at_least=FEW_CANDIDATES)


def _stored_order(question: Question, limit: int) -> frozenset[int]:
    rows = CustomerScore.objects.filter(kind=question.kind)
    return _worst(rows, question.kind, question.window, _with_neighbours(limit))


def _with_neighbours(limit: int) -> int:
    return limit + max(BESIDE, limit // ONE_IN)


def _worst(
    rows: QuerySet[CustomerScore], kind: str, window: str, most: int, *, at_least: int | None = None
) -> frozenset[int]:
    """The worst of some stored rows; the names of their customers are known then.

    Shape: where fewer than `at_least`, or `most`, of them are among the worst of all, all that are
    ranked are looked through.
    """
    found, floor = _ranked(rows, kind, window, "worst", most)
    few = len(found) < (most if at_least is None else at_least)
    if few and floor != EVERYBODY:
        found, _ = _ranked(rows, kind, window, "gap_low", most)
    for one in found:
        keep_known(Customer, one)
    return frozenset(one.pk for one in found)


def _ranked(
    rows: QuerySet[CustomerScore], kind: str, window: str, column: str, most: int
) -> tuple[list[Known], float | None]:
    """The first customers in the order of a column, and from where on one is among the worst."""
    low = f"{column}_{window}"
    ranked = rows.filter(**{f"{low}__isnull": False}).order_by(f"-{low}")
    sql, parameters = ranked.values("customer_id")[:most].query.sql_with_params()
    with connection.cursor() as cursor:
        # As an array: to plan a join with all customers costs more than all the rest.
        cursor.execute(
            "SELECT c.id, c.reference, c.name, held.floor "  # noqa: S608 (from the ORM)
            f"FROM (SELECT (SELECT floor_{window} FROM promises_worstfloor WHERE kind = %s)) "
            f"AS held(floor) LEFT JOIN interactions_customer c ON c.id = ANY(ARRAY({sql}))",
            [kind, *parameters],
        )
        found = list(cursor.fetchall())
    return [Known(*row) for *row, _ in found if row[0] is not None], found[0][-1]


def _computed_order(question: Question, limit: int) -> frozenset[int]:
    """A past moment or some teams only have no stored order: all their customers are computed."""
    folded = {} if question.is_now else folded_tallies(question, Scope.CUSTOMER)
    worst = worst_by_database(
        question,
        parent_of(question, Scope.CUSTOMER),
        limit=_with_neighbours(limit),
        beside={reference: tally.sums for reference, tally in folded.items()},
    )
    for one in worst:
        keep_known(Customer, one)
    customers = frozenset(one.pk for one in worst)
    keep_references(Customer, customers, {one.reference for one in worst})
    return customers


def customer_page(
    question: Question, *, after: str, limit: int
) -> tuple[list[ScoreRow], str | None]:
    """Customers in the order of their ids.

    Shape: (rows of those with promises; the id to continue after, None at the end).
    """
    page = list(
        Customer.objects.filter(reference__gt=after)
        .order_by("reference")
        .values_list("pk", "reference")[: limit + 1]
    )
    shown = page[:limit]
    if not shown:
        return [], None
    rows = customer_rows(replace_customers(question, frozenset(pk for pk, _ in shown)))
    last = shown[-1][1] if len(page) > limit else None
    return sorted(rows, key=lambda row: row.id), last
