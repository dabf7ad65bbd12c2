"""One promise while its facts are read in order: a handler for each type of fact."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from promises.domain.dates import Dates
from promises.domain.facts import (
    CONFIRMED,
    DISPUTED,
    FAILED,
    FULFILLED,
    MADE,
    OUTCOMES,
    PAUSED,
    REOPENED,
    RESCHEDULED,
    RESUMED,
    RETRACTED,
    WITHDRAWN,
    Fact,
    Note,
    NoteCode,
)
from promises.domain.hours import CalendarsOf
from promises.domain.loss import KindParameters, quality_loss
from promises.domain.state import PromiseState, State, Verdict

# Source: R17.
REOPEN_WINDOW: Final = timedelta(days=14)


class _Fulfilment(NamedTuple):
    at: datetime
    fraction: float
    loss: float
    value: float | None


class Folding:
    """The reading of one promise's facts; each handler answers with a note or None."""

    __slots__ = (
        "_best",
        "_dates",
        "_decided_at",
        "_failed_at",
        "_known",
        "_made",
        "_notes",
        "_params",
        "_quality",
        "_stopped_at",
        "_verdict",
        "_withdrawn_at",
    )

    def __init__(
        self,
        made: Fact,
        zone: ZoneInfo,
        params: KindParameters,
        known: Mapping[tuple[str, str], Fact],
        calendars: CalendarsOf,
    ) -> None:
        self._made = made
        self._known = known
        own = made.data.get("tolerance_minutes")
        if own is not None:
            params = replace(params, tolerance_seconds=own * 60.0)
        self._params = params
        self._quality = made.data.get("quality") if made.data["kind"] == "quality" else None
        self._dates = Dates(
            made,
            zone=zone,
            tolerance_seconds=params.tolerance_seconds,
            calendars=calendars,
        )
        self._best: _Fulfilment | None = None
        # The earliest of the outcomes in force: a later making of theirs would be retro.
        self._decided_at: datetime | None = None
        self._failed_at: datetime | None = None
        self._withdrawn_at: datetime | None = None
        self._stopped_at: datetime | None = None
        self._verdict: Verdict | None = None
        self._notes: list[Note] = []

    def apply(self, fact: Fact) -> None:
        """Read the next fact."""
        if fact.type in OUTCOMES and fact.occurred_at < self._made.occurred_at:
            self._note(NoteCode.OUTCOME_BEFORE_MADE, fact)
        code = _HANDLERS.get(fact.type, Folding._unknown)(self, fact)
        if code is not None:
            self._note(code, fact)

    def _note(self, code: NoteCode, fact: Fact) -> None:
        self._notes.append(Note(code, fact.source, fact.id))

    @property
    def _terminal(self) -> bool:
        return not (self._failed_at is self._withdrawn_at is self._stopped_at is None)

    @property
    def _closed(self) -> bool:
        return self._terminal or (self._best is not None and self._best.loss == 0)

    def _unknown(self, _fact: Fact) -> NoteCode | None:
        return NoteCode.UNKNOWN_TYPE

    def _on_made(self, fact: Fact) -> NoteCode | None:
        if fact is not self._made:
            return NoteCode.SECOND_MADE
        if self._dates.given < fact.occurred_at:
            return NoteCode.DUE_BEFORE_MADE
        return None

    def _on_rescheduled(self, fact: Fact) -> NoteCode | None:
        return NoteCode.AFTER_SETTLED if self._closed else self._dates.reschedule(fact)

    def _on_paused(self, fact: Fact) -> NoteCode | None:
        if self._closed:
            return NoteCode.AFTER_SETTLED
        if not self._dates.pauses.begin(str(fact.data.get("pause") or ""), fact.occurred_at):
            return NoteCode.ALREADY_PAUSED
        counts = self._dates.credit(fact.occurred_at).running
        return None if counts else NoteCode.PAUSED_AFTER_DUE

    def _on_resumed(self, fact: Fact) -> NoteCode | None:
        if self._closed:
            return NoteCode.AFTER_SETTLED
        ended = self._dates.pauses.end(str(fact.data.get("pause") or ""), fact.occurred_at)
        return None if ended else NoteCode.NOT_PAUSED

    def _on_fulfilled(self, fact: Fact) -> NoteCode | None:
        if self._closed:
            return NoteCode.AFTER_SETTLED
        reached = self._reached(fact)
        if self._best is not None and reached.loss >= self._best.loss:
            return NoteCode.NOT_MORE_THAN_BEFORE
        self._best = reached
        self._decided_at = self._decided_at or fact.occurred_at
        if reached.loss == 0:
            self._dates.pauses.end_all(fact.occurred_at)
        return None

    def _reached(self, fact: Fact) -> _Fulfilment:
        value, at = fact.data.get("value"), fact.occurred_at
        if self._quality is None or value is None:
            fraction = float(fact.data.get("fraction", 1.0))
            return _Fulfilment(at, fraction, 1.0 - fraction, None)
        target, scale = float(self._quality["target"]), float(self._quality["scale"])
        loss = quality_loss(float(value), target, self._quality["comparator"], scale)
        return _Fulfilment(at, 1.0 - loss, loss, float(value))

    def _on_failed(self, fact: Fact) -> NoteCode | None:
        if self._closed:
            return NoteCode.AFTER_SETTLED
        self._failed_at = fact.occurred_at
        self._decided_at = self._decided_at or fact.occurred_at
        self._dates.pauses.end_all(fact.occurred_at)
        return None

    def _on_withdrawn(self, fact: Fact) -> NoteCode | None:
        if self._closed:
            return NoteCode.AFTER_SETTLED
        at, note = fact.occurred_at, None
        if fact.data["by"] != "customer":
            self._failed_at = at
        elif self._dates.within(at, at):
            self._withdrawn_at = at
        else:
            self._stopped_at, note = at, NoteCode.WITHDRAWN_AFTER_DUE
        self._dates.pauses.end_all(at)
        return note

    def _on_reopened(self, fact: Fact) -> NoteCode | None:
        if self._terminal or self._best is None:
            return NoteCode.REOPENED_NOT_FULFILLED
        if fact.occurred_at - self._best.at > REOPEN_WINDOW:
            return NoteCode.REOPENED_TOO_LATE
        self._best = self._decided_at = None
        return None

    def _on_confirmed(self, _fact: Fact) -> NoteCode | None:
        self._verdict = "confirmed"
        return None

    def _on_disputed(self, _fact: Fact) -> NoteCode | None:
        self._verdict = "disputed"
        return None

    def _on_retracted(self, fact: Fact) -> NoteCode | None:
        named = self._known.get((fact.data["source"], fact.data["id"]))
        if named is None:
            return NoteCode.RETRACTS_NOTHING
        return NoteCode.RETRACTION_STANDS if named.type == RETRACTED else None

    def _verdict_state(self, matures_at: datetime) -> tuple[State, datetime | None]:
        if self._withdrawn_at is not None:
            return "withdrawn", self._withdrawn_at
        if self._failed_at is not None:
            return "failed", self._failed_at
        if self._best is None:
            return "open", None
        if self._best.loss > 0:
            return "partial", self._best.at
        return ("kept" if self._best.at <= matures_at else "late"), self._best.at

    def state(self, as_of: datetime | None, eventful: bool) -> PromiseState:
        """The state after the last fact."""
        made, dates, best = self._made, self._dates, self._best
        data, customer = made.data, made.data["customer"]
        credit = dates.credit(as_of)
        first_due = dates.first_due(credit)
        matures_at = first_due + dates.tolerance
        state, settled_at = self._verdict_state(matures_at)
        decided_at, quality = self._decided_at, self._quality
        return PromiseState(
            kind=data["kind"],
            statement=data["statement"],
            customer_id=customer["id"],
            customer_name=customer.get("name") or "",
            preferred_name=customer.get("preferred_name") or "",
            customer_zone=customer.get("zone") or "",
            segment=customer.get("segment") or "",
            team=data.get("team") or "",
            touchpoint=data.get("touchpoint") or "",
            made_by=data.get("made_by") or "",
            claim_source=data.get("claim_source") or "",
            repeat_of=data.get("repeat_of") or "",
            made_source=made.source,
            made_id=made.id,
            made_at=made.occurred_at,
            first_due=first_due,
            due=dates.due(credit),
            given_due=dates.given,
            tolerance_seconds=self._params.tolerance_seconds,
            matures_at=None if credit.running else matures_at,
            state=state,
            settled_at=settled_at,
            stopped_at=self._stopped_at,
            fraction=best.fraction if best else 0.0,
            quality_loss=best.loss if best else 0.0,
            measured_value=best.value if best else None,
            target=float(quality["target"]) if quality else None,
            comparator=quality["comparator"] if quality else None,
            unit=quality["unit"] if quality else None,
            scale=float(quality["scale"]) if quality else None,
            slips_announced=dates.announced,
            slips_unannounced=dates.unannounced,
            stake=float(data.get("stake", 1)),
            paid_in_advance=data.get("paid_in_advance", False),
            explicit=data.get("explicit", True),
            confidence=float(data.get("confidence", 0.5)),
            eventful=eventful,
            retro=made.by_person and decided_at is not None and made.recorded_at > decided_at,
            paused_seconds=dates.paused(credit).total_seconds(),
            pauses=dates.pauses.united(),
            date_chain=tuple(dates.chain),
            notes=tuple(self._notes),
            verdict=self._verdict,
            parameters_version=self._params.version,
            time_target=dates.target,
            reckoned=dates.reckoned,
            standard=data.get("standard") or "",
            standard_version=data.get("standard_version"),
            running_pauses=dates.pauses.running(),
        )


_HANDLERS: Final[dict[str, Callable[[Folding, Fact], NoteCode | None]]] = {
    MADE: Folding._on_made,
    RESCHEDULED: Folding._on_rescheduled,
    PAUSED: Folding._on_paused,
    RESUMED: Folding._on_resumed,
    FULFILLED: Folding._on_fulfilled,
    FAILED: Folding._on_failed,
    WITHDRAWN: Folding._on_withdrawn,
    REOPENED: Folding._on_reopened,
    CONFIRMED: Folding._on_confirmed,
    DISPUTED: Folding._on_disputed,
    RETRACTED: Folding._on_retracted,
}
