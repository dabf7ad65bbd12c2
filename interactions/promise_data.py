"""What the events of a promise carry in their `data`."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from interactions.data_types import (
    Confidence,
    Data,
    Moment,
    MomentOrDate,
    Name,
    PositiveShare,
    Reference,
    Stake,
    Text,
)


class CustomerData(Struct, forbid_unknown_fields=True, frozen=True, omit_defaults=True):
    """A customer as the sender knows them; an empty id means "not stated"."""

    id: Reference
    name: Name = ""
    preferred_name: Name = ""
    zone: Name = ""
    segment: Name = ""


class QualityData(Struct, forbid_unknown_fields=True, frozen=True):
    """The measured target of a quality promise; `scale` is the shortfall at which nothing is
    left. All of it is stored, also a unit that was left out: the fold reads each."""

    target: float
    comparator: Literal[">=", "<="]
    scale: Annotated[float, Meta(gt=0)]
    unit: Name = ""


class TargetData(Struct, forbid_unknown_fields=True, frozen=True, omit_defaults=True):
    """How a due date was reckoned: whole days, or minutes, in a version of a calendar."""

    amount: Annotated[float, Meta(gt=0, le=10_000_000)]
    unit: Literal["minutes", "business minutes", "days", "business days"]
    calendar: Reference = ""
    calendar_version: Annotated[int, Meta(ge=1, le=1_000_000)] | None = None
    same_time: bool = False


class PromiseMade(Data, kw_only=True, frozen=True):
    """One commitment to one customer."""

    kind: Literal["delivery", "response", "quality"]
    customer: CustomerData
    due_at: MomentOrDate
    statement: Annotated[str, Meta(min_length=1, max_length=4_000)]
    team: Reference = ""
    touchpoint: Reference = ""
    stake: Stake = 1
    paid_in_advance: bool = False
    explicit: bool = True
    confidence: Confidence = 0.5
    claim_source: Name = ""
    made_by: Name = ""
    repeat_of: Reference = ""
    quality: QualityData | None = None
    target: TargetData | None = None
    # So long after the date it is still in time; None: as its kind says.
    tolerance_minutes: Annotated[float, Meta(ge=0, le=10_000_000)] | None = None
    # The reusable promise that made it, and its version, where one did.
    standard: Reference = ""
    standard_version: Annotated[int, Meta(ge=1, le=1_000_000)] | None = None


class AboutPromise(Data, kw_only=True, frozen=True):
    """Any later fact about a promise; `promise_source` when another source made it."""

    promise_source: Reference = ""


class CustomerRequest(Struct, forbid_unknown_fields=True, frozen=True):
    """Who asked for another date, and when."""

    who: Annotated[str, Meta(min_length=1, max_length=255)]
    at: Moment


class PromiseRescheduled(AboutPromise, kw_only=True, frozen=True):
    """Another date; ours unless the customer's request is named."""

    due_at: MomentOrDate
    told_at: Moment | None = None
    customer_request: CustomerRequest | None = None
    reason: Text = ""
    target: TargetData | None = None


class PromisePaused(AboutPromise, kw_only=True, frozen=True):
    """A wait that the customer caused or agreed to begins."""

    cause: Literal["customer", "agreed"]
    reason: Text = ""
    pause: Reference = ""


class PromiseResumed(AboutPromise, kw_only=True, frozen=True):
    """The wait of the same key ends."""

    pause: Reference = ""


class PromiseFulfilled(AboutPromise, kw_only=True, frozen=True):
    """The share fulfilled so far, or the measured value of a quality promise."""

    fraction: PositiveShare = 1.0
    value: float | None = None
    evidence: Text = ""


class PromiseFailed(AboutPromise, kw_only=True, frozen=True):
    """Declared as never to be kept."""

    reason: Text = ""


class PromiseWithdrawn(AboutPromise, kw_only=True, frozen=True):
    """Called off, by the customer or by us."""

    by: Literal["customer", "us"]
    reason: Text = ""


class PromiseReopened(AboutPromise, kw_only=True, frozen=True):
    """The customer does not accept the fulfilment."""

    by: Name = ""
    reason: Text = ""


class PromiseVerdict(AboutPromise, kw_only=True, frozen=True):
    """The customer confirms or disputes the promise or its outcome."""

    by: Name = ""
    words: Text = ""
