"""The form of a standard: plain fields, what was refused beside each."""

import re
from typing import Any

import msgspec
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from promises.domain.business_time import Unit
from promises.domain.conditions import Condition, Operator, text_of
from promises.domain.standards import (
    MOST_NAME,
    MOST_STATEMENT,
    MOST_TEXT,
    Cycle,
    Terms,
    Turn,
)
from promises.models import Calendar
from promises.models.kinds import Kind
from promises.services.standards import TermsRefused, event_fields
from promises.services.standards.faults import faults_of

CONDITION_ROWS = 4
_NUMBERS = ("amount", "value", "scale", "tolerance_minutes")
_FIELD = re.compile(r"/([a-z_]+)(?:/(\d+)(?:/([a-z]+))?)?")

CYCLES = (
    (Cycle.REPLY.value, gettext_lazy("each wait of a customer, until we answer")),
    (Cycle.UPDATE.value, gettext_lazy("one update after the other, until the matter is answered")),
    (Cycle.EVENT.value, gettext_lazy("each event")),
    (Cycle.PERIOD.value, gettext_lazy("each month or week, by the clock")),
)
TURNS = (
    (Turn.EVERY.value, gettext_lazy("every one")),
    (Turn.FIRST.value, gettext_lazy("only the first of a conversation")),
    (Turn.NEXT.value, gettext_lazy("only those after an answer")),
)
UNITS = (
    ("", "–"),
    (Unit.MINUTES.value, gettext_lazy("minutes")),
    (Unit.BUSINESS_MINUTES.value, gettext_lazy("business minutes")),
    (Unit.DAYS.value, gettext_lazy("days")),
    (Unit.BUSINESS_DAYS.value, gettext_lazy("business days")),
)
OPERATORS = tuple(
    zip(
        [operator.value for operator in Operator],
        (
            gettext_lazy("is"),
            gettext_lazy("is not"),
            gettext_lazy("contains"),
            gettext_lazy("starts with"),
            gettext_lazy("is at least"),
            gettext_lazy("is at most"),
            gettext_lazy("is there"),
            gettext_lazy("is missing"),
        ),
        strict=True,
    )
)


def _text(label: Any, hint: Any = "", *, most: int = MOST_TEXT) -> forms.CharField:
    return forms.CharField(label=label, required=False, max_length=most, help_text=hint)


class _DateInput(forms.DateInput):
    input_type = "date"


