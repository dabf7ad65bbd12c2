"""What each event type carries in its `data`: one typed schema per type.

Nothing is accepted that later fails for its form, so the schemas are strict: an unknown field is
an error (a misspelt `due` must not become a promise without a date). `attributes` is the place for
anything else.
"""

from typing import Annotated, Literal

from msgspec import Meta, field

from interactions.data_types import (
    Data,
    GivenReference,
    MomentOrDate,
    Name,
    Reference,
    Share,
    Text,
)
from interactions.event_types import EventType
from interactions.promise_data import (
    PromiseFailed,
    PromiseFulfilled,
    PromiseMade,
    PromisePaused,
    PromiseReopened,
    PromiseRescheduled,
    PromiseResumed,
    PromiseVerdict,
    PromiseWithdrawn,
)

# Between these lies the best score of whoever gives feedback; the worst is 0.
LEAST_OF_A_SCALE, MOST_OF_A_SCALE = 1, 1_000


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
    tags: list[Name] = field(default_factory=list)


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
    score: Annotated[float, Meta(ge=0, le=MOST_OF_A_SCALE)] | None = None
    scale_max: Annotated[float, Meta(ge=LEAST_OF_A_SCALE, le=MOST_OF_A_SCALE)] = 5
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
