"""The customer page."""

from interactions.models import Segment
from interactions.selectors import Viewer
from promises.scores import customer_rows, empty_row
from promises.selectors.asked import question_for
from promises.selectors.freshness import freshness_read, parameters_read
from promises.selectors.lines import promise_lines
from promises.selectors.memory import memory_read
from promises.selectors.pages import Asked, CustomerPage
from promises.selectors.timelines import ALL, Place, TimelineFilter, customer_timeline
from promises.selectors.visibility import customer_visible, visible_promises
from promises.selectors.worklists import missed_promises, open_promises

LIST_LENGTH = 25


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
    rows = customer_rows(question)
    promises = visible_promises(viewer).filter(customer=customer)
    still_open = open_promises(promises, asked)
    missed = missed_promises(promises, asked, question)
    timeline, more = customer_timeline(
        viewer, customer, asked, limit=timeline_limit, before=before, wanted=wanted
    )
    return CustomerPage(
        asked=asked,
        freshness=freshness_read(asked),
        parameters=parameters_read(asked),
        row=rows[0] if rows else empty_row(customer.reference, customer.label, asked.as_of),
        preferred_name=customer.preferred_name,
        segment=segment_label(customer.segment),
        zone=customer.zone,
        open=promise_lines(still_open[:LIST_LENGTH], asked),
        open_count=still_open.count(),
        missed=promise_lines(missed[:LIST_LENGTH], asked),
        timeline=timeline,
        timeline_more=more,
        memory=memory_read(viewer, customer, asked),
        overdue_count=still_open.filter(matures_at__lt=asked.as_of).count(),
    )


def segment_label(segment: str) -> str:
    """What a segment is called."""
    if not segment:
        return ""
    found = Segment.objects.filter(reference=segment).values_list("label", flat=True).first()
    return found or segment
