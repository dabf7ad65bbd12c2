"""Who is told: the audience of a rule, limited to those who may see the promise's team."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.contrib.auth.models import User

from interactions.installation import installation_zone
from interactions.models import Membership
from interactions.selectors import Viewer, all_viewers
from promises.domain.local_times import quiet_until
from promises.models import AlertRule, NotificationSettings
from promises.services.alerts.channels import email_is_on


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may be told something, and how."""

    user_id: int
    viewer: Viewer
    email: str
    wanted: NotificationSettings

    @property
    def zone(self) -> ZoneInfo:
        """The person's zone, else the installation's."""
        return zone_of(self.wanted)

    def sees(self, team_id: int) -> bool:
        """Whether a promise of the team may be told to this person."""
        return self.viewer.team_ids is None or team_id in self.viewer.team_ids

    def may_be_mailed(self) -> bool:
        """Whether alerts go out to this person by e-mail."""
        return bool(email_is_on() and self.email and self.wanted.alerts_by_email)

    def told_from(self, now: datetime) -> datetime:
        """The moment from which on the person is not disturbed by it: now, or after quiet hours."""
        start, end = self.wanted.quiet_from, self.wanted.quiet_until
        if start is None or end is None:
            return now
        return quiet_until(now, self.zone, start, end) or now


class People:
    """Everybody who may be told something, and who is in which team, read once."""

    def __init__(self) -> None:
        viewers = {viewer.user_id: viewer for viewer in all_viewers() if viewer.user_id is not None}
        wanted = NotificationSettings.objects.in_bulk(viewers)
        addresses = dict(User.objects.filter(pk__in=viewers).values_list("pk", "email"))
        self.by_id = {
            pk: Person(
                pk, viewer, addresses[pk], wanted.get(pk) or NotificationSettings(user_id=pk)
            )
            for pk, viewer in viewers.items()
        }
        self._members: dict[int, set[int]] = {}
        self._roles: dict[str, set[int]] = {}
        for user_id, team_id, role in Membership.objects.values_list("user_id", "team_id", "role"):
            self._roles.setdefault(role, set()).add(user_id)
            if team_id is not None:
                self._members.setdefault(team_id, set()).add(user_id)

    def told_by(self, rule: AlertRule, team_id: int) -> list[Person]:
        """Whom a rule tells of a promise of a team; those who may not see it are left out."""
        people = [self.by_id[pk] for pk in sorted(self._asked_for(rule, team_id) & set(self.by_id))]
        return [person for person in people if person.sees(team_id)]

    def _asked_for(self, rule: AlertRule, team_id: int) -> set[int]:
        if rule.audience == AlertRule.Audience.PERSON:
            return {rule.person_id} if rule.person_id is not None else set()
        if rule.audience == AlertRule.Audience.ROLE:
            return self._roles.get(rule.role, set())
        team = rule.team_id if rule.audience == AlertRule.Audience.TEAM else team_id
        return self._members.get(team, set()) if team is not None else set()


def zone_of(wanted: NotificationSettings) -> ZoneInfo:
    """A person's zone; the installation's where none is named, or one that exists no more."""
    with suppress(ZoneInfoNotFoundError, ValueError):
        if wanted.zone:
            return ZoneInfo(wanted.zone)
    return installation_zone()
