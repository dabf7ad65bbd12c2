"""What came of a promise, in as few keys as there are outcomes."""

from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from interactions.plain_reasons import sentence_of
from promises.domain.acts import Act
from promises.domain.lifecycle import PromiseState
from promises.forms.acts.base import MOST_SEEN, not_ahead, past, since_made, text

_WORDS: dict[str, Any] = {
    "kept": _("Kept"),
    "late": _("Late"),
    "partial": _("Partly"),
    "measured": _("Measured"),
    "failed": _("Failed"),
}
_DONE: dict[str, Any] = {
    "kept": _("Recorded: it was fulfilled."),
    "late": _("Recorded: it was fulfilled, late."),
    "partial": _("Recorded: a part of it was fulfilled."),
    "measured": _("Recorded: its value was measured."),
    "failed": _("Recorded: it failed."),
}


class OutcomeForm(forms.Form):
    """One of the outcomes that are possible now. Shape: `seen` is how many events the reader saw:
    whoever saw the same and sends the same records one event."""

    pointers: ClassVar = {
        "/data/fraction": "percent",
        "/data/value": "value",
        "/data/evidence": "note",
        "/data/reason": "note",
        "/time": "occurred_at",
    }

    seen = forms.IntegerField(min_value=0, max_value=MOST_SEEN, widget=forms.HiddenInput)
    outcome = forms.ChoiceField(label=_("What came of it?"), widget=forms.RadioSelect)
    percent = forms.FloatField(label=_("Share so far, in percent"), required=False)
    value = forms.FloatField(label=_("Measured value"), required=False)
    occurred_at = past(_("When it happened"), help_text=_("Blank: now."))
    note = text(_("Evidence or reason"))

    def __init__(self, state: PromiseState, *, seen: int, now: datetime, data: Any = None) -> None:
        self.matured = state.matures_at is not None and state.matures_at < now
        self.state = state
        names = self._possible()
        super().__init__(data, auto_id="outcome-%s", initial={"seen": seen, "outcome": names[0]})
        self.fields["outcome"].choices = [(name, _WORDS[name]) for name in names]  # type: ignore[attr-defined] # a ChoiceField
        if "measured" not in names:
            del self.fields["value"]
        elif state.unit:
            self.fields["value"].label = f"{self.fields['value'].label} ({state.unit})"
        if "partial" not in names:
            del self.fields["percent"]

    def _possible(self) -> list[str]:
        """The outcomes, the likeliest first: past its date what is fulfilled now is late."""
        if self.state.kind == "quality":
            return ["measured", "failed"]
        return [*(("late", "kept") if self.matured else ("kept",)), "partial", "failed"]

    def clean_occurred_at(self) -> datetime | None:
        """What has not happened yet cannot be recorded, nor what happened before it was made."""
        return since_made(not_ahead(self.cleaned_data["occurred_at"]), self.state)

    def clean(self) -> None:
        """The number, or the moment, that belongs to the outcome."""
        outcome, at = self.cleaned_data.get("outcome"), self.cleaned_data.get("occurred_at")
        if outcome == "partial" and "percent" not in self.errors:
            percent = self.cleaned_data.get("percent")
            if percent is None:
                self.add_error("percent", _("Say how much of it."))
            elif not 0 < percent < 100:
                self.add_error("percent", _("Above 0 and below 100."))
        if (
            outcome == "measured"
            and "value" not in self.errors
            and self.cleaned_data.get("value") is None
        ):
            self.add_error("value", _("Say what was measured."))
        if "occurred_at" not in self.errors:
            self._check_moment(outcome, at)

    def _check_moment(self, outcome: str | None, at: datetime | None) -> None:
        ends = self.state.matures_at
        if outcome == "kept" and self.matured:
            if at is None:
                self.add_error(
                    "occurred_at", _("Its date has passed. Say when it was fulfilled in time.")
                )
            elif ends is not None and at > ends:
                self.add_error("occurred_at", _("That is after its date: it was late."))
        elif outcome == "late" and at is not None and ends is not None and at <= ends:
            self.add_error("occurred_at", _("That is in time: it was kept."))

    @property
    def act(self) -> Act:
        """What it records."""
        return Act.FAIL if self.cleaned_data["outcome"] == "failed" else Act.FULFIL

    @property
    def done(self) -> str:
        """What is said afterwards."""
        return str(_DONE[self.cleaned_data["outcome"]])

    def event_data(self) -> dict[str, Any]:
        """The data of the event: what was left blank is left out."""
        outcome, note = self.cleaned_data["outcome"], self.cleaned_data["note"]
        data: dict[str, Any] = {}
        if outcome == "partial":
            data["fraction"] = self.cleaned_data["percent"] / 100
        elif outcome == "measured":
            data["value"] = self.cleaned_data["value"]
        if note:
            data["reason" if outcome == "failed" else "evidence"] = note
        return data

    def refuse(self, pointer: str, reason: str) -> None:
        """Put what the gate refused beside its field."""
        name = self.pointers.get(pointer)
        self.add_error(name if name in self.fields else None, sentence_of(reason))

    def see(self, events: int) -> None:
        """Whoever sends it again has seen so many events."""
        self.data = {**dict(self.data.items()), "seen": str(events)}
