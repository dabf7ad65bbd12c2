"""One promise as a program reads it: folded from the ledger, with the terms of its loss."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from promises.domain.lifecycle import PromiseState
from promises.domain.loss import KindParameters, LossTerms, loss_terms
from promises.models import Promise
from promises.projection import folded_at, kind_parameters
from promises.selectors.pages import Asked
from promises.selectors.visibility import NotVisible

_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Told:
    """One promise.

    Shape: `as_of` is the moment of the terms, None where they hold until something is recorded or
    the promise matures. `counts` is whether it is in the scores by then.
    """

    promise: Promise
    state: PromiseState
    parameters: KindParameters
    terms: LossTerms
    overdue: bool
    counts: bool
    as_of: datetime | None


def promise_told(promise: Promise, asked: Asked, *, heard_by: datetime | None = None) -> Told:
    """One promise as its events say it stood at as_of.

    Shape: now, what grows with the clock is told as of the beginning of the minute, so that the
    answer stays the same, byte by byte, while nothing happens. `heard_by` leaves out what was
    recorded later.
    Raises: NotVisible where it had not been made by then.
    """
    key = (promise.source_id, promise.reference)
    cut = None if asked.is_now else asked.as_of
    state = folded_at([key], as_of=cut, heard_by=heard_by).get(key)
    if state is None:
        raise NotVisible(str(promise.pk))
    matured = state.matures_at is not None and state.matures_at < asked.as_of
    as_of = _moment(state, asked, matured)
    parameters = kind_parameters()(state.kind, state.made_at)
    terms = loss_terms(state, parameters, as_of or state.matures_at or asked.as_of)
    if state.state == "open" and not matured:
        # How long it still has is no lateness.
        terms = terms._replace(lateness_seconds=None)
    return Told(
        promise=promise,
        state=state,
        parameters=parameters,
        terms=terms,
        overdue=state.state == "open" and matured and not _stopped(state, asked),
        counts=matured and state.state != "withdrawn",
        as_of=as_of,
    )


def _stopped(state: PromiseState, asked: Asked) -> bool:
    """Whether it was withdrawn after its date: nobody waits for it any more."""
    return state.stopped_at is not None and state.stopped_at <= asked.as_of


def _moment(state: PromiseState, asked: Asked, matured: bool) -> datetime | None:
    if not asked.is_now:
        return asked.as_of
    if not (state.grows and matured and state.matures_at is not None):
        return None
    minute = asked.as_of.replace(second=0, microsecond=0)
    return max(minute, state.matures_at + _MICROSECOND)
