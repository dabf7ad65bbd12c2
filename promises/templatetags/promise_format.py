"""How numbers, durations and moments are written on the pages."""

from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache

from django import template
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

register = template.Library()

Number = int | float | Decimal

# What stands where there is nothing to say; a null is never printed as 0.
NOTHING = "–"
NBSP = "\N{NO-BREAK SPACE}"
MINUTE, HOUR, DAY = 60, 3_600, 86_400
# From here on hours tell the reader nothing any more.
LONG_DAYS = 10
LONG_HOURS = 100

# The day as Django writes it, and the time of day as Python does.
MOMENT_FORMATS = {
    "": ("j M Y", "%H:%M"),
    "seconds": ("j M Y", "%H:%M:%S %Z"),
    "day": ("j M Y", ""),
    "weekday": ("l j F Y", ""),
    "clock": ("", "%H:%M"),
    "short": ("j M", "%H:%M"),
    "exact": ("l j F Y", "%H:%M:%S %Z"),
}


@register.filter
def number(value: Number | None, places: int = 0) -> str:
    """A number in the reader's notation, with `places` decimals."""
    if value is None:
        return NOTHING
    if not places and -1_000 < value < 1_000 and value == int(value):
        # Written alike everywhere, and most of the numbers of a page.
        return str(int(value))
    return formats.number_format(f"{value:.{places}f}", decimal_pos=places, force_grouping=True)


@register.filter
def plain(value: Number | None, most: int = 4) -> str:
    """A number with as many decimals as it needs, at most `most`."""
    if value is None:
        return NOTHING
    text = f"{value:.{most}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    places = len(text.partition(".")[2])
    return formats.number_format(text, decimal_pos=places, force_grouping=True)


@register.filter
def score(value: float | None) -> str:
    """A score of 0 to 100 with one decimal."""
    return number(value, 1)


@register.filter
def term(value: float | None) -> str:
    """A term of a loss with four decimals."""
    return number(value, 4)


@register.filter
def percent(rate: float | None, places: int = 1) -> str:
    """A rate of 0 to 1 as a percentage."""
    return NOTHING if rate is None else f"{number(rate * 100, places)}{NBSP}%"


@register.filter
def duration(seconds: float | None) -> str:
    """A length of time in its two largest units, rounded down; its sign is left out.

    Units: seconds.
    """
    if seconds is None:
        return NOTHING
    whole = int(abs(seconds))
    days, rest = divmod(whole, DAY)
    hours, rest = divmod(rest, HOUR)
    minutes, left = divmod(rest, MINUTE)
    parts = [
        (days, _("%(n)s d")),
        (hours, _("%(n)s h")),
        (minutes, _("%(n)s min")),
        (left, _("%(n)s s")),
    ]
    first = next((place for place, (n, _word) in enumerate(parts) if n), len(parts) - 1)
    length = 1 if days >= LONG_DAYS else 2
    shown = [(n, word) for n, word in parts[first : first + length] if n] or [parts[first]]
    return " ".join((word % {"n": number(n)}).replace(" ", NBSP) for n, word in shown)


@register.filter
def lateness(seconds: float | None) -> str:
    """A signed lateness in words: "2 d 3 h late", "5 h early", "on time".

    Units: seconds; negative is early.
    """
    if seconds is None:
        return NOTHING
    if abs(seconds) < 1:
        return _("on time")
    words = _("%(duration)s late") if seconds > 0 else _("%(duration)s early")
    return words % {"duration": duration(seconds)}


@register.filter
def lateness_hours(hours: float | None) -> str:
    """A signed lateness in words.

    Units: hours.
    """
    return lateness(None if hours is None else hours * HOUR)


@register.filter
def more_than(hours: float | None) -> str:
    """What is said where lateness has no quantile: nothing shorter than this has been seen.

    Units: hours. Source: R13.
    """
    if hours is None:
        return NOTHING
    return _("more than %(duration)s") % {"duration": duration(hours * HOUR)}


@register.filter
def hours_of(seconds: float) -> str:
    """Seconds as hours: "51 h", with the decimals that a loss of four digits needs."""
    hours = seconds / HOUR
    return f"{plain(hours, 4 if abs(hours) < LONG_HOURS else 2)}{NBSP}{_('h')}"


@register.filter
def moment(value: datetime | date | None, form: str = "") -> SafeString | str:
    """A moment as a <time> element: short to read, exact with its zone in the title."""
    if value is None:
        return NOTHING
    if not isinstance(value, datetime):
        day, _time = MOMENT_FORMATS[form or "day"]
        return format_html(
            '<time datetime="{}">{}</time>', value.isoformat(), _day(value, day, get_language())
        )
    local = timezone.localtime(value)
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        _written(local, "exact"),
        _written(local, form),
    )


def _written(local: datetime, form: str) -> str:
    day, time = MOMENT_FORMATS[form]
    parts = [_day(local.date(), day, get_language())] if day else []
    return ", ".join([*parts, local.strftime(time)] if time else parts)


@lru_cache(maxsize=4_096)
def _day(day: date, form: str, _language: str | None) -> str:
    """A day in words: hundreds of moments of a page lie on a few days, and each costs a look into
    the translations for every part of it."""
    return formats.date_format(day, form)


@register.filter
def input_moment(value: datetime) -> str:
    """A moment as a date-time input wants it, in the zone of the page."""
    return timezone.localtime(value).strftime("%Y-%m-%dT%H:%M:%S")


@register.simple_tag
def zone_name() -> str:
    """The zone in which the page prints its times."""
    return timezone.get_current_timezone_name()


@register.filter
def seconds_between(later: datetime | None, earlier: datetime | None) -> float | None:
    """The time from `earlier` to `later`.

    Units: seconds, signed.
    """
    if later is None or earlier is None:
        return None
    return (later - earlier).total_seconds()
