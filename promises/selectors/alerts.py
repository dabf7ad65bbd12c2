"""What the pages of alert rules and deliveries show."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from promises.models import AlertRule, Channel, Crossing, Delivery
from promises.models.kinds import Kind
from promises.selectors.inbox import sentence

# So many deliveries are read; those that fared alike are one line.
READ = 1_000
RECENT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One rule in words."""

    id: int
    name: str
    enabled: bool
    when: tuple[str, ...]
    which: tuple[str, ...]
    whom: str
    through: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DeliveryLine:
    """Deliveries that have not arrived: those of one person that fared alike."""

    ids: tuple[int, ...]
    what: str
    channel: str
    to: str
    address: str
    failed: bool
    attempts: int
    next_try_at: datetime
    reason: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class DeliveriesPage:
    """Deliveries that failed or are tried again, the latest first, and how the others went."""

    lines: tuple[DeliveryLine, ...]
    failed: int
    trying: int
    waiting: int
    sent: int
    dropped: int


def rule_lines() -> tuple[RuleLine, ...]:
    """All rules, by name."""
    rows = AlertRule.objects.select_related("team", "person").prefetch_related("teams")
    return tuple(_rule_line(row) for row in rows.order_by("name", "pk"))


def deliveries_read(*, now: datetime) -> DeliveriesPage:
    """The page of deliveries; what was sent or dropped is counted over the last day."""
    troubled = Delivery.objects.filter(state=Delivery.State.FAILED) | Delivery.objects.filter(
        state=Delivery.State.WAITING, attempts__gt=0
    )
    rows = troubled.select_related("user", "message__crossing", "digest", "crossing")
    waiting = Delivery.objects.filter(state=Delivery.State.WAITING)
    recent = dict(
        Delivery.objects.filter(done_at__gte=now - RECENT)
        .values_list("state")
        .annotate(Count("pk"))
    )
    return DeliveriesPage(
        lines=_delivery_lines(rows.order_by("-pk")[:READ]),
        failed=Delivery.objects.filter(state=Delivery.State.FAILED).count(),
        trying=waiting.filter(attempts__gt=0).count(),
        waiting=waiting.filter(attempts=0).count(),
        sent=recent.get(Delivery.State.SENT.value, 0),
        dropped=recent.get(Delivery.State.DROPPED.value, 0),
    )


def _rule_line(row: AlertRule) -> RuleLine:
    kinds = [str(Kind(kind).label) for kind in row.kinds]
    teams = sorted(team.label for team in row.teams.all())
    which = [*kinds, *teams]
    if row.least_stake > 0:
        which.append(_("stake %(n)s or more") % {"n": f"{row.least_stake:g}"})
    return RuleLine(
        id=row.pk,
        name=row.name,
        enabled=row.enabled,
        when=tuple(_threshold(row, threshold) for threshold in row.thresholds),
        which=tuple(which),
        whom=_whom(row),
        through=tuple(str(Channel(channel).label) for channel in row.channels),
    )


def _threshold(row: AlertRule, threshold: str) -> str:
    if threshold != Crossing.Threshold.OVER:
        return str(Crossing.Threshold(threshold).label)
    return ngettext("the first full day over", "each of %(n)s full days over", row.days_over) % {
        "n": row.days_over
    }


def _whom(row: AlertRule) -> str:
    if row.audience == AlertRule.Audience.TEAM and row.team is not None:
        return _("members of %(team)s") % {"team": row.team.label}
    if row.audience == AlertRule.Audience.ROLE:
        return _("everybody with the role %(role)s") % {"role": row.get_role_display()}
    if row.audience == AlertRule.Audience.PERSON and row.person is not None:
        return str(row.person.get_username())
    return str(AlertRule.Audience.PROMISE_TEAM.label)


def _delivery_lines(rows: Iterable[Delivery]) -> tuple[DeliveryLine, ...]:
    alike: dict[tuple[object, ...], list[Delivery]] = {}
    for row in rows:
        fared = (row.user_id, row.channel, row.digest_id, row.state, row.attempts, row.reason)
        alike.setdefault((*fared, row.next_try_at if row.state == "waiting" else None), []).append(
            row
        )
    return tuple(_delivery_line(group) for group in alike.values())


def _delivery_line(group: Sequence[Delivery]) -> DeliveryLine:
    row = group[0]
    if len(group) > 1:
        what = _("%(n)s messages") % {"n": len(group)}
    elif row.digest is not None:
        what = _("Digest of %(day)s") % {"day": formats.date_format(row.digest.day, "j M Y")}
    else:
        crossing = row.crossing or (row.message and row.message.crossing)
        what = sentence(crossing.threshold, crossing.day) if crossing else _("no longer kept")
    return DeliveryLine(
        ids=tuple(each.pk for each in group),
        what=what,
        channel=str(Channel(row.channel).label),
        to=row.user.get_username() if row.user else _("all webhooks"),
        address=row.user.email if row.user else "",
        failed=row.state == Delivery.State.FAILED,
        attempts=row.attempts,
        next_try_at=row.next_try_at,
        reason=row.reason,
        created_at=row.created_at,
    )
