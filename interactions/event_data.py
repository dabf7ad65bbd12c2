"""What each event type carries in its `data`: one typed schema per type.

Nothing is accepted that later fails for its form, so the schemas are strict: an unknown field is
an error (a misspelt `due` must not become a promise without a date). `attributes` is the place for
anything else.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from interactions.event_types import EventType

# Long enough for hashes, URLs and composite keys; short enough for a b-tree page.
MAX_REFERENCE = 255
Reference = Annotated[str, Meta(max_length=MAX_REFERENCE)]
GivenReference = Annotated[str, Meta(min_length=1, max_length=MAX_REFERENCE)]
Name = Annotated[str, Meta(max_length=255)]
Text = Annotated[str, Meta(max_length=4_000)]
# Moments and dates stay text here; `decode` checks them, the fold reads them.
Moment = Annotated[str, Meta(max_length=40, extra_json_schema={"format": "date-time"})]
MomentOrDate = Annotated[str, Meta(max_length=40)]
Share = Annotated[float, Meta(ge=0, le=1)]
PositiveShare = Annotated[float, Meta(gt=0, le=1)]
Stake = Annotated[float, Meta(extra_json_schema={"enum": [0.5, 1, 2, 4]})]
Attribute = str | int | float | bool | None


class Data(Struct, forbid_unknown_fields=True, frozen=True, omit_defaults=True):
    """What all events share."""

    attributes: dict[Name, Attribute] = {}


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
    confidence: PositiveShare = 0.5
    claim_source: Name = ""
    made_by: Name = ""
    repeat_of: Reference = ""
    quality: QualityData | None = None
    target: TargetData | None = None


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


class EventRetracted(Data, kw_only=True, frozen=True):
    """Takes one event back; the fold leaves it out."""

    source: GivenReference
    id: GivenReference
    reason: Text = ""


class CustomerDescribed(Data, kw_only=True, frozen=True):
    """What is known of the customer from now on."""

    name: Name = ""
    preferred_name: Name = ""
    pronunciation: Name = ""
    zone: Name = ""
    segment: Name = ""
    relationship: Literal["", "relationship", "transactional", "no contact"] = ""
    channel: Name = ""
    needs: Text = ""


class CustomerLeft(Data, kw_only=True, frozen=True):
    """The customer left; "unknown" is an honest reason."""

    reason: Text = "unknown"


class Contact(Data, kw_only=True, frozen=True):
    """A contact received, answered or made."""

    conversation: Reference = ""
    channel: Name = ""
    touchpoint: Reference = ""
    team: Reference = ""
    by: Name = ""
    words: Text = ""
    automatic: bool = False
    tags: list[Name] = []


class Told(Data, kw_only=True, frozen=True):
    """Something we told the customer about a promise: a notice, an apology, a kindness."""

    promise_source: Reference = ""
    promise: Reference = ""
    by: Name = ""
    words: Text = ""
    channel: Name = ""


class FeedbackGiven(Data, kw_only=True, frozen=True):
    """What the customer felt: a score on its own scale, words, a code such as "felt insincere"."""

    promise_source: Reference = ""
    promise: Reference = ""
    score: float | None = None
    scale_max: float = 5
    dimension: Literal["", "reliability", "assurance", "tangibles", "empathy", "responsiveness"] = (
        ""
    )
    expected: Annotated[float, Meta(ge=1, le=7)] | None = None
    perceived: Annotated[float, Meta(ge=1, le=7)] | None = None
    code: Name = ""
    words: Text = ""


class ExpectationStated(Data, kw_only=True, frozen=True):
    """What the customer expects, whoever raised it."""

    text: Annotated[str, Meta(min_length=1, max_length=4_000)]
    origin: Name = ""
    strength: Share | None = None
    due_at: MomentOrDate | None = None
    promise_source: Reference = ""
    promise: Reference = ""


class MentionPublished(Data, kw_only=True, frozen=True):
    """The customer said it in public."""

    url: Annotated[str, Meta(max_length=2_000)] = ""
    words: Text = ""
    reach: Annotated[int, Meta(ge=0, le=10**12)] | None = None
    sentiment: Annotated[float, Meta(ge=-1, le=1)] | None = None
    paid: bool = False


class Escalation(Data, kw_only=True, frozen=True):
    """Asked for, accepted or resolved."""

    escalation: Reference = ""
    promise_source: Reference = ""
    promise: Reference = ""
    by: Name = ""
    reason: Text = ""


class HandoffMade(Data, kw_only=True, frozen=True):
    """The customer's matter passed from one holder to another."""

    promise_source: Reference = ""
    promise: Reference = ""
    from_team: Reference = ""
    to_team: Reference = ""
    by: Name = ""
    reason: Text = ""


class ReferralMade(Data, kw_only=True, frozen=True):
    """The customer brought somebody."""

    referred: Reference = ""
    words: Text = ""


SCHEMAS: dict[EventType, type[Data]] = {
    EventType.PROMISE_MADE: PromiseMade,
    EventType.PROMISE_RESCHEDULED: PromiseRescheduled,
    EventType.PROMISE_PAUSED: PromisePaused,
    EventType.PROMISE_RESUMED: PromiseResumed,
    EventType.PROMISE_FULFILLED: PromiseFulfilled,
    EventType.PROMISE_FAILED: PromiseFailed,
    EventType.PROMISE_WITHDRAWN: PromiseWithdrawn,
    EventType.PROMISE_REOPENED: PromiseReopened,
    EventType.PROMISE_CONFIRMED: PromiseVerdict,
    EventType.PROMISE_DISPUTED: PromiseVerdict,
    EventType.EVENT_RETRACTED: EventRetracted,
    EventType.CUSTOMER_DESCRIBED: CustomerDescribed,
    EventType.CUSTOMER_LEFT: CustomerLeft,
    EventType.CONTACT_RECEIVED: Contact,
    EventType.CONTACT_ANSWERED: Contact,
    EventType.CONTACT_MADE: Contact,
    EventType.NOTICE_GIVEN: Told,
    EventType.APOLOGY_GIVEN: Told,
    EventType.KINDNESS_SHOWN: Told,
    EventType.FEEDBACK_GIVEN: FeedbackGiven,
    EventType.EXPECTATION_STATED: ExpectationStated,
    EventType.MENTION_PUBLISHED: MentionPublished,
    EventType.ESCALATION_REQUESTED: Escalation,
    EventType.ESCALATION_ACCEPTED: Escalation,
    EventType.ESCALATION_RESOLVED: Escalation,
    EventType.HANDOFF_MADE: HandoffMade,
    EventType.REFERRAL_MADE: ReferralMade,
}
