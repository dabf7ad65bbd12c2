"""The customer page."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from interactions.known_parties import Known, keep_known
from interactions.models import Customer, Segment
from interactions.selectors import Viewer
from promises.models import Promise
from promises.projection import kind_parameters
from promises.scores import Question, customer_rows, empty_row, read_judging
from promises.selectors.asked import question_for
from promises.selectors.freshness import freshness_read, parameters_read
from promises.selectors.lines import LineRow, read_lines, read_rows, row_lines
from promises.selectors.memory import memory_read, trust_of_customer
from promises.selectors.pages import Asked, CustomerPage, CustomerRest
from promises.selectors.remainders import rests_of_customer
from promises.selectors.timelines import ALL, Place, TimelineFilter, timeline_of
from promises.selectors.trust import CustomerTrust
from promises.selectors.visibility import customer_visible, visible_promises
from promises.selectors.worklists import missed_promises, open_promises

LIST_LENGTH = 15
# The card before a contact stays short.
OPEN_LENGTH = 10


@dataclass(frozen=True, slots=True)
class TimelineWanted:
    """How much of a timeline is read, below which entry, and which events."""

    limit: int
    before: Place | None = None
    wanted: TimelineFilter = ALL


def customer_read(
    viewer: Viewer, reference: str, asked: Asked, timeline: TimelineWanted | None
) -> CustomerPage:
    """One customer, as far as the viewer may see; all of it where a timeline is wanted.

    Raises: NotVisible.
    """
    customer = customer_visible(viewer, reference)
    question = _question(viewer, customer, asked)
    keep_known(Customer, Known(customer.pk, customer.reference, customer.name))
    read_judging(asked.as_of)
    rows, parameters = customer_rows(question), kind_parameters()
    still_open = open_promises(visible_promises(viewer).filter(customer=customer), asked)
    open_rows = read_rows(still_open[: OPEN_LENGTH + 1])
    open_count, overdue_count = _counts(still_open, open_rows, asked)
    return CustomerPage(
        asked=asked,
        freshness=freshness_read(asked),
        parameters=parameters_read(asked, parameters),
        row=rows[0] if rows else empty_row(customer.reference, customer.label, asked.as_of),
        preferred_name=customer.preferred_name,
        segment=segment_label(customer.segment),
        zone=customer.zone,
        open=row_lines(open_rows[:OPEN_LENGTH], asked, parameters),
        open_count=open_count,
        memory=memory_read(viewer, customer, asked, parameters),
        overdue_count=overdue_count,
        rests_owed=rests_of_customer(viewer, customer, asked),
        trust=_trust(viewer, customer, asked) if timeline else None,
        rest=_rest(viewer, customer, asked, timeline) if timeline else None,
    )


def _counts(
    still_open: QuerySet[Promise], rows: Sequence[LineRow], asked: Asked
) -> tuple[int, int]:
    """How many are open, and overdue. Shape: the rows are the first of them; one more than is
    listed where there are more."""
    if len(rows) > OPEN_LENGTH:
        overdue = Count("pk", filter=Q(matures_at__lt=asked.as_of))
        counts = still_open.order_by().aggregate(all=Count("pk"), overdue=overdue)
        return counts["all"], counts["overdue"]
    matured = (row.matures_at is not None and row.matures_at < asked.as_of for row in rows)
    return len(rows), sum(matured)


def customer_trust(viewer: Viewer, reference: str, asked: Asked) -> CustomerTrust:
    """What stands between the open promises and the figures.

    Raises: NotVisible.
    """
    return _trust(viewer, customer_visible(viewer, reference), asked)


def _trust(viewer: Viewer, customer: Customer, asked: Asked) -> CustomerTrust:
    line = trust_of_customer(viewer, customer, asked)
    return CustomerTrust(asked=asked, id=customer.reference, line=line)


def customer_rest(
    viewer: Viewer, reference: str, asked: Asked, timeline: TimelineWanted
) -> CustomerRest:
    """What stands below the figures.

    Raises: NotVisible.
    """
    return _rest(viewer, customer_visible(viewer, reference), asked, timeline)


def _rest(
    viewer: Viewer, customer: Customer, asked: Asked, timeline: TimelineWanted
) -> CustomerRest:
    promises = visible_promises(viewer).filter(customer=customer)
    question = _question(viewer, customer, asked)
    missed = missed_promises(promises, asked, question)[: LIST_LENGTH + 1]
    entries, more = timeline_of(
        viewer,
        customer,
        asked,
        limit=timeline.limit,
        before=timeline.before,
        wanted=timeline.wanted,
    )
    lines = read_lines(missed, asked, kind_parameters())
    still_open = open_promises(promises, asked).values_list("pk", "statement")[:OPEN_LENGTH]
    listed = ((line.id, line.statement) for line in lines[:LIST_LENGTH])
    return CustomerRest(
        asked=asked,
        choices=tuple(dict([*still_open, *listed]).items()),
        missed=lines[:LIST_LENGTH],
        missed_more=len(lines) > LIST_LENGTH,
        timeline=entries,
        timeline_more=more,
    )


def _question(viewer: Viewer, customer: Customer, asked: Asked) -> Question:
    return question_for(asked, team_ids=viewer.team_ids, customer_ids=frozenset({customer.pk}))


@dataclass(frozen=True, slots=True)
class TrustStep:
    """A step of the trust line, with the promise that made it. Units: trust and change 0 to 1,
    change signed."""

    at: datetime
    step: str
    change: float
    trust: float
    promise_id: str
    source: str
    reference: str


def trust_steps(viewer: Viewer, reference: str, asked: Asked) -> Iterator[TrustStep]:
    """The trust line of a customer as the page draws it, oldest step first.

    Raises: NotVisible.
    """
    customer = customer_visible(viewer, reference)
    points = trust_of_customer(viewer, customer, asked).points
    promises = visible_promises(viewer).filter(pk__in={point.promise_id for point in points})
    known = {
        pk: (source, own)
        for pk, source, own in promises.values_list("pk", "source__name", "reference")
    }
    return (
        TrustStep(
            point.at,
            point.step.value,
            point.change,
            point.trust,
            str(point.promise_id),
            *known[point.promise_id],
        )
        for point in points
        if point.promise_id in known
    )


def segment_label(segment: str) -> str:
    """What a segment is called."""
    if not segment:
        return ""
    found = Segment.objects.filter(reference=segment).values_list("label", flat=True).first()
    return found or segment
