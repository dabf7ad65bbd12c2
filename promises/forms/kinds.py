"""The form of a kind's parameters, in the units in which people think of them."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from promises.domain.loss import HOUR
from promises.selectors.restatements import Version
from promises.services.restating import Draft, ParametersRefused, checked

_FIELDS = {
    "/base_loss": "base_loss",
    "/half_life_seconds": "half_life_hours",
    "/tolerance_seconds": "tolerance_hours",
}


class _Number(forms.TextInput):
    input_type = "text"


class KindForm(forms.Form):
    """b, h and tau of a kind."""

    base_loss = forms.FloatField(
        label=_("Loss at the first moment after the tolerance (b)"),
        widget=_Number,
        help_text=_("From 0 to 1."),
    )
    half_life_hours = forms.FloatField(
        label=_("Half-life (h), in hours"),
        widget=_Number,
        help_text=_("In so much time half of what is left is lost."),
    )
    tolerance_hours = forms.FloatField(
        label=_("Tolerance (τ), in hours"),
        widget=_Number,
        help_text=_("So much later than promised still counts as kept."),
    )

    def draft(self) -> Draft | None:
        """What was written, None with errors where it is no version."""
        if not self.is_valid():
            return None
        cleaned = self.cleaned_data
        draft = Draft(
            base_loss=cleaned["base_loss"],
            half_life_seconds=cleaned["half_life_hours"] * HOUR,
            tolerance_seconds=cleaned["tolerance_hours"] * HOUR,
        )
        try:
            return checked(draft)
        except ParametersRefused as refused:
            self.add_error(_FIELDS[refused.pointer], refused.reason)
            return None


def initial_of(version: Version) -> dict[str, Any]:
    """A version as the form's first values."""
    return {
        "base_loss": _short(version.base_loss),
        "half_life_hours": _short(version.half_life_seconds / HOUR),
        "tolerance_hours": _short(version.tolerance_seconds / HOUR),
    }


def _short(value: float) -> str:
    return f"{value:.10g}"
