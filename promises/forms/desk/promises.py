"""A promise that is given: to whom, in which words, of which kind, by when.

Kind and date are proposed from the words; what is sent is always what stands in the fields.
"""

from collections.abc import Iterable
from datetime import datetime
from datetime import time as clock_time
from typing import Any, ClassVar
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.forms.utils import from_current_timezone
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from interactions.models import Customer, Team, Touchpoint
from interactions.models.party import NOT_STATED
from interactions.plain_reasons import sentence_of
from interactions.selectors import Viewer
from promises.forms.acts.dates import DateInput, TimeInput
from promises.forms.desk.measures import MeasureForm
from promises.models.kinds import Kind
from promises.selectors.customer_search import CustomerHit, customers_like
from promises.selectors.visibility import NotVisible, customer_visible, is_id_taken
from promises.services.making import event_id
from promises.services.proposing import Proposal
from promises.services.reckoning import target_of_form, ways_to_reckon

_STAKES = [("0.5", _("little")), ("1", _("usual")), ("2", _("much")), ("4", _("very much"))]
_LAST = clock_time(23, 59, 59)
# So much is offered to choose from; more is nothing that one reads.
_MOST_TOUCHPOINTS = 200


def new_key() -> str:
    """A key for one form: whatever is sent with it is recorded once."""
    return uuid4().hex


