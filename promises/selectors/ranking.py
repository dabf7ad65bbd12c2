"""Which customers stand worst: ordered by stored rows, shown as computed at as_of (R14)."""

from interactions.models import Customer
from interactions.selectors import Viewer
from promises.domain.score import worst_first_key
from promises.models import CustomerScore
from promises.scores import (
    Question,
    Scope,
    ScoreRow,
    customer_rows,
    parent_of,
    replace_customers,
    shrunk,
    tallies,
)


def worst_customers(viewer: Viewer, question: Question, *, limit: int) -> list[ScoreRow]:
    """Customers with enough promises, the highest lower bound first."""
    if question.is_now and viewer.sees_all:
        customers = _stored_order(question, limit)
    else:
        customers = _computed_order(question, limit)
    rows = customer_rows(replace_customers(question, customers)) if customers else []
    return [row for row in rows if row.enough][:limit]


def _stored_order(question: Question, limit: int) -> frozenset[int]:
    """Twice as many as are shown: the stored order may be a little behind."""
    rows = (
        CustomerScore.objects.filter(window=question.window, kind=question.kind, enough=True)
        .order_by("-gap_low")
        .values_list("customer_id", flat=True)
    )
    return frozenset(rows[: 2 * limit])


def _computed_order(question: Question, limit: int) -> frozenset[int]:
    """A past moment or some teams only have no stored order: all their customers are computed."""
    parent = parent_of(question, Scope.CUSTOMER)
    scores = {
        reference: shrunk(tally.sums, parent)
        for reference, tally in tallies(question, Scope.CUSTOMER).items()
    }
    worst = sorted(scores, key=lambda reference: (*worst_first_key(scores[reference]), reference))
    found = Customer.objects.filter(reference__in=worst[:limit])
    return frozenset(found.values_list("pk", flat=True))


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
