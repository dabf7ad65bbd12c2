"""The words of e-mails, as plain text."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from promises.selectors.digests import DigestLine, DigestPage, DigestPart
from promises.selectors.inbox import InboxLine

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
    """The three numbers, and the day."""
    return _("%(day)s: %(overdue)s overdue, %(today)s due today, %(broken)s broken") % {
        "day": formats.date_format(day, "j M Y"),
        "overdue": page.overdue.count,
        "today": page.due_today.count,
        "broken": page.broken.count,
    }


def digest_body(page: DigestPage, zone: ZoneInfo, *, weekly: bool) -> str:
    """The three lists."""
    broken = _("Broken in the last 7 days") if weekly else _("Broken yesterday")
    parts = (
        (_("Overdue"), page.overdue),
        (_("Due today"), page.due_today),
        (broken, page.broken),
    )
    return "\n\n".join(_part(title, part, zone) for title, part in parts)


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
    return (
        f"- {_moment(line.matures_at, zone)} | {_short(line.statement)} | {line.customer_name} | "
        f"{line.team_name}\n  {_link(line.promise_id)}"
    )


def _link(promise_id: int) -> str:
    return settings.SITE_URL + reverse("promise", args=[promise_id])


def _moment(moment: datetime, zone: ZoneInfo) -> str:
    return formats.date_format(timezone.localtime(moment, zone), "D j M Y, H:i T")


def _short(text: str, most: int = _SHORT) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1]}…"
