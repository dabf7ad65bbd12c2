"""The one list of event names, `subject.action`, and what each is about."""

from enum import StrEnum


class EventType(StrEnum):
    """Every event type that the ledger takes."""

    PROMISE_MADE = "promise.made"
    PROMISE_RESCHEDULED = "promise.rescheduled"
    PROMISE_PAUSED = "promise.paused"
    PROMISE_RESUMED = "promise.resumed"
    PROMISE_FULFILLED = "promise.fulfilled"
    PROMISE_FAILED = "promise.failed"
    PROMISE_WITHDRAWN = "promise.withdrawn"
    PROMISE_REOPENED = "promise.reopened"
    PROMISE_CONFIRMED = "promise.confirmed"
    PROMISE_DISPUTED = "promise.disputed"

    EVENT_RETRACTED = "event.retracted"

    CUSTOMER_DESCRIBED = "customer.described"
    CUSTOMER_LEFT = "customer.left"
    CONTACT_RECEIVED = "contact.received"
    CONTACT_ANSWERED = "contact.answered"
    CONTACT_MADE = "contact.made"
    NOTICE_GIVEN = "notice.given"
    APOLOGY_GIVEN = "apology.given"
    FEEDBACK_GIVEN = "feedback.given"
    EXPECTATION_STATED = "expectation.stated"
    MENTION_PUBLISHED = "mention.published"
    ESCALATION_REQUESTED = "escalation.requested"
    ESCALATION_ACCEPTED = "escalation.accepted"
    ESCALATION_RESOLVED = "escalation.resolved"
    HANDOFF_MADE = "handoff.made"
    KINDNESS_SHOWN = "kindness.shown"
    REFERRAL_MADE = "referral.made"

    @property
    def about_promise(self) -> bool:
        """Whether the subject is a promise's reference."""
        # The member is its text; `.value` would cost a descriptor call per event.
        return self.startswith("promise.")

    @property
    def about_event(self) -> bool:
        """Whether the subject is another event."""
        return self is EventType.EVENT_RETRACTED

    @property
    def about_customer(self) -> bool:
        """Whether the subject is a customer's id."""
        return not self.about_promise and not self.about_event
