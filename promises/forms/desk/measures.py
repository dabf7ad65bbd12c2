"""What only a quality promise has: which value is promised, and how far off it is worth nothing."""

from math import isfinite
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from promises.domain.wording import Measure


class MeasureForm(forms.Form):
    """The fields of a measure."""

    target = forms.FloatField(label=_("Target"), required=False)
    comparator = forms.ChoiceField(
        label=_("Which way"),
        required=False,
        choices=[(">=", _("at least")), ("<=", _("at most"))],
    )
    unit = forms.CharField(label=_("Unit"), required=False, max_length=255)
    scale = forms.FloatField(
        label=_("Worth nothing if off by"),
        required=False,
        help_text=_(
            "Off by half of it, half is lost. Proposed: above 50 % what is left to 100, else a "
            "tenth of the target; at least 1."
        ),
    )

    @property
    def quality_fields(self) -> list[forms.BoundField]:
        """What only a quality promise has."""
        return [self[name] for name in ("target", "comparator", "unit", "scale")]

    def clean_measure(self) -> None:
        """A value, and a scale above 0."""
        if "target" not in self.errors and self.cleaned_data.get("target") is None:
            self.add_error("target", _("Say which value is promised."))
        if "scale" not in self.errors and self.cleaned_data.get("scale") is None:
            self._propose_scale()
        scale = self.cleaned_data.get("scale")
        if scale is not None and scale <= 0:
            self.add_error("scale", _("Above 0."))

    def _propose_scale(self) -> None:
        """Put a scale that suits the target into the form, to be checked and sent."""
        target = self.cleaned_data.get("target")
        if target is None or not isfinite(target):
            self.add_error("scale", _("Say how far off it is worth nothing."))
            return
        falls = self.cleaned_data.get("comparator") == "<="
        measure = Measure(target, "<=" if falls else ">=", self.cleaned_data.get("unit", ""))
        self.data = {**dict(self.data.items()), "scale": f"{measure.scale:g}"}
        self.add_error("scale", _("Proposed from the target. Check it, then log it."))

    def proposed_measure(self, measure: Measure) -> dict[str, str]:
        """A measure that was read from words, as the fields hold it. Shape: beside another target
        that stands there already its scale says nothing."""
        found = {
            "target": f"{measure.target:g}",
            "comparator": measure.comparator,
            "unit": measure.unit,
        }
        if self.data.get("target") in (None, "", found["target"]):
            found["scale"] = f"{measure.scale:g}"
        return found

    def measure_data(self) -> dict[str, Any]:
        """The measure as events carry it."""
        cleaned = self.cleaned_data
        quality = {name: cleaned[name] for name in ("target", "unit", "scale")}
        return quality | {"comparator": cleaned["comparator"] or ">="}
