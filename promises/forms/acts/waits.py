"""Waits: the clock stands still, and runs again."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from promises.domain.acts import Act
from promises.forms.acts.base import ActForm, text


class PauseForm(ActForm):
    """The customer is waited for."""

    act, title = Act.PAUSE, _("Wait for the customer")
    button, done = _("Stop the clock"), _("The clock stands still.")
    hint = _("Only for waits that the customer caused or agreed to. They move its dates.")

    cause = forms.ChoiceField(
        label=_("Why it waits"),
        choices=[
            ("customer", _("the customer causes it")),
            ("agreed", _("the customer agreed to it")),
        ],
    )
    reason = text(_("Reason"), required=True)


class ResumeForm(ActForm):
    """The wait is over."""

    act, title = Act.RESUME, _("The wait is over")
    button, done = _("Let the clock run"), _("The clock runs again.")

    pause = forms.ChoiceField(label=_("Which wait"), required=False)

    def adapt(self) -> None:
        """Ask only where several waits run."""
        keys = self.state.running_pauses
        self.fields["pause"].choices = [(key, key or _("the one without a name")) for key in keys]  # type: ignore[attr-defined] # a ChoiceField
        if len(keys) < 2:
            del self.fields["pause"]

    def event_data(self) -> dict[str, Any]:
        """The wait that ends: the only one, unless one was chosen."""
        keys = self.state.running_pauses
        pause = self.cleaned_data.get("pause", keys[0] if keys else "")
        return {"pause": pause} if pause else {}
