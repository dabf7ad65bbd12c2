"""The customer page."""

from django.db.models import Count, Q

from interactions.known_parties import Known, keep_known
from interactions.models import Customer, Segment
from interactions.selectors import Viewer
from promises.projection import kind_parameters
from promises.scores import customer_rows, empty_row, read_judging
from promises.selectors.asked import question_for
from promises.selectors.freshness import freshness_read, parameters_read
from promises.selectors.lines import read_lines
from promises.selectors.memory import memory_read
from promises.selectors.pages import Asked, CustomerPage
from promises.selectors.timelines import ALL, Place, TimelineFilter, timeline_of
from promises.selectors.visibility import customer_visible, visible_promises
from promises.selectors.worklists import missed_promises, open_promises

LIST_LENGTH = 15
# The card before a contact stays short.
OPEN_LENGTH = 10


def customer_read(
    viewer: Viewer,
    reference: str,
    asked: Asked,
    *,
    timeline_limit: int,
    before: Place | None = None,
    wanted: TimelineFilter = ALL,
) -> CustomerPage:
    """One customer, as far as the viewer may see.

    Raises: NotVisible.
    """
    customer = customer_visible(viewer, reference)
    question = question_for(asked, team_ids=viewer.team_ids, customer_ids=frozenset({customer.pk}))
    keep_known(Customer, Known(customer.pk, customer.reference, customer.name))
    read_judging(asked.as_of)
    rows, parameters = customer_rows(question), kind_parameters()
    promises = visible_promises(viewer).filter(customer=customer)
    still_open = open_promises(promises, asked)
    missed = missed_promises(promises, asked, question)[: LIST_LENGTH + 1]
    timeline, more = timeline_of(
        viewer, customer, asked, limit=timeline_limit, before=before, wanted=wanted
    )
    overdue = Count("pk", filter=Q(matures_at__lt=asked.as_of))
    counts = still_open.order_by().aggregate(all=Count("pk"), overdue=overdue)
    missed_lines = read_lines(missed, asked, parameters)
    return CustomerPage(
        asked=asked,
        freshness=freshness_read(asked),
        parameters=parameters_read(asked, parameters),
        row=rows[0] if rows else empty_row(customer.reference, customer.label, asked.as_of),
        preferred_name=customer.preferred_name,
        segment=segment_label(customer.segment),
        zone=customer.zone,
        open=read_lines(still_open[:OPEN_LENGTH], asked, parameters),
        open_count=counts["all"],
        missed=missed_lines[:LIST_LENGTH],
        missed_more=len(missed_lines) > LIST_LENGTH,
        timeline=timeline,
        timeline_more=more,
        memory=memory_read(viewer, customer, asked, parameters),
        overdue_count=counts["overdue"],
    )


def segment_label(segment: str) -> str:
    """What a segment is called."""
    if not segment:
        return ""
    found = Segment.objects.filter(reference=segment).values_list("label", flat=True).first()
    return found or segment
