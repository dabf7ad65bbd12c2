"""What came of it: fulfilled, failed, called off, not accepted."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from promises.domain.acts import Act
from promises.domain.lifecycle import PromiseState
from promises.forms.acts.base import ActForm, text


class FulfilForm(ActForm):
    """In full, to a share, or by a measured value."""

    act, title = Act.FULFIL, _("It was fulfilled")
    button, done = _("Record that it was fulfilled"), _("Recorded: it was fulfilled.")
    fields_of: ClassVar = {"/data/fraction": "percent"}

    how = forms.ChoiceField(
        label=_("How much"),
        choices=[
            ("full", _("in full")),
            ("part", _("a part of it")),
            ("value", _("by a measured value")),
        ],
    )
    percent = forms.FloatField(
        label=_("Share so far, in percent"),
        required=False,
        help_text=_("Of the whole, not since the last time."),
    )
    value = forms.FloatField(label=_("Measured value"), required=False)
    evidence = text(_("Evidence"), help_text=_("Such as a tracking number or a link."))

    def usual(self, state: PromiseState) -> dict[str, Any]:
        """A quality promise is measured."""
        return {"how": "value" if state.kind == "quality" else "full"}

    def adapt(self) -> None:
        """Only a quality promise is measured."""
        if self.state.kind == "quality":
            unit = f" ({self.state.unit})" if self.state.unit else ""
            self.fields["value"].label = f"{self.fields['value'].label}{unit}"
            return
        del self.fields["value"]
        how = self.fields["how"]
        how.choices = [choice for choice in how.choices if choice[0] != "value"]  # type: ignore[attr-defined] # a ChoiceField

    def clean(self) -> None:
        """The number that belongs to the choice."""
        how = self.cleaned_data.get("how")
        if how == "part" and "percent" not in self.errors:
            percent = self.cleaned_data.get("percent")
            if percent is None:
                self.add_error("percent", _("Say how much of it."))
            elif not 0 < percent <= 100:
                self.add_error("percent", _("Above 0, at most 100."))
        if how == "value" and "value" not in self.errors and self.cleaned_data["value"] is None:
            self.add_error("value", _("Say what was measured."))

    def event_data(self) -> dict[str, Any]:
        """The share or the value."""
        how, data = self.cleaned_data["how"], {}
        if how == "part":
            data["fraction"] = self.cleaned_data["percent"] / 100
        elif how == "value":
            data["value"] = self.cleaned_data["value"]
        if self.cleaned_data["evidence"]:
            data["evidence"] = self.cleaned_data["evidence"]
        return data


class WithdrawForm(ActForm):
    """It is called off."""

    act, title = Act.WITHDRAW, _("It is called off")
    button, done = _("Record that it is called off"), _("Recorded: it is called off.")
    hint = _("Called off by us, it counts as failed. By the customer in time, it counts nowhere.")

    by = forms.ChoiceField(
        label=_("By whom"), choices=[("customer", _("by the customer")), ("us", _("by us"))]
    )
    reason = text(_("Reason"))


class FailForm(ActForm):
    """It will never be kept."""

    act, title = Act.FAIL, _("It failed")
    button, done = _("Record that it failed"), _("Recorded: it failed.")
    hint = _("It will never be kept. What is only late stays open.")

    reason = text(_("Reason"))


class ReopenForm(ActForm):
    """The customer does not accept it."""

    act, title = Act.REOPEN, _("The customer does not accept it")
    button, done = _("Reopen it"), _("It is open again, on its original clock.")
    hint = _("The fulfilment is taken back and the first date stands.")

    by = text(_("Who says so"))
    reason = text(_("Reason"))
