"""What a person can record on the page of a customer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django import forms
from django.core.validators import RegexValidator
from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext_lazy as _

from interactions.event_types import EventType
from interactions.models import Customer
from interactions.plain_reasons import sentence_of
from interactions.selectors import Viewer
from promises.forms.acts.base import text
from promises.forms.acts.dates import DateInput
from promises.forms.desk.promises import new_key
from promises.models import Promise
from promises.selectors.visibility import visible_promises


@dataclass(frozen=True, slots=True)
class KnownOf:
    """What the card shows already: the number of the promise that was broken last, and how to reach
    somebody, by the names of the fields."""

    broken: int | None = None
    described: Mapping[str, str] = field(default_factory=dict)


NOTHING_KNOWN = KnownOf()


class CustomerForm(forms.Form):
    """One thing to record of a customer. Shape: `key` is made with the form, so that it is recorded
    once."""

    name: ClassVar[str]
    title: ClassVar[LazyText]
    done: ClassVar[Any]
    event_type: ClassVar[EventType]

    key = forms.CharField(
        widget=forms.HiddenInput, validators=[RegexValidator(r"\A[0-9a-f]{32}\Z")]
    )

    def __init__(self, data: Any = None, *, known: KnownOf = NOTHING_KNOWN) -> None:
        initial = {"key": new_key(), **self.usual(known)}
        super().__init__(data, auto_id=f"{self.name}-%s", initial=initial)
        self.known = known

    def usual(self, known: KnownOf) -> dict[str, Any]:
        """What the fields have before anybody fills them in."""
        return {}

    @property
    def begins_at(self) -> str:
        """Where whoever fills it in begins: the first field that something is wrong with; "" where
        that is no field."""
        if not self.errors:
            return self.visible_fields()[0].name
        return next((field.name for field in self.visible_fields() if field.errors), "")

    def type(self) -> EventType:
        """What sort of event it becomes."""
        return self.event_type

    def event_data(self, viewer: Viewer, customer: Customer) -> dict[str, Any]:
        """The data of the event: what was left blank is left out."""
        said = {name: value for name, value in self.cleaned_data.items() if value}
        said.pop("key")
        return said

    def start_anew(self) -> None:
        """Whoever sends it again records another event."""
        self.data = {**dict(self.data.items()), "key": new_key()}

    def refuse(self, pointer: str, reason: str) -> None:
        """Put what the gate refused beside its field."""
        name = {"/data/due_at": "due_date"}.get(pointer, pointer.rpartition("/")[2])
        self.add_error(name if name in self.fields else None, sentence_of(reason))


class DescribeForm(CustomerForm):
    """How to reach somebody: what is known stands in the fields, and what differs is recorded."""

    name, title = "describe", _("Record how to reach them")
    done, event_type = _("Recorded: how to reach them."), EventType.CUSTOMER_DESCRIBED

    preferred_name = text(_("Likes to be called"))
    pronunciation = text(_("Said as"), help_text=_("Such as “shi-VAWN” for Siobhán."))
    channel = text(_("Best by"), help_text=_("Such as phone, e-mail, a visit."))
    relationship = forms.ChoiceField(
        label=_("Manner"),
        required=False,
        choices=[
            ("", "–"),
            ("relationship", _("likes to know us")),
            ("transactional", _("wants it quick, without small talk")),
            ("no contact", _("wants no contact beyond what is due")),
        ],
    )
    needs = text(_("Needs"), help_text=_("What to think of each time."))

    def usual(self, known: KnownOf) -> dict[str, Any]:
        """What is known."""
        return dict(known.described)

    def clean(self) -> None:
        """Something has to be said, and nothing can be unsaid by saying nothing."""
        if self.errors:
            return
        for name in DESCRIBED:
            if self.known.described.get(name) and not self.cleaned_data[name]:
                said = _("Say what holds now. What was recorded here stands until then.")
                self.add_error(name, said)
        if not self.errors and not self._new():
            empty = not any(self.known.described.values())
            fault = _("Fill in at least one of them.") if empty else _("All of it is known so.")
            self.add_error(DESCRIBED[0], fault)

    def event_data(self, viewer: Viewer, customer: Customer) -> dict[str, Any]:
        """What differs from what is known."""
        return self._new()

    def _new(self) -> dict[str, Any]:
        known = self.known.described
        said = {name: self.cleaned_data[name] for name in DESCRIBED}
        return {
            name: value for name, value in said.items() if value and value != known.get(name, "")
        }


DESCRIBED = ("preferred_name", "pronunciation", "channel", "relationship", "needs")


class ExpectForm(CustomerForm):
    """What somebody expects of us."""

    name, title = "expect", _("Record what they expect")
    done, event_type = _("Recorded: what they expect."), EventType.EXPECTATION_STATED

    text = text(_("In their own words"), required=True)
    due_date = forms.DateField(
        label=_("By when"), required=False, widget=DateInput, help_text=_("If they said so.")
    )

    def event_data(self, viewer: Viewer, customer: Customer) -> dict[str, Any]:
        """The words, and the day as events carry it."""
        said = {"text": self.cleaned_data["text"]}
        day = self.cleaned_data["due_date"]
        return said if day is None else said | {"due_at": day.isoformat()}


class TellForm(CustomerForm):
    """What we said about a promise that we broke."""

    name, title = "tell", _("Record what we said")
    done = _("Recorded: what we said about it.")

    promise = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**63 - 1)
    what = forms.ChoiceField(
        label=_("What was it?"),
        choices=[
            (EventType.NOTICE_GIVEN.value, _("we told them")),
            (EventType.APOLOGY_GIVEN.value, _("we apologised")),
        ],
    )
    words = text(_("In which words"), required=True)
    channel = text(_("How"), help_text=_("Such as phone or e-mail."))

    def usual(self, known: KnownOf) -> dict[str, Any]:
        """It is about what was broken last."""
        return {"promise": known.broken}

    def type(self) -> EventType:
        """A notice or an apology."""
        return EventType(self.cleaned_data["what"])

    def event_data(self, viewer: Viewer, customer: Customer) -> dict[str, Any]:
        """The words, and the promise that they are about.

        Raises: Promise.DoesNotExist where this customer has no such promise for the viewer.
        """
        own = visible_promises(viewer).filter(customer=customer).select_related("source")
        promise: Promise = own.get(pk=self.cleaned_data["promise"])
        said = {"promise": promise.reference, "promise_source": promise.source.name}
        given = {name: self.cleaned_data[name] for name in ("words", "channel")}
        return said | {name: value for name, value in given.items() if value}


class HearForm(CustomerForm):
    """What came from the customer: a contact, feedback, that they left us."""

    name, title = "hear", _("Record what came from them")
    done = _("Recorded: what came from them.")

    what = forms.ChoiceField(
        label=_("What was it?"),
        choices=[
            (EventType.CONTACT_RECEIVED.value, _("they contacted us")),
            (EventType.FEEDBACK_GIVEN.value, _("they gave feedback")),
            (EventType.REFERRAL_MADE.value, _("they recommended us")),
            (EventType.CUSTOMER_LEFT.value, _("they left us")),
        ],
    )
    words = text(_("In their own words"))
    score = forms.TypedChoiceField(
        label=_("Stars"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", "–"), *((str(one), str(one)) for one in range(1, 6))],
        help_text=_("Of feedback: 1 is the worst, 5 the best."),
    )

    def type(self) -> EventType:
        """What it was."""
        return EventType(self.cleaned_data["what"])

    def clean(self) -> None:
        """Feedback says something, and only feedback has stars."""
        if self.errors:
            return
        said, stars = self.cleaned_data["words"], self.cleaned_data["score"]
        if self.type() is EventType.FEEDBACK_GIVEN:
            if not said and stars is None:
                self.add_error("words", _("Give their words, or stars."))
        elif stars is not None:
            self.add_error("score", _("Only feedback has stars."))

    def event_data(self, viewer: Viewer, customer: Customer) -> dict[str, Any]:
        """The words where the event calls them so, and the stars."""
        said, stars = self.cleaned_data["words"], self.cleaned_data["score"]
        words = "reason" if self.type() is EventType.CUSTOMER_LEFT else "words"
        return ({words: said} if said else {}) | ({} if stars is None else {"score": stars})


CUSTOMER_FORMS: dict[str, type[CustomerForm]] = {
    form.name: form for form in (DescribeForm, ExpectForm, TellForm, HearForm)
}
