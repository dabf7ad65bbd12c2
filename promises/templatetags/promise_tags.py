"""Links that keep what the reader asked for, and intervals drawn as small pictures."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, quote_plus

from django import template
from django.http import HttpRequest
from django.template import Context
from django.urls import get_script_prefix, reverse
from django.utils import formats
from django.utils.encoding import escape_uri_path
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from promises.scores import ScoreRow
from promises.selectors.narrowing import NO_SEGMENT
from promises.selectors.pages import Asked, Filters, NoteLine, TrendPoint

register = template.Library()

DEFAULT_WINDOW = "90d"
# The pages whose figures can be filtered by more than period, kind and moment.
FILTERED_PAGES = ("overview", "team", "promises", "customers")
# Of all filters these pages have the team alone.
TEAM_PAGES = ("analysis", "at-risk")
# The ends that a drawn scale may have: the smallest that holds every interval shown.
SCALE_TOPS = (10, 25, 50, 100)
BAR_WIDTH = 120
# A trend longer than this shows years on its axis instead of days.
YEAR_DAYS = 300


def asked_query(asked: Asked, **changes: str | int) -> str:
    """The query string that asks for the same again, with changes; "" where all is default.

    Shape: a change to "" leaves the part out.
    """
    parts: dict[str, str | int] = {**asked_parts(asked), **changes}
    if changes.get("window"):
        parts |= {"from": "", "to": ""}
    if parts["window"] == DEFAULT_WINDOW:
        parts["window"] = ""
    query = "&".join(_pair(name, str(value)) for name, value in parts.items() if value)
    return f"?{query}" if query else ""


@lru_cache(maxsize=4_096)
def _pair(name: str, value: str) -> str:
    return f"{quote_plus(name)}={quote_plus(value)}"


@lru_cache(maxsize=64)
def asked_parts(asked: Asked) -> Mapping[str, str]:
    """What was asked, as it stands in the address; '' where nothing was said.

    A page has hundreds of links, and all of them keep it.
    """
    filters = asked.filters
    return {
        "window": "" if asked.window == "custom" else asked.window,
        "from": asked.since.isoformat() if asked.since else "",
        "to": asked.until.isoformat() if asked.until else "",
        "kind": asked.kind,
        "team": filters.team,
        "touchpoint": filters.touchpoint,
        "segment": NO_SEGMENT if filters.segment == "" else filters.segment or "",
        "explicit": "" if filters.explicit is None else str(filters.explicit).lower(),
        "as_of": ""
        if asked.is_now
        else asked.as_of.astimezone(UTC).isoformat().replace("+00:00", "Z"),
    }


@register.simple_tag(takes_context=True)
def page_url(context: Context, name: str, *args: Any) -> str:
    """The address of another page, for the same period, kind and moment; filters go along where
    the page has them."""
    return address(name, *args) + page_query(context["page"].asked, name)


@lru_cache(maxsize=256)
def page_query(asked: Asked, name: str) -> str:
    """What another page is asked so that it tells of the same, as its address says it."""
    if name in TEAM_PAGES:
        asked = replace(asked, filters=Filters(team=asked.filters.team))
    elif name not in FILTERED_PAGES:
        asked = replace(asked, filters=Filters())
    elif name == "team" and asked.filters.team:
        asked = replace(asked, filters=replace(asked.filters, team=""))
    return asked_query(asked)


def address(name: str, *args: Any) -> str:
    """The address of a page without what was asked; the rows of a page ask for hundreds."""
    return _address(get_script_prefix(), name, args)


@lru_cache(maxsize=4_096)
def _address(_prefix: str, name: str, args: tuple[Any, ...]) -> str:
    return reverse(name, args=args)


@register.simple_tag(takes_context=True)
def asked_url(context: Context, **changes: str | int) -> str:
    """The address of this page with another period, kind, moment or length."""
    request: HttpRequest = context["request"]
    # A reference in the path may hold a "?" or a "#".
    return escape_uri_path(request.path) + asked_query(context["page"].asked, **changes)


@register.simple_tag(takes_context=True)
def asked_url_here(context: Context, **changes: str | int) -> str:
    """The same with what else the reader chose on this page, `kept` in the context: the filters of
    a customer's timeline."""
    return asked_url(context, **{**(context.get("kept") or {}), **changes})


@register.simple_tag(takes_context=True)
def list_url(context: Context, stands: str = "", **changes: str) -> str:
    """The address of the promises behind a figure of this page, with all of its filters.

    Shape: `list_of` in the context names whose page it is (team or customer, by id).
    """
    asked: Asked = context["page"].asked
    only = {**(context.get("list_of") or {}), **changes}
    return address("promises") + asked_query(asked, **only, stands=stands)


@register.simple_tag(takes_context=True)
def row_list_url(context: Context, stands: str, of: str, row_id: str) -> str:
    """The same for one row of a table: `of` is team, kind, touchpoint or customer."""
    return list_url(context, stands, **{of: row_id})


