"""Another date, and a new promise."""

from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import from_current_timezone
from django.utils.translation import gettext_lazy as _

from promises.domain.acts import Act
from promises.domain.lifecycle import PromiseState
from promises.forms.acts.base import ActForm, not_ahead, past, since_made, text


class DateInput(forms.DateInput):
    input_type = "date"


class TimeInput(forms.TimeInput):
    input_type = "time"


class _DueForm(ActForm):
    """A date, and perhaps a time of that day."""

    fields_of: ClassVar = {
        "/data/due_at": "due_date",
        "/data/customer_request/at": "asked_at",
        "/data/customer_request/who": "asked_who",
    }

    due_date = forms.DateField(label=_("New date"), widget=DateInput)
    due_time = forms.TimeField(
        label=_("Time"),
        required=False,
        widget=TimeInput,
        help_text=_("Blank: until the end of that day."),
    )

    def clean(self) -> None:
        """A time that the clock jumps over is none."""
        day, time = self.cleaned_data.get("due_date"), self.cleaned_data.get("due_time")
        if day is not None and time is not None:
            try:
                from_current_timezone(datetime.combine(day, time))
            except ValidationError as error:
                self.add_error("due_time", error)

    def due_at(self) -> str:
        """The date as events carry it: of a day alone its name."""
        day, time = self.cleaned_data["due_date"], self.cleaned_data["due_time"]
        if time is None:
            return str(day.isoformat())
        return from_current_timezone(datetime.combine(day, time)).isoformat()


class RescheduleForm(_DueForm):
    """Another date: ours, or one that the customer asked for."""

    act, title = Act.RESCHEDULE, _("It has another date")
    button, done = _("Record the new date"), _("Recorded: it has another date.")

    told_at = past(
        _("Customer told"),
        help_text=_("Blank: not told yet. Told by the date that it replaces, it is announced."),
    )
    moved_by = forms.ChoiceField(
        label=_("Who moves it"),
        choices=[("us", _("we do")), ("customer", _("the customer asked for it"))],
    )
    asked_who = text(_("Who asked"), help_text=_("Only where the customer asked."))
    asked_at = past(_("Asked when"))
    reason = text(_("Reason"))

    def clean_told_at(self) -> datetime | None:
        """Nobody has been told tomorrow, nor of another date of what was not promised yet."""
        return since_made(not_ahead(self.cleaned_data["told_at"]), self.state)

    def clean_asked_at(self) -> datetime | None:
        """Nobody has asked tomorrow, nor for another date of what was not promised yet."""
        return since_made(not_ahead(self.cleaned_data["asked_at"]), self.state)

    def clean(self) -> None:
        """A change for the customer needs who asked, and when (R8)."""
        super().clean()
        if self.cleaned_data.get("moved_by") != "customer":
            return
        for name, reason in (
            ("asked_who", _("Say who of the customer asked.")),
            ("asked_at", _("Say when they asked.")),
        ):
            if name not in self.errors and not self.cleaned_data.get(name):
                self.add_error(name, reason)

    def event_data(self) -> dict[str, Any]:
        """The new date, and who wanted it."""
        cleaned = self.cleaned_data
        data: dict[str, Any] = {"due_at": self.due_at()}
        if cleaned["told_at"]:
            data["told_at"] = cleaned["told_at"].isoformat()
        if cleaned["moved_by"] == "customer":
            at = cleaned["asked_at"].isoformat()
            data["customer_request"] = {"who": cleaned["asked_who"], "at": at}
        if cleaned["reason"]:
            data["reason"] = cleaned["reason"]
        return data


class RepeatForm(_DueForm):
    """A new promise in its place."""

    act, title = Act.REPEAT, _("Promise it again")
    button, done = _("Make the new promise"), _("The new promise is made.")
    hint = _("Its verdict stands. The new promise names this one.")

    statement = text(_("What is promised"), required=True)
    occurred_at = None  # type: ignore[assignment] # so Django takes a field away

    def usual(self, state: PromiseState) -> dict[str, Any]:
        """The same words, to be changed."""
        return {"statement": state.statement}

    def event_data(self) -> dict[str, Any]:
        """The words and the date; the rest is for the service to say."""
        return {"statement": self.cleaned_data["statement"], "due_at": self.due_at()}
