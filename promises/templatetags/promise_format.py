"""How numbers, durations and moments are written on the pages."""

from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from unicodedata import normalize

from django import template
from django.utils import formats, timezone
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from promises.templatetags.page_language import page_language

register = template.Library()

Number = int | float | Decimal

# What stands where there is nothing to say; a null is never printed as 0.
NOTHING = "–"
NBSP = "\N{NO-BREAK SPACE}"
MINUTE, HOUR, DAY = 60, 3_600, 86_400
# The largest first, as a duration is told.
UNITS = (
    (DAY, gettext_noop("%(n)s d")),
    (HOUR, gettext_noop("%(n)s h")),
    (MINUTE, gettext_noop("%(n)s min")),
    (1, gettext_noop("%(n)s s")),
)
# A twelfth of a year: above a year a time is told in these.
MONTH = 365.25 * DAY / 12
# From here on hours tell the reader nothing any more.
LONG_DAYS = 10
LONG_HOURS = 100

# The day as Django writes it, and how exact the time of day is; seconds are told with their zone.
MOMENT_FORMATS = {
    "": ("j M Y", "minutes"),
    "seconds": ("j M Y", "seconds"),
    "day": ("j M Y", ""),
    "weekday": ("l j F Y", ""),
    "clock": ("", "minutes"),
    "short": ("j M", "minutes"),
    "exact": ("l j F Y", "seconds"),
}


@register.filter
def number(value: Number | None, places: int = 0) -> str:
    """A number in the reader's notation, with `places` decimals."""
    if value is None:
        return NOTHING
    if not places and -1_000 < value < 1_000 and value == int(value):
        # Written alike everywhere, and most of the numbers of a page.
        return str(int(value))
    return _grouped(f"{value:.{places}f}", places, page_language())


@lru_cache(maxsize=8_192)
def _grouped(text: str, places: int, _language: str | None) -> str:
    """Figures in a language's notation: hundreds of them stand on a page, most of them often."""
    return formats.number_format(text, decimal_pos=places, force_grouping=True)


@register.filter
def plain(value: Number | None, most: int = 4) -> str:
    """A number with as many decimals as it needs, at most `most`."""
    if value is None:
        return NOTHING
    text = f"{value:.{most}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    places = len(text.partition(".")[2])
    return _grouped(text, places, page_language())


@register.filter
def score(value: float | None) -> str:
    """A score of 0 to 100 with one decimal."""
    return number(value, 1)


@register.filter
def term(value: float | None) -> str:
    """A term of a loss with four decimals."""
    return number(value, 4)


@register.filter
def symbol(text: str) -> SafeString:
    """A symbol of a formula: what follows its "_" is written below the line."""
    letter, _line, below = text.partition("_")
    return format_html("{}<sub>{}</sub>", letter, below) if below else escape(text)


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
    rest = int(abs(seconds))
    if years := in_years(rest):
        return years
    parts = []
    for unit, words in UNITS:
        n, rest = divmod(rest, unit)
        parts.append((n, words))
    first = next((place for place, (n, _words) in enumerate(parts) if n), len(parts) - 1)
    length = 1 if parts[0][0] >= LONG_DAYS else 2
    shown = [(n, words) for n, words in parts[first : first + length] if n] or [parts[first]]
    return " ".join((_(words) % {"n": number(n)}).replace(" ", NBSP) for n, words in shown)


def in_years(seconds: float) -> str:
    """A length of time of a year or more: "4 years 11 months", rounded down; "" where it is
    shorter.

    Units: seconds.
    """
    years, months = divmod(int(seconds / MONTH), 12)
    if not years:
        return ""
    parts = [ngettext("%(n)s year", "%(n)s years", years) % {"n": number(years)}]
    if months:
        parts.append(ngettext("%(n)s month", "%(n)s months", months) % {"n": number(months)})
    return " ".join(part.replace(" ", NBSP) for part in parts)


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
            '<time datetime="{}">{}</time>', value.isoformat(), _day(value, day, page_language())
        )
    return _time_element(value, form)


def _time_element(value: datetime, form: str, more: str = "") -> SafeString:
    local, language = timezone.localtime(value), page_language()
    # A page has a hundred of them: what holds no sign to be escaped is not escaped each time.
    return SafeString(
        f'<time{more} datetime="{_machine(value)}" title="{_written(local, "exact", language)}">'
        f"{_written(local, form, language)}</time>"
    )


@register.filter
def exactly(value: datetime) -> str:
    """A moment in words, to the second and with its zone."""
    return _written(timezone.localtime(value), "exact", page_language())


@register.filter
def focusable_moment(value: datetime | None, form: str = "") -> SafeString | str:
    """A moment that is short to read and a stop of the keyboard, where what it is exactly stands
    nowhere else; in tables the link of the row tells it."""
    return NOTHING if value is None else _time_element(value, form, ' tabindex="0"')


def _machine(value: datetime) -> str:
    """A moment of UTC, to the second, as programs read it."""
    return value.astimezone(UTC).isoformat(timespec="seconds").removesuffix("+00:00") + "Z"


def _written(local: datetime, form: str, language: str | None) -> str:
    day, exact = MOMENT_FORMATS[form]
    parts: list[str] = [_day(local.date(), day, language)] if day else []
    if exact:
        parts.append(local.time().isoformat(timespec=exact))
    written = ", ".join(parts)
    return f"{written} {_zone(local.tzname())}" if exact == "seconds" else written


@lru_cache(maxsize=256)
def _zone(name: str | None) -> SafeString:
    return escape(name or "")


@lru_cache(maxsize=4_096)
def _day(day: date, form: str, _language: str | None) -> SafeString:
    """A day in words: hundreds of moments of a page lie on a few days, and each costs a look into
    the translations for every part of it."""
    return escape(formats.date_format(day, form))


@register.filter
def shortened(text: str, most: int) -> str:
    """A text of at most so many characters; what is cut off its end is told by an ellipsis."""
    composed = normalize("NFC", text)
    # Nearly all texts fit: their letters need not be gone through.
    return composed if len(composed) <= most else Truncator(composed).chars(most)


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