@register.simple_tag(takes_context=True)
def figures_url(context: Context, name: str) -> str:
    """The address of a figure's table as CSV, with all filters of this page."""
    only = context.get("list_of") or {}
    return address("figures", name) + asked_query(context["page"].asked, **only)


@register.filter
def trend_notes(trend: Sequence[TrendPoint], notes: Sequence[NoteLine]) -> list[dict[str, Any]]:
    """Notes as the chart reads them: the place of each among the points, and its number.

    Shape: `at` is the point of the days in which it falls, `mark` the nearest: what happened at the
    beginning of a week is drawn before what it did.
    """
    found = []
    for number, note in enumerate(notes, start=1):
        place = next((at for at, point in enumerate(trend) if point.day >= note.day), None)
        if place is not None:
            day = formats.date_format(note.day, "j M Y")
            days = [abs((point.day - note.day).days) for point in trend]
            mark = days.index(min(days))
            found.append(
                {"at": place, "mark": mark, "number": number, "text": note.text, "day": day}
            )
    return found


@register.filter
def notes_at(point: TrendPoint, trend: Sequence[TrendPoint]) -> tuple[date | None, date]:
    """The days of a point: after the point before it, up to its own."""
    place = list(trend).index(point)
    return (trend[place - 1].day if place else None, point.day)


@register.filter
def notes_of(days: tuple[date | None, date], notes: Sequence[NoteLine]) -> list[NoteLine]:
    """The notes on some days."""
    after, last = days
    return [note for note in notes if note.day <= last and (after is None or note.day > after)]


@register.simple_tag(takes_context=True)
def asked_path(context: Context) -> str:
    """The address of this page without what was asked."""
    request: HttpRequest = context["request"]
    return escape_uri_path(request.path)


@register.simple_tag(takes_context=True)
def asked_fields(context: Context) -> SafeString:
    """Hidden fields that keep period, kind and moment in a form about something else."""
    kept = parse_qsl(asked_query(context["page"].asked).removeprefix("?"))
    return format_html_join("", '<input type="hidden" name="{}" value="{}">', kept)


@register.filter
def unlocalized(value: float) -> str:
    """A number as a drawing wants it, whatever the reader's notation."""
    return str(value)


@register.filter
def words(text: str) -> list[str]:
    """The words of a text, to go through in a template."""
    return text.split()


@register.filter
def drawable(trend: Sequence[TrendPoint]) -> bool:
    """Whether a trend has enough points for a line."""
    return sum(point.kept_rate is not None for point in trend) > 1


@register.filter
def trend_points(trend: Sequence[TrendPoint]) -> list[dict[str, Any]]:
    """A trend as the chart reads it, rates as percentages."""

    def hundred(rate: float | None) -> float | None:
        return None if rate is None else round(rate * 100, 2)

    days = (trend[-1].day - trend[0].day).days if trend else 0
    return [
        {
            "day": formats.date_format(point.day, "j M Y"),
            "short": formats.date_format(point.day, "j M" if days < YEAR_DAYS else "M Y"),
            "n": point.n,
            "kept": hundred(point.kept_rate),
            "low": hundred(point.kept_low),
            "high": hundred(point.kept_high),
            "gap": None if point.gap_score is None else round(point.gap_score, 2),
        }
        for point in trend
    ]


@register.filter
def scale_top(rows: Sequence[ScoreRow]) -> int:
    """The end of the scale on which the gap scores of these rows are drawn."""
    highest = max((row.gap_high for row in rows if row.gap_high is not None), default=0.0)
    return next((top for top in SCALE_TOPS if highest <= top), SCALE_TOPS[-1])


@register.simple_tag
def interval_bar(
    low: float | None, value: float | None, high: float | None, top: float
) -> SafeString | str:
    """A small drawing of an interval on a scale from 0 to `top`; the numbers stand beside it.

    The drawing is placed by attributes, because the content security policy refuses styles.
    """
    if low is None or value is None or high is None:
        return ""

    def x(number: float) -> float:
        return round(BAR_WIDTH * min(max(number / top, 0.0), 1.0), 1)

    # Nothing but numbers stands in it, hence nothing has to be escaped.
    left, width = x(low), max(1.0, round(x(high) - x(low), 1))
    point = min(max(0.0, round(x(value) - 1.5, 1)), BAR_WIDTH - 3)
    return SafeString(
        f'<svg class="interval" viewBox="0 0 {BAR_WIDTH} 12" width="{BAR_WIDTH}" height="12" '
        f'aria-hidden="true" focusable="false">'
        f'<line class="interval-axis" x1="0" y1="6" x2="{BAR_WIDTH}" y2="6"/>'
        f'<rect class="interval-range" x="{left}" y="3" width="{width}" height="6" rx="2"/>'
        f'<rect class="interval-point" x="{point}" y="0" width="3" height="12" rx="1"/></svg>'
    )