class StandardForm(forms.Form):
    """A standard as an admin writes it; whether it makes sense is for the service to say."""

    name = _text(gettext_lazy("Name"), most=MOST_NAME)
    cycle = forms.ChoiceField(label=gettext_lazy("One promise for"), choices=CYCLES)
    event_type = forms.ChoiceField(label=gettext_lazy("When this happens"), required=False)
    turn = forms.ChoiceField(
        label=gettext_lazy("Which waits"), required=False, choices=TURNS, initial=Turn.EVERY.value
    )
    segment = _text(gettext_lazy("Customers of the segment"), gettext_lazy("Empty: all."))
    team = _text(gettext_lazy("Team of the event"), gettext_lazy("Its id. Empty: any."))
    touchpoint = _text(gettext_lazy("Touchpoint"), gettext_lazy("Its id. Empty: any."))
    tags = _text(
        gettext_lazy("With the tags"), gettext_lazy("Separated by commas; all must be there.")
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Kind.choices)
    statement = _text(
        gettext_lazy("What is promised"),
        gettext_lazy(
            "Fields of the event stand in braces: {customer}, {due}, {amount}, {subject}, "
            "{attributes.order}."
        ),
        most=MOST_STATEMENT,
    )
    amount = forms.FloatField(label=gettext_lazy("Within"), required=False)
    unit = forms.ChoiceField(label=gettext_lazy("Unit"), required=False, choices=UNITS)
    calendar = forms.ChoiceField(label=gettext_lazy("In the calendar"), required=False)
    same_time = forms.BooleanField(
        label=gettext_lazy("Business days end at the same time of day, not at close"),
        required=False,
    )
    date_field = _text(
        gettext_lazy("Or by the date in the field"),
        gettext_lazy("Such as attributes.delivery_date."),
    )
    value = forms.FloatField(label=gettext_lazy("Value"), required=False)
    comparator = forms.ChoiceField(
        label=gettext_lazy("Measured values are"),
        required=False,
        choices=(
            ("", "–"),
            (">=", gettext_lazy("at least this")),
            ("<=", gettext_lazy("at most this")),
        ),
    )
    measure = _text(gettext_lazy("Unit of the value"), gettext_lazy("Such as %."))
    scale = forms.FloatField(
        label=gettext_lazy("Scale"),
        required=False,
        help_text=gettext_lazy("The shortfall at which nothing is left of the promise."),
    )
    period = forms.ChoiceField(
        label=gettext_lazy("Period"),
        required=False,
        choices=(("", "–"), ("month", gettext_lazy("month")), ("week", gettext_lazy("week"))),
    )
    customer = _text(
        gettext_lazy("Customer of a period's promise"), gettext_lazy("An id. Empty: not stated.")
    )
    promise_team = _text(
        gettext_lazy("Team that promises"), gettext_lazy("Empty: the team of the event.")
    )
    reference = _text(
        gettext_lazy("Reference of the promise"),
        gettext_lazy("Such as {attributes.order}, so that others can tell its outcome."),
    )
    tolerance_minutes = forms.FloatField(
        label=gettext_lazy("Minutes of tolerance"),
        required=False,
        help_text=gettext_lazy("So long after the date it is still in time. Empty: as its kind."),
    )
    stake = forms.TypedChoiceField(
        label=gettext_lazy("Stake"),
        coerce=float,
        choices=(("0.5", "0.5"), ("1.0", "1"), ("2.0", "2"), ("4.0", "4")),
        initial="1.0",
    )
    explicit = forms.TypedChoiceField(
        label=gettext_lazy("It is"),
        coerce=lambda text: text == "1",
        choices=(
            ("1", gettext_lazy("explicit: we say it")),
            ("0", gettext_lazy("implicit: never said, but expected")),
        ),
        initial="1",
    )
    confidence = forms.FloatField(
        label=gettext_lazy("Confidence of an implicit one"),
        initial=0.5,
        help_text=gettext_lazy("0.01 to 1."),
    )
    valid_from = forms.DateField(
        label=gettext_lazy("For what happens from"),
        required=False,
        widget=_DateInput(format="%Y-%m-%d"),
        help_text=gettext_lazy("Empty: from the making of the standard on."),
    )
    valid_until = forms.DateField(
        label=gettext_lazy("Until"), required=False, widget=_DateInput(format="%Y-%m-%d")
    )
    reason = _text(gettext_lazy("Reason"), gettext_lazy("It stands beside the version."), most=1000)

    def __init__(self, *args: Any, is_on: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._is_on = is_on
        choices = {
            "event_type": [("", "–"), *((kind, kind) for kind in event_fields())],
            "calendar": [("", "–"), *Calendar.objects.order_by("name").values_list(
                "reference", "name")],
        }  # fmt: skip
        for name, listed in choices.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 (declared above)
            field.choices = listed
        for number in range(CONDITION_ROWS):
            self.fields[f"condition_{number}_field"] = _text(_("Field"))
            self.fields[f"condition_{number}_operator"] = forms.ChoiceField(
                label=_("Comparison"), required=False, choices=OPERATORS
            )
            self.fields[f"condition_{number}_value"] = _text(_("Value"))

    @property
    def conditions(self) -> list[tuple[forms.BoundField, forms.BoundField, forms.BoundField]]:
        """The rows of conditions."""
        return [
            (
                self[f"condition_{number}_field"],
                self[f"condition_{number}_operator"],
                self[f"condition_{number}_value"],
            )
            for number in range(CONDITION_ROWS)
        ]

    def terms(self) -> Terms | None:
        """What was written, None with errors where it cannot be read."""
        if self.is_valid():
            return self._terms(self.cleaned_data)
        if {"cycle", "turn"} & self.errors.keys():
            return None
        # What can be read is looked at as well, with nothing in place of the rest.
        terms = self._terms({name: self._nothing(name) for name in self.fields} | self.cleaned_data)
        known = set(self.errors)
        for refused in faults_of(terms):
            if self._field_of(refused) not in known:
                self.refuse(refused)
        return None

    def _nothing(self, name: str) -> Any:
        field = self.fields[name]
        usual = field.initial
        if isinstance(field, forms.TypedChoiceField):
            return field.coerce(usual) if usual is not None else ""
        is_text = isinstance(field, forms.CharField | forms.ChoiceField)
        return "" if usual is None and is_text else usual

    def _terms(self, told: dict[str, Any]) -> Terms:
        rows = [
            Condition(
                told[f"condition_{number}_field"].strip(),
                Operator(told[f"condition_{number}_operator"] or Operator.IS),
                told[f"condition_{number}_value"].strip(),
            )
            for number in range(CONDITION_ROWS)
        ]
        by_clock = told["cycle"] == Cycle.PERIOD.value
        plain = {name: told[name] for name in Terms.__dataclass_fields__ if name in told}
        return Terms(
            **plain
            | {
                "cycle": Cycle(told["cycle"]),
                # The choices of other cycles are there in the form, and say nothing.
                "event_type": "" if by_clock else told["event_type"],
                "period": told["period"] if by_clock else "",
                "turn": Turn(told["turn"] or Turn.EVERY)
                if told["cycle"] == Cycle.REPLY.value
                else Turn.EVERY,
                "tags": tuple(tag.strip() for tag in told["tags"].split(",") if tag.strip()),
                "conditions": tuple(row for row in rows if row.field or row.value),
                "is_on": self._is_on,
            }
        )

    def refuse_all(self, terms: Terms, first: TermsRefused) -> None:
        """Put all that is wrong with a standard beside its fields."""
        for refused in faults_of(terms, first):
            self.refuse(refused)

    def refuse(self, refused: TermsRefused) -> None:
        """Put what was refused beside its field."""
        self.add_error(self._field_of(refused), refused.reason)

    def _field_of(self, refused: TermsRefused) -> str | None:
        match = _FIELD.match(refused.pointer)
        name, number, part = match.groups() if match else ("", None, None)
        if name == "conditions" and number is not None:
            name = f"condition_{self._row(int(number))}_{part or 'field'}"
        name = {"id": "name"}.get(name, name)
        return name if name in self.fields else None

    def _row(self, number: int) -> int:
        """The row in which the condition with a number was written: empty ones do not count."""
        # As it was sent: what was refused already is clean no more.
        written = [
            row
            for row, (field, _operator, value) in enumerate(self.conditions)
            if (field.value() or "").strip() or (value.value() or "").strip()
        ]
        return written[number] if number < len(written) else 0


def initial_of(terms: Terms) -> dict[str, Any]:
    """Terms as the form's first values."""
    told: dict[str, Any] = msgspec.to_builtins(terms)
    told |= {
        "tags": ", ".join(terms.tags),
        "stake": str(float(terms.stake)),
        "explicit": "1" if terms.explicit else "0",
    }
    told |= {name: text_of(told[name]) for name in _NUMBERS}
    for number, condition in enumerate(terms.conditions[:CONDITION_ROWS]):
        told[f"condition_{number}_field"] = condition.field
        told[f"condition_{number}_operator"] = condition.operator.value
        told[f"condition_{number}_value"] = condition.value
    return told
