"""Reading what a page or an API call asks for from its query string."""

from collections.abc import Mapping
from datetime import UTC, date, datetime

from django.utils.translation import gettext as _

from interactions.installation import installation_zone
from promises.domain.clock import day_of, end_of_date, parse_day, parse_local, parse_moment
from promises.models.kinds import Kind
from promises.scores import CUSTOM, WINDOWS, Question
from promises.selectors.pages import Asked

DEFAULT_WINDOW = "90d"
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)


def asked_from_query(params: Mapping[str, str], *, now: datetime) -> Asked:
    """Read the period, kind and as_of; what cannot be read is left out and named in `problems`."""
    problems: list[str] = []
    window = params.get("window", "") or DEFAULT_WINDOW
    if window not in WINDOWS:
        problems.append(_("The period “%(given)s” is unknown.") % {"given": window[:40]})
        window = DEFAULT_WINDOW
    kind = params.get("kind", "")
    if kind and kind not in Kind.values:
        problems.append(_("The kind “%(given)s” is unknown.") % {"given": kind[:40]})
        kind = ""
    as_of, as_of_problem = now, ""
    if given := params.get("as_of", "").strip():
        try:
            as_of = read_as_of(given, now=now)
        except ValueError as error:
            as_of_problem = str(error)
            problems.append(as_of_problem)
    since, until = _days(params, as_of, problems)
    if since is not None or until is not None:
        window = CUSTOM
    is_now = as_of is now
    return Asked(
        window,
        kind,
        as_of,
        is_now,
        tuple(problems),
        since=since,
        until=until,
        as_of_problem=as_of_problem,
    )


def _days(
    params: Mapping[str, str], as_of: datetime, problems: list[str]
) -> tuple[date | None, date | None]:
    """The days of a period of the reader's own; None where they are not given, or make no sense."""
    since, until = _day(params.get("from", ""), problems), _day(params.get("to", ""), problems)
    if since is not None and since > day_of(as_of, installation_zone()):
        problems.append(_("The first day lies in the future; it was left out."))
        since = None
    if since is not None and until is not None and until < since:
        problems.append(_("The last day lies before the first; it was left out."))
        until = None
    return since, until


def _day(given: str, problems: list[str]) -> date | None:
    given = given.strip()
    if not given:
        return None
    try:
        day = parse_day(given)
    except ValueError:
        day = None
    if day is None or day.year < EARLIEST.year:
        problems.append(_("“%(given)s” is no day such as 2026-03-02.") % {"given": given[:40]})
        return None
    return day


def read_as_of(given: str, *, now: datetime) -> datetime:
    """Read a moment of the past: RFC 3339 with an offset, a day, or a local time as a form sends
    it.

    Raises: ValueError with a sentence, also for the future (R4).
    """
    zone = installation_zone()
    try:
        if len(given) == 10:
            day = parse_day(given)
            today = day == now.astimezone(zone).date()
            as_of = now if today else end_of_date(day, zone)
        elif len(given) in (16, 19) and given[-1].isdigit():
            as_of = parse_local(given).replace(tzinfo=zone).astimezone(UTC)
        else:
            as_of = parse_moment(given)
    except (ValueError, OverflowError):
        message = _("“%(given)s” is no moment such as 2026-03-02T09:30:00Z of the past.")
        raise ValueError(message % {"given": given[:40]}) from None
    if as_of > now:
        raise ValueError(_("The moment lies in the future; only what has happened can be counted."))
    if as_of < EARLIEST:
        raise ValueError(_("The moment lies before 1990."))
    return as_of


def question_for(
    asked: Asked,
    *,
    team_ids: frozenset[int] | None,
    customer_ids: frozenset[int] | None = None,
) -> Question:
    """The question to the scores behind what was asked, filters included."""
    filters = asked.filters
    touchpoint = filters.touchpoint_id
    return Question(
        as_of=asked.as_of,
        is_now=asked.is_now,
        zone=installation_zone(),
        window=asked.window,
        kind=asked.kind,
        team_ids=team_ids,
        customer_ids=customer_ids,
        touchpoint_ids=None if touchpoint is None else frozenset({touchpoint}),
        explicit=filters.explicit,
        segment=filters.segment,
        since=asked.since,
        until=asked.until,
    )
