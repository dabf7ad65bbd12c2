"""From crossings to messages: one for each crossing and person, whatever number of rules match."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from promises.models import AlertRule, Channel, Crossing, Delivery, Message, Promise
from promises.services.alerts.people import People, Person


class Told(NamedTuple):
    """A crossing that was stored just now."""

    id: int
    promise_id: int
    threshold: str
    day: int
    due: datetime
    moment: datetime


class _About(NamedTuple):
    team_id: int
    kind: str
    stake: float


@dataclass(slots=True)
class _Rule:
    """A rule with its teams read."""

    row: AlertRule
    teams: frozenset[int] = field(default_factory=frozenset)

    def matches(self, crossing: Told, about: _About) -> bool:
        rule = self.row
        over = crossing.threshold == Crossing.Threshold.OVER.value
        return (
            crossing.threshold in rule.thresholds
            and (not over or crossing.day <= rule.days_over)
            and (not rule.kinds or about.kind in rule.kinds)
            and (not self.teams or about.team_id in self.teams)
            and about.stake >= rule.least_stake
        )


def tell(crossings: Sequence[Told], *, now: datetime) -> int:
    """Write what people are to be told, in the caller's transaction; answer how many messages.

    Shape: the inbox shows a message at once; an e-mail waits for the end of quiet hours.
    """
    rules = _rules()
    if not rules or not crossings:
        return 0
    people, about = People(), _about({crossing.promise_id for crossing in crossings})
    wanted: dict[tuple[int, int], set[str]] = defaultdict(set)
    published: set[int] = set()
    for crossing, rule in _matches(crossings, rules, about):
        if Channel.WEBHOOK.value in rule.channels:
            published.add(crossing.id)
        channels = set(rule.channels) - {Channel.WEBHOOK.value}
        for person in people.told_by(rule, about[crossing.promise_id].team_id) if channels else ():
            wanted[person.user_id, crossing.id] |= channels
    messages = _store_messages(wanted, people, now)
    _store_webhooks(published, now)
    return messages


def _rules() -> list[_Rule]:
    rows = AlertRule.objects.filter(enabled=True).prefetch_related("teams").order_by("pk")
    return [_Rule(row, frozenset(team.pk for team in row.teams.all())) for row in rows]


def _about(promise_ids: set[int]) -> dict[int, _About]:
    rows = Promise.objects.filter(pk__in=promise_ids)
    return {row[0]: _About(*row[1:]) for row in rows.values_list("pk", "team_id", "kind", "stake")}


def _matches(
    crossings: Sequence[Told], rules: Sequence[_Rule], about: dict[int, _About]
) -> Iterator[tuple[Told, AlertRule]]:
    for crossing in crossings:
        found = about.get(crossing.promise_id)
        for rule in rules if found is not None else ():
            if found is not None and rule.matches(crossing, found):
                yield crossing, rule.row


def _store_messages(wanted: dict[tuple[int, int], set[str]], people: People, now: datetime) -> int:
    """Messages, and an e-mail for those who want and can have one; the others find it in their
    inbox, so that nobody misses what a rule says."""
    mailed: list[bool] = []
    messages: list[Message] = []
    for (user_id, crossing_id), channels in wanted.items():
        by_mail = Channel.EMAIL.value in channels and people.by_id[user_id].may_be_mailed()
        mailed.append(by_mail)
        messages.append(
            Message(
                user_id=user_id,
                crossing_id=crossing_id,
                in_inbox=Channel.INBOX.value in channels or not by_mail,
                created_at=now,
            )
        )
    stored = Message.objects.bulk_create(messages, batch_size=1_000)
    Delivery.objects.bulk_create(
        [
            _by_mail(message, people.by_id[message.user_id], now)
            for message, by_mail in zip(stored, mailed, strict=True)
            if by_mail
        ],
        batch_size=1_000,
    )
    return len(stored)


def _by_mail(message: Message, person: Person, now: datetime) -> Delivery:
    return Delivery(
        channel=Channel.EMAIL,
        user_id=message.user_id,
        message=message,
        next_try_at=person.told_from(now),
        created_at=now,
    )


def _store_webhooks(crossing_ids: set[int], now: datetime) -> None:
    Delivery.objects.bulk_create(
        [
            Delivery(channel=Channel.WEBHOOK, crossing_id=pk, next_try_at=now, created_at=now)
            for pk in sorted(crossing_ids)
        ],
        batch_size=1_000,
    )
