"""The form of a calendar: its week, its holidays and its other days, as rows."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from promises.domain.calendars import WEEKDAYS
from promises.domain.clock import parse_day
from promises.services.calendars import Draft, DraftDay, DraftRefused, HolidaysOf, country_names
from promises.services.calendars.drafts import MAX_NAME
from promises.services.calendars.faults import faults_of

WEEKDAY_NAMES = (
    gettext_lazy("Monday"),
    gettext_lazy("Tuesday"),
    gettext_lazy("Wednesday"),
    gettext_lazy("Thursday"),
    gettext_lazy("Friday"),
    gettext_lazy("Saturday"),
    gettext_lazy("Sunday"),
)
# So many days can be added in one go.
NEW_ROWS = 3
_MOST_TYPED = 200
_DAY_FIELD = re.compile(r"/days/(\d+)")


@dataclass(frozen=True, slots=True)
class DayRow:
    """One date in the form. Shape: key ends the names of its inputs; hours as they were typed."""

    key: str
    day: str
    name: str
    hours: str
    is_on: bool
    origin: str
    error: str = ""

    @property
    def label(self) -> str:
        """The date in words, with its weekday."""
        return date_format(date.fromisoformat(self.day), "D j M Y")


class CalendarForm(forms.Form):
    """A calendar as an admin writes it.

    Shape: `known` are the days that the page shows as rows; only their hours and whether they are
    on come back. Anything more is in the rows for new days.
    """

    name = forms.CharField(label=gettext_lazy("Name"), max_length=MAX_NAME)
    zone = forms.CharField(
        label=gettext_lazy("Time zone"),
        max_length=_MOST_TYPED,
        help_text=gettext_lazy("As the tz database names it, such as Europe/Berlin."),
    )
    country = forms.ChoiceField(label=gettext_lazy("Public holidays of"), required=False)
    subdivision = forms.CharField(
        label=gettext_lazy("Part of the country"),
        required=False,
        max_length=_MOST_TYPED,
        help_text=gettext_lazy("Its code, such as BY or MA. Empty: those of the whole country."),
    )
    first_year = forms.IntegerField(label=gettext_lazy("From the year"), required=False)
    last_year = forms.IntegerField(label=gettext_lazy("Until the year"), required=False)

    def __init__(self, *args: Any, known: tuple[DraftDay, ...] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        country = self.fields["country"]
        assert isinstance(country, forms.ChoiceField)  # noqa: S101 (declared above)
        listed = [(code, f"{name} ({code})") for code, name in country_names().items()]
        country.choices = [("", _("nobody's")), *listed]
        for weekday, label in zip(WEEKDAYS, WEEKDAY_NAMES, strict=True):
            self.fields[f"week_{weekday}"] = forms.CharField(
                label=label, required=False, max_length=_MOST_TYPED
            )
        self._known = {day.date: day for day in known}
        self._order: list[str] = []
        self._row_errors: dict[str, str] = {}

    @property
    def week(self) -> list[forms.BoundField]:
        """The fields of Monday to Sunday."""
        return [self[f"week_{weekday}"] for weekday in WEEKDAYS]

    @property
    def years(self) -> list[tuple[int, list[DayRow]]]:
        """The rows of the known days, by year."""
        found: dict[int, list[DayRow]] = {}
        for day in sorted(self._known):
            found.setdefault(day.year, []).append(self._row(self._known[day]))
        return list(found.items())

    @property
    def new_rows(self) -> list[DayRow]:
        """The rows for new days, with what was typed into them."""
        added = self.initial.get("added", ())
        rows = [
            DayRow(f"new-{n}", d.date.isoformat(), d.name, ", ".join(d.hours), True, "added")
            for n, d in enumerate(added[:NEW_ROWS])
        ]
        rows += [DayRow(f"new-{n}", "", "", "", True, "added") for n in range(len(rows), NEW_ROWS)]
        if self.is_bound:
            rows = [
                replace(
                    row,
                    day=self._typed(f"{row.key}-date"),
                    name=self._typed(f"{row.key}-name"),
                    hours=self._typed(f"{row.key}-hours"),
                )
                for row in rows
            ]
        return [replace(row, error=self._row_errors.get(row.key, "")) for row in rows]

    def draft(self) -> Draft | None:
        """What was written, None with errors where it cannot be read."""
        if not self.is_valid():
            return None
        cleaned = self.cleaned_data
        days = self._days()
        place = self._holidays(cleaned)
        draft = Draft(
            name=cleaned["name"],
            zone=cleaned["zone"].strip(),
            week={day: _split(cleaned[f"week_{day}"]) for day in WEEKDAYS},
            days=days,
            holidays=place,
        )
        if self.errors or self._row_errors:
            self.refuse_all(draft)
            return None
        return draft

    def refuse_all(self, draft: Draft, first: DraftRefused | None = None) -> None:
        """Put all that is wrong with a draft beside its fields."""
        for refused in faults_of(draft, first):
            self.refuse(refused)

    def refuse(self, refused: DraftRefused) -> None:
        """Put what was refused beside its field."""
        pointer = refused.pointer
        if match := _DAY_FIELD.match(pointer):
            self._row_errors[self._order[int(match[1])]] = refused.reason
            return
        parts = pointer.strip("/").split("/")
        names = {"id": "name", "reason": None, "week": None, "holidays": "country"}
        field: str | None = parts[0]
        if len(parts) > 1:
            field = f"week_{parts[1]}" if parts[0] == "week" else parts[1]
        elif field in names:
            field = names[field]
        self.add_error(field if field in self.fields else None, refused.reason)

    @property
    def is_faulty(self) -> bool:
        """Whether something has to be corrected."""
        return bool(self.errors or self._row_errors)

    def _holidays(self, cleaned: Mapping[str, Any]) -> HolidaysOf | None:
        if not cleaned["country"]:
            return None
        for name in ("first_year", "last_year"):
            if cleaned[name] is None:
                self.add_error(name, _("Say of which years."))
        if self.errors:
            return None
        return HolidaysOf(
            cleaned["country"],
            cleaned["first_year"],
            cleaned["last_year"],
            cleaned["subdivision"].strip().upper(),
        )

    def _days(self) -> tuple[DraftDay, ...]:
        days: list[DraftDay] = []
        for day in sorted(self._known):
            row = self._row(self._known[day])
            self._order.append(row.key)
            days.append(replace(self._known[day], hours=_split(row.hours), is_on=row.is_on))
        for row in self.new_rows:
            if not (row.day or row.name or row.hours):
                continue
            try:
                day = parse_day(row.day)
            except ValueError:
                self._row_errors[row.key] = _("Give the date, such as 2026-12-24.")
                continue
            self._order.append(row.key)
            days.append(DraftDay(day, row.name.strip(), _split(row.hours)))
        return tuple(days)

    def _row(self, day: DraftDay) -> DayRow:
        key, hours, is_on = day.date.isoformat(), ", ".join(day.hours), day.is_on
        if self.is_bound:
            hours, is_on = self._typed(f"{key}-hours"), bool(self._typed(f"{key}-on"))
        error = self._row_errors.get(key, "")
        return DayRow(key, key, day.name, hours, is_on, day.origin, error)

    def _typed(self, name: str) -> str:
        return str(self.data.get(name, ""))[:_MOST_TYPED]


def initial_of(draft: Draft, known: tuple[DraftDay, ...] = ()) -> dict[str, Any]:
    """A draft as the form's first values. Shape: days that are not known become new rows."""
    place = draft.holidays
    dates = {day.date for day in known}
    return {
        "name": draft.name,
        "zone": draft.zone,
        "country": place.country if place else "",
        "subdivision": place.subdivision if place else "",
        "first_year": place.first_year if place else None,
        "last_year": place.last_year if place else None,
        "added": [day for day in draft.days if day.date not in dates],
    } | {f"week_{day}": ", ".join(draft.week.get(day, ())) for day in WEEKDAYS}


def _split(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())
