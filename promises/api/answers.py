"""Promises and events as the API answers them."""

from datetime import datetime
from typing import Any

import msgspec

from interactions.models.party import Party
from promises.domain.lifecycle import DateChange, Note, PromiseState
from promises.domain.loss import KindParameters, LossTerms
from promises.domain.targets import TimeTarget
from promises.selectors.calendars import business_lateness
from promises.selectors.pages import TimelineEntry
from promises.selectors.promise_items import PartyAnswer, PromiseItem
from promises.selectors.told import Told


class Arithmetic(msgspec.Struct):
    """How the loss comes about (R9): loss = 1 - (1 - time)(1 - quality)(1 - slips)."""

    counts: bool
    base_loss: float
    half_life_seconds: float
    tolerance_seconds: float
    parameters_version: int
    lateness_seconds: float | None
    overrun_seconds: float
    time: float
    quality: float
    slips: float
    loss: float
    weight: float


class Measured(msgspec.Struct):
    """The target of a quality promise, and the value that was measured."""

    target: float | None
    comparator: str | None
    unit: str | None
    scale: float | None
    value: float | None


class PauseAnswer(msgspec.Struct):
    """A wait that the customer caused or agreed to; `until` null while it lasts."""

    since: datetime
    until: datetime | None


class PromiseAnswer(PromiseItem):
    """One promise with its dates, notes and arithmetic.

    Shape: `as_of` is the moment of the figures, null where they hold until something happens.
    `business_lateness_seconds` is the lateness in open hours of the calendar that `target` pins.
    `standard` is the reusable promise that made it, "" where none did.
    """

    as_of: datetime | None
    chronic: bool
    verdict: str | None
    repeat_of: str
    standard: str
    standard_version: int | None
    quality: Measured | None
    target: TimeTarget | None
    business_lateness_seconds: float | None
    date_chain: tuple[DateChange, ...]
    pauses: list[PauseAnswer]
    notes: tuple[Note, ...]
    arithmetic: Arithmetic


class EventAnswer(msgspec.Struct):
    """One event: `note` says why it changed nothing, `retracted` that it was taken back."""

    id: str
    source: str
    type: str
    subject: str
    promise: str | None
    occurred_at: datetime
    recorded_at: datetime
    actor: str
    data: dict[str, Any]
    note: str | None
    retracted: bool


def promise_answer(told: Told) -> PromiseAnswer:
    """One promise."""
    promise, state, terms = told.promise, told.state, told.terms
    return PromiseAnswer(
        id=str(promise.pk),
        source=promise.source.name,
        reference=promise.reference,
        kind=state.kind,
        statement=state.statement,
        customer=_party(promise.customer),
        team=_party(promise.team),
        touchpoint=_party(promise.touchpoint),
        segment=state.segment,
        made_by=state.made_by,
        claim_source=state.claim_source,
        state=state.state,
        overdue=told.overdue,
        made_at=state.made_at,
        given_due=state.given_due,
        first_due=state.first_due,
        due=state.due,
        matures_at=state.matures_at,
        settled_at=state.settled_at,
        stopped_at=state.stopped_at,
        fraction=state.fraction,
        slips_announced=state.slips_announced,
        slips_unannounced=state.slips_unannounced,
        stake=state.stake,
        paid_in_advance=state.paid_in_advance,
        explicit=state.explicit,
        confidence=state.confidence,
        retro=state.retro,
        paused_seconds=round(state.paused_seconds),
        weight=terms.weight,
        lateness_seconds=terms.lateness_seconds,
        loss=terms.loss if told.counts else None,
        as_of=told.as_of,
        chronic=state.chronic,
        verdict=state.verdict,
        repeat_of=state.repeat_of,
        standard=state.standard,
        standard_version=state.standard_version,
        quality=_measured(state),
        target=state.time_target,
        business_lateness_seconds=business_lateness(state, terms.lateness_seconds),
        date_chain=state.date_chain,
        pauses=[PauseAnswer(since, until) for since, until in state.pauses],
        notes=state.notes,
        arithmetic=_arithmetic(terms, told.parameters, counts=told.counts),
    )


def event_answer(entry: TimelineEntry) -> EventAnswer:
    """One event of a timeline."""
    return EventAnswer(
        id=entry.id,
        source=entry.source,
        type=entry.type,
        subject=entry.subject,
        promise=None if entry.promise_id is None else str(entry.promise_id),
        occurred_at=entry.occurred_at,
        recorded_at=entry.recorded_at,
        actor=entry.actor,
        data=entry.data,
        note=entry.note,
        retracted=entry.retracted,
    )


def _party(party: Party) -> PartyAnswer:
    return PartyAnswer(party.reference, party.label)


def _measured(state: PromiseState) -> Measured | None:
    if state.kind != "quality":
        return None
    return Measured(state.target, state.comparator, state.unit, state.scale, state.measured_value)


def _arithmetic(terms: LossTerms, parameters: KindParameters, *, counts: bool) -> Arithmetic:
    return Arithmetic(
        counts=counts,
        base_loss=parameters.base_loss,
        half_life_seconds=parameters.half_life_seconds,
        tolerance_seconds=terms.tolerance_seconds,
        parameters_version=parameters.version,
        lateness_seconds=terms.lateness_seconds,
        overrun_seconds=terms.overrun_seconds,
        time=terms.time,
        quality=terms.quality,
        slips=terms.slips,
        loss=terms.loss,
        weight=terms.weight,
    )