class PromiseForm(MeasureForm):
    """What an agent just promised. Shape: `hits` are the customers that were perhaps meant."""

    pointers: ClassVar = {
        "/data/statement": "said",
        "/data/due_at": "due_date",
        "/data/customer/id": "customer",
        "/data/customer/name": "customer",
        "/data/quality/target": "target",
        "/data/quality/scale": "scale",
        "/data/quality/unit": "unit",
        "/data/kind": "kind",
        "/data/team": "team",
    }

    key = forms.CharField(
        widget=forms.HiddenInput, validators=[RegexValidator(r"\A[0-9a-f]{32}\Z")]
    )
    customer = forms.CharField(label=_("Customer"), max_length=255, required=False)
    customer_id = forms.CharField(max_length=512, required=False)
    is_new = forms.BooleanField(label=_("This is a new customer"), required=False)
    new_id = forms.CharField(
        label=_("Their id in your systems"),
        max_length=255,
        required=False,
        help_text=_("Blank: one is made."),
    )
    said = forms.CharField(
        label=_("What was said"),
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Say what was promised, in your own words.")},
    )
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[("", "–"), *((kind.value, kind.label) for kind in Kind)],
        error_messages={"required": _("Choose what kind of promise it is.")},
    )
    due_date = forms.DateField(
        label=_("Due"), widget=DateInput, error_messages={"required": _("Say by when.")}
    )
    due_time = forms.TimeField(label=_("Time"), required=False, widget=TimeInput)
    reckon_by = forms.ChoiceField(
        label=_("Reckoned by"),
        required=False,
        help_text=_("A calendar says whose hours the words mean, a standard how much time."),
    )
    reckoned = forms.CharField(max_length=400, required=False, widget=forms.HiddenInput)
    team = forms.ChoiceField(
        label=_("Team"), error_messages={"required": _("Choose the team that promises it.")}
    )
    touchpoint = forms.ChoiceField(label=_("Where it was said"), required=False)
    stake = forms.ChoiceField(
        label=_("How much it matters"), choices=_STAKES, initial="1", required=False
    )
    paid_in_advance = forms.BooleanField(label=_("Paid in advance"), required=False)

    def __init__(
        self,
        viewer: Viewer,
        teams: Iterable[Team],
        *,
        data: Any = None,
        customer: Customer | None = None,
        last_team: int | None = None,
    ) -> None:
        first = {"key": new_key()}
        if customer is not None:
            first |= {"customer": customer.label, "customer_id": customer.reference}
        super().__init__(data, auto_id="promise-%s", initial=first)
        self.viewer = viewer
        self.hits: list[CustomerHit] = []
        self.asks_new = bool(data and (data.get("is_new") or data.get("new_id")))
        self.proposal: Proposal | None = None
        self._offer(list(teams), last_team)
        self.fields["touchpoint"].choices = [("", "–"), *_touchpoints()]  # type: ignore[attr-defined] # a ChoiceField
        self.fields["reckon_by"].choices = [("", _("the words")), *_ways()]  # type: ignore[attr-defined] # a ChoiceField

    def _offer(self, teams: list[Team], last: int | None) -> None:
        """The teams to choose from. Of several none is taken for granted but the one that this
        person promised for last: under a wrong team a promise falsifies two scores."""
        self.one_team, self.no_team = len(teams) == 1, not teams
        names: list[tuple[str, Any]] = [(team.reference, team.label) for team in teams]
        if self.one_team:
            self.initial["team"] = names[0][0]
        else:
            self.initial["team"] = next((one.reference for one in teams if one.pk == last), "")
            names = [("", _("choose a team")), *names]
        self.fields["team"].choices = names  # type: ignore[attr-defined] # a ChoiceField

    @property
    def chosen_team(self) -> str:
        """What the team is called that stands in the form, "" where none does."""
        chosen = self["team"].value()
        choices: Any = self.fields["team"].choices  # type: ignore[attr-defined] # a ChoiceField
        return next((str(label) for id, label in choices if id and id == chosen), "")

    def clean_said(self) -> str:
        """The words as they were said; spaces alone say nothing."""
        said = str(self.cleaned_data["said"]).replace("\r\n", "\n").strip()
        if "\0" in said:
            raise ValidationError(_("This holds a character that cannot be kept."))
        return said

    def clean(self) -> None:
        """The customer, the moment, the measure."""
        self._clean_customer()
        self._clean_due()
        if self.cleaned_data.get("kind") == Kind.QUALITY:
            self.clean_measure()

    def _clean_customer(self) -> None:
        if "customer" in self.errors:
            return
        typed, chosen = self.cleaned_data["customer"], self.cleaned_data.get("customer_id")
        if self.cleaned_data["is_new"]:
            if not typed:
                self.add_error("customer", _("Say what they are called."))
            # Whoever promises something to a customer sees them: no id lets anybody in.
            given = self.cleaned_data.get("new_id")
            if given and is_id_taken(self.viewer, given):
                self.add_error("new_id", _("This id is taken; choose another."))
            return
        if chosen:
            try:
                customer_visible(self.viewer, chosen)
            except NotVisible:
                self.add_error("customer", _("There is no such customer, or you may not see it."))
            return
        if not typed:
            self.add_error("customer", _("Say to whom."))
            return
        self._look_up(typed)

    def _look_up(self, typed: str) -> None:
        """Who was typed, but not chosen from the list."""
        self.hits = customers_like(self.viewer, typed)
        same = [hit for hit in self.hits if hit.reference == typed]
        same = same or [hit for hit in self.hits if hit.name.casefold() == typed.casefold()]
        if len(same) == 1:
            self.cleaned_data["customer_id"] = same[0].reference
            return
        self.asks_new = True
        self.add_error(
            "customer",
            _("Choose which one, or say that this is a new customer.")
            if self.hits
            else _("Nobody is called that. Is this a new customer?"),
        )

    def _clean_due(self) -> None:
        day, time = self.cleaned_data.get("due_date"), self.cleaned_data.get("due_time")
        if day is None or "due_time" in self.errors:
            return
        now = timezone.localtime()
        if day < now.date():
            self.add_error("due_date", _("This day has passed."))
        elif time is not None:
            try:
                moment = from_current_timezone(datetime.combine(day, time))
            except ValidationError as error:
                self.add_error("due_time", error)
            else:
                if moment <= now:
                    self.add_error("due_time", _("This moment has passed."))

    def propose(self, proposal: Proposal) -> None:
        """Put what the words say into the fields that were left blank, to be checked and sent."""
        found: dict[str, Any] = {"kind": proposal.kind}
        if not self.data.get("due_date") and proposal.day:
            found["due_date"] = proposal.day.isoformat()
            found["reckoned"] = proposal.sent
            if proposal.at:
                found["due_time"] = proposal.at.strftime("%H:%M")
        if proposal.measure is not None:
            found |= self.proposed_measure(proposal.measure)
        # How another date was reckoned says nothing of this one.
        kept = {name for name in found if name != "reckoned" and self.data.get(name)}
        blank = {name: value for name, value in found.items() if value and name not in kept}
        if not blank:
            return
        self.proposal = proposal
        self.data = {**dict(self.data.items()), **blank}
        for name in blank:
            self.errors.pop(name, None)

    def moment(self) -> datetime | None:
        """The due moment that stands in the fields now, None where they hold none."""
        try:
            day = self.fields["due_date"].clean(self.data.get("due_date"))
            time = self.fields["due_time"].clean(self.data.get("due_time"))
            moment = from_current_timezone(datetime.combine(day, time or _LAST))
        except (ValidationError, OverflowError):
            return None
        return moment

    def start_anew(self) -> None:
        """Whoever sends it again makes another promise."""
        self.data = {**dict(self.data.items()), "key": new_key()}

    def event_data(self, made_by: str, actor_id: int | None) -> dict[str, Any]:
        """The data of the event."""
        cleaned = self.cleaned_data
        data: dict[str, Any] = {
            "kind": cleaned["kind"],
            "customer": self._customer(actor_id),
            "due_at": self._due_at(),
            "statement": cleaned["said"],
            "team": cleaned["team"],
            "made_by": made_by,
        }
        if cleaned["touchpoint"]:
            data["touchpoint"] = cleaned["touchpoint"]
        if cleaned["stake"]:
            data["stake"] = float(cleaned["stake"])
        if cleaned["paid_in_advance"]:
            data["paid_in_advance"] = True
        day, at = cleaned["due_date"], cleaned["due_time"]
        if target := target_of_form(cleaned["reckoned"], day, at):
            data["target"] = target
        if cleaned["kind"] == Kind.QUALITY:
            data["quality"] = self.measure_data()
        return data

    def _customer(self, actor_id: int | None) -> dict[str, str]:
        cleaned = self.cleaned_data
        if not cleaned["is_new"]:
            return {"id": cleaned["customer_id"]}
        # The same form names the same customer, however often it is sent.
        made = f"c-{event_id(cleaned['key'], actor_id)[:13]}"
        return {"id": cleaned["new_id"].strip() or made, "name": cleaned["customer"]}

    def _due_at(self) -> str:
        """The date as events carry it: of a day alone its name."""
        day, time = self.cleaned_data["due_date"], self.cleaned_data["due_time"]
        if time is None:
            return str(day.isoformat())
        return from_current_timezone(datetime.combine(day, time)).isoformat()

    def refuse(self, pointer: str, reason: str) -> None:
        """Put what the gate refused beside its field."""
        field = self.pointers.get(pointer)
        if pointer == "/data/customer/id" and self.cleaned_data["new_id"]:
            field = "new_id"
        self.add_error(field, sentence_of(reason))


def _ways() -> list[tuple[str, str]]:
    named = {False: _("the hours of %(name)s"), True: _("the standard %(name)s")}
    return [
        (way.value, named[way.terms is not None] % {"name": way.name}) for way in ways_to_reckon()
    ]


def _touchpoints() -> list[tuple[str, str]]:
    known = Touchpoint.objects.filter(archived_at=None).exclude(reference=NOT_STATED)
    known = known.order_by("name", "reference")
    return [(found.reference, found.name) for found in known[:_MOST_TOUCHPOINTS]]
