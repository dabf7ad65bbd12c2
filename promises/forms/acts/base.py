"""What the forms have in common, and the fields that several of them have."""

from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils import formats, timezone
from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext_lazy as _

from interactions.plain_reasons import sentence_of
from promises.domain.acts import Act
from promises.domain.lifecycle import PromiseState
from promises.models import Promise

# A number of events that no promise has; a larger one is no number of ours.
MOST_SEEN = 10**9
_MOST_TEXT = 1_000


class MomentInput(forms.DateTimeInput):
    input_type = "datetime-local"


def text(label: Any, *, required: bool = False, **more: Any) -> forms.CharField:
    """One line of text."""
    return forms.CharField(label=label, required=required, max_length=_MOST_TEXT, **more)


def past(label: Any, **more: Any) -> forms.DateTimeField:
    """A moment that may be left blank."""
    return forms.DateTimeField(label=label, required=False, widget=MomentInput, **more)


class ActForm(forms.Form):
    """One thing that can be done. Shape: `seen` is how many events the reader saw."""

    act: ClassVar[Act]
    title: ClassVar[LazyText]
    button: ClassVar[LazyText]
    done: ClassVar[Any]
    hint: ClassVar[LazyText | str] = ""
    # Where the gate points, and the field that it speaks of.
    fields_of: ClassVar[dict[str, str]] = {}

    seen = forms.IntegerField(min_value=0, max_value=MOST_SEEN, widget=forms.HiddenInput)
    occurred_at = past(_("When it happened"), help_text=_("Blank: now."))

    def __init__(self, promise: Promise, state: PromiseState, data: Any = None) -> None:
        super().__init__(
            data,
            auto_id=f"{self.act}-%s",
            initial={"seen": promise.events_count, **self.usual(state)},
        )
        self.state = state
        # What happened comes last: mostly it is now.
        if "occurred_at" in self.fields:
            self.order_fields([name for name in self.fields if name != "occurred_at"])
        self.adapt()

    def usual(self, state: PromiseState) -> dict[str, Any]:
        """The values that the form begins with."""
        return {}

    def adapt(self) -> None:
        """Leave out what makes no sense for this promise."""

    def event_data(self) -> dict[str, Any]:
        """The data of the event, from the cleaned fields: what was left blank is left out."""
        names = [name for name in self.fields if name not in ("seen", "occurred_at")]
        return {name: value for name in names if (value := self.cleaned_data.get(name))}

    @property
    def first_fault(self) -> str:
        """The first field that something is wrong with, "" where none is: the page goes there."""
        return next((field.name for field in self.visible_fields() if field.errors), "")

    def see(self, events: int) -> None:
        """Whoever sends it again has seen so many events."""
        self.data = {**dict(self.data.items()), "seen": str(events)}

    def refuse(self, pointer: str, reason: str) -> None:
        """Put what the gate refused beside its field."""
        name = self.fields_of.get(pointer) or pointer.rpartition("/")[2]
        name = "occurred_at" if pointer == "/time" else name
        self.add_error(name if name in self.fields else None, sentence_of(reason))

    def clean_occurred_at(self) -> datetime | None:
        """What has not happened yet cannot be recorded, nor what happened before it was made."""
        return since_made(not_ahead(self.cleaned_data["occurred_at"]), self.state)


def since_made(moment: datetime | None, state: PromiseState) -> datetime | None:
    """A moment from the making of a promise on, to the minute, as forms have it.

    Raises: ValidationError.
    """
    made = state.made_at.replace(second=0, microsecond=0)
    if moment is not None and moment < made:
        on = formats.date_format(timezone.localtime(made), "j M Y, H:i")
        raise ValidationError(_("This is before it was made on %(on)s."), params={"on": on})
    return moment


def not_ahead(moment: datetime | None) -> datetime | None:
    """A moment that has come.

    Raises: ValidationError.
    """
    if moment is not None and moment > timezone.now():
        raise ValidationError(_("This moment has not come yet."))
    return moment
