"""The promise page: folded from the ledger while the reader waits, so that it can be checked."""

from datetime import timedelta

from interactions.models import Event
from interactions.models.party import NOT_STATED
from interactions.selectors import Viewer
from promises.domain.acts import possible_acts
from promises.domain.lifecycle import PromiseState
from promises.domain.loss import LossTerms, loss_terms
from promises.models import Promise
from promises.projection import PromiseKey, folded_at, kind_parameters, known_calendars
from promises.selectors.acts import undoable
from promises.selectors.calendars import business_lateness
from promises.selectors.clock import promise_clock
from promises.selectors.freshness import freshness_read
from promises.selectors.lines import owed_rest
from promises.selectors.pages import Asked, PromiseLine, PromisePage, TimelineEntry
from promises.selectors.timelines import events_of, timeline_entries
from promises.selectors.visibility import NotVisible, promise_visible, visible_promises


def promise_read(viewer: Viewer, pk: int, asked: Asked) -> PromisePage:
    """One promise as its events say it stood at as_of.

    Raises: NotVisible, also where it had not been made by then.
    """
    promise = promise_visible(viewer, pk)
    key = (promise.source_id, promise.reference)
    # Now is not cut: a sender's clock may be some minutes ahead (R19), and the cells do not cut.
    cut = None if asked.is_now else asked.as_of
    state = folded_at([key], as_of=cut).get(key)
    if state is None:
        raise NotVisible(str(pk))
    parameters = kind_parameters()(state.kind, state.made_at)
    terms = loss_terms(state, parameters, asked.as_of)
    events = _events(promise, asked)
    entries = timeline_entries(events, {key: promise}, asked)
    now = asked.as_of if asked.is_now else None
    return PromisePage(
        asked=asked,
        freshness=freshness_read(asked),
        line=_line(promise, state, terms, asked),
        state=state,
        date_chain=state.date_chain,
        parameters=parameters,
        terms=terms,
        counts=_matured(state, asked) and state.state != "withdrawn",
        business_lateness_seconds=business_lateness(state, terms.lateness_seconds),
        events=entries,
        source=promise.source.name,
        reference=promise.reference,
        touchpoint="" if promise.touchpoint.reference == NOT_STATED else promise.touchpoint.label,
        clock=promise_clock(_as_it_moves(key, state, asked), asked.as_of, known_calendars()),
        acts=possible_acts(state, now) if now else (),
        undoable=undoable(zip(events, entries, strict=True), viewer, now) if now else None,
        repeats=_repeats(viewer, promise, state),
    )


def _repeats(viewer: Viewer, promise: Promise, state: PromiseState) -> int | None:
    """The promise to the same customer that this one makes again, as far as the viewer may see."""
    if not state.repeat_of:
        return None
    named = visible_promises(viewer).filter(reference=state.repeat_of, customer=promise.customer_id)
    found = named.exclude(pk=promise.pk).values_list("pk", "source_id")
    # The names of another source's promises may be the same; its own come first.
    return min(found, key=lambda row: (row[1] != promise.source_id, row[0]), default=(None, 0))[0]


def _as_it_moves(key: PromiseKey, state: PromiseState, asked: Asked) -> PromiseState:
    """A state whose dates a running pause has moved up to this moment."""
    if state.matures_at is not None or not asked.is_now:
        return state
    return folded_at([key], as_of=asked.as_of).get(key, state)


def promise_events(promise: Promise, asked: Asked) -> tuple[TimelineEntry, ...]:
    """All events of a promise, in the order in which they occurred."""
    key = (promise.source_id, promise.reference)
    return timeline_entries(_events(promise, asked), {key: promise}, asked)


def _matured(state: PromiseState, asked: Asked) -> bool:
    return state.matures_at is not None and state.matures_at < asked.as_of


def _line(promise: Promise, state: PromiseState, terms: LossTerms, asked: Asked) -> PromiseLine:
    matured = _matured(state, asked)
    return PromiseLine(
        id=promise.pk,
        statement=state.statement,
        kind=state.kind,
        state=state.state,
        overdue=state.state == "open" and matured,
        customer_id=promise.customer.reference,
        customer_name=promise.customer.label,
        team_id=promise.team.reference,
        team_name=promise.team.label,
        made_at=state.made_at,
        first_due=state.first_due,
        due=state.due,
        settled_at=state.settled_at,
        lateness_seconds=terms.lateness_seconds,
        loss=terms.loss if matured and state.state != "withdrawn" else None,
        rest=owed_rest(state, asked.as_of) if state.rest_owed else None,
    )


def _events(promise: Promise, asked: Asked) -> list[Event]:
    """The promise's events and the retractions among them, in the fold's order."""
    until = asked.as_of if not asked.is_now else asked.as_of + timedelta(days=1)
    own = list(
        events_of([(promise.source_id, promise.reference)])
        .filter(occurred_at__lte=until)
        .select_related("source", "actor")
    )
    named = {(event.source_id, event.event_id) for event in own}
    retractions = Event.objects.filter(
        type="event.retracted",
        subject__in=[event.event_id for event in own],
        occurred_at__lte=until,
    ).select_related("source", "actor")
    own += [event for event in retractions if (event.subject_source_id, event.subject) in named]
    return sorted(own, key=lambda event: (event.occurred_at, event.pk))
