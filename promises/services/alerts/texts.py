"""The words of e-mails, as plain text."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from math import floor
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from promises.selectors.digests import DigestLine, DigestPage, DigestPart
from promises.selectors.inbox import InboxLine
from promises.selectors.remainders import OLD

_SHORT = 80


def alert_subject(lines: Sequence[InboxLine]) -> str:
    """What it is about, for the list of mails."""
    if len(lines) == 1:
        return f"{lines[0].sentence}: {_short(lines[0].statement)}"
    return ngettext("%(n)s promise needs a look", "%(n)s promises need a look", len(lines)) % {
        "n": len(lines)
    }


def alert_body(lines: Iterable[InboxLine], zone: ZoneInfo) -> str:
    """One paragraph for each message."""
    return "\n\n".join(
        "\n".join(
            (
                f"{line.sentence} ({_moment(line.moment, zone)})",
                _short(line.statement, 500),
                _("To %(customer)s, by %(team)s, due %(due)s")
                % {
                    "customer": line.customer_name,
                    "team": line.team_name,
                    "due": _moment(line.due, zone),
                },
                _link(line.promise_id),
            )
        )
        for line in lines
    )


def digest_subject(page: DigestPage, day: date) -> str:
    """The three numbers, and the day; a fourth where rests are owed."""
    words = _("%(day)s: %(overdue)s overdue, %(today)s due today, %(broken)s broken")
    if page.rests.count:
        words = ngettext(
            "%(day)s: %(overdue)s overdue, %(today)s due today, %(broken)s broken, "
            "%(rests)s rest owed",
            "%(day)s: %(overdue)s overdue, %(today)s due today, %(broken)s broken, "
            "%(rests)s rests owed",
            page.rests.count,
        )
    return words % {
        "day": formats.date_format(day, "j M Y"),
        "overdue": page.overdue.count,
        "today": page.due_today.count,
        "broken": page.broken.count,
        "rests": page.rests.count,
    }


def digest_body(page: DigestPage, zone: ZoneInfo, *, weekly: bool) -> str:
    """The three lists, and the rests that are owed, where any are."""
    broken = _("Broken in the last 7 days") if weekly else _("Broken yesterday")
    parts = (
        (_("Overdue"), page.overdue),
        (_("Due today"), page.due_today),
        (broken, page.broken),
    )
    told = [_part(title, part, zone) for title, part in parts]
    if page.rests.count:
        told.append(_part(_("Fulfilled in part, the rest is still owed"), page.rests, zone))
    if page.older_rests:
        told.append(_older(page.older_rests))
    return "\n\n".join(told)


def _older(rests: int) -> str:
    """Where those stand that were due long ago: they are not listed every day."""
    return ngettext(
        "%(n)s older rest, due more than %(days)s days ago, is not listed: %(list)s",
        "%(n)s older rests, due more than %(days)s days ago, are not listed: %(list)s",
        rests,
    ) % {
        "n": rests,
        "days": OLD.days,
        "list": f"{settings.SITE_URL}{reverse('promises')}?stands=rest_owed",
    }


def _part(title: str, part: DigestPart, zone: ZoneInfo) -> str:
    lines = [f"{title}: {part.count}", *(_line(line, zone) for line in part.lines)]
    more = part.count - len(part.lines)
    if more:
        lines.append(
            ngettext("... and %(n)s more: %(site)s", "... and %(n)s more: %(site)s", more)
            % {"n": more, "site": settings.SITE_URL + "/"}
        )
    return "\n".join(lines)


def _line(line: DigestLine, zone: ZoneInfo) -> str:
    parts = (_moment(line.due, zone), _short(line.statement), line.customer_name, line.team_name)
    so_far = () if line.fraction is None else (_so_far(line.fraction),)
    return f"- {' | '.join((*parts, *so_far))}\n  {_link(line.promise_id)}"


def _so_far(fraction: float) -> str:
    """How much there was, rounded down: what lacks anything is not 100 %."""
    # Freed of what the multiplication adds: 0.29 is 29 %.
    percent = floor(round(100 * fraction, 6))
    if not percent:
        return _("less than 1 % so far")
    return _("%(percent)s %% so far") % {"percent": percent}


def _link(promise_id: int) -> str:
    return settings.SITE_URL + reverse("promise", args=[promise_id])


def _moment(moment: datetime, zone: ZoneInfo) -> str:
    return formats.date_format(timezone.localtime(moment, zone), "D j M Y, H:i T")


def _short(text: str, most: int = _SHORT) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1]}…"
