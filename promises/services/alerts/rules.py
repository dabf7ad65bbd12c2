"""Alert rules as programs write them: whole, by the ids that the API knows."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from interactions.changes import By
from interactions.models import Membership, Team
from promises.models import AlertRule, Channel, Crossing
from promises.models.alert import MOST_DAYS_OVER
from promises.models.kinds import Kind
from promises.services.alerts.channels import offered
from promises.services.alerts.rule_changes import record_rule, rule_facts

MOST_NAME = 200


class RuleRefused(ValueError):
    """A rule that makes no sense. Shape: `pointer` is a JSON pointer to the field."""

    def __init__(self, pointer: str, reason: str) -> None:
        super().__init__(f"{pointer}: {reason}")
        self.pointer, self.reason = pointer, reason


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleDraft:
    """What a rule is to say. Shape: team and teams are references, person a user name."""

    name: str
    thresholds: Sequence[str]
    channels: Sequence[str]
    audience: str
    enabled: bool = True
    days_over: int = 1
    kinds: Sequence[str] = field(default=())
    teams: Sequence[str] = field(default=())
    least_stake: float = 0
    team: str = ""
    role: str = ""
    person: str = ""


def save_rule(row: AlertRule, draft: RuleDraft, *, by: By) -> AlertRule:
    """Let a rule, new or old, say what a draft says; it tells of what happens from then on.

    Raises: RuleRefused.
    """
    _check(draft)
    before = rule_facts(row)
    # A rule keeps a channel that is off at the moment.
    known = {name for name, _label in offered()} | set(row.channels)
    _known("/channels", draft.channels, known)
    named = teams_named(row)
    teams = [_team(f"/teams/{n}", reference, named) for n, reference in enumerate(draft.teams)]
    team = _team("/team", draft.team, named) if draft.team else None
    row.name, row.enabled = draft.name.strip(), draft.enabled
    row.thresholds = _ordered(draft.thresholds, Crossing.Threshold.values)
    row.channels = _ordered(draft.channels, Channel.values)
    row.kinds = _ordered(draft.kinds, Kind.values)
    row.days_over, row.least_stake = draft.days_over, draft.least_stake
    row.audience, row.role = draft.audience, draft.role
    row.team = team
    row.person = _person(draft.person) if draft.person else None
    with transaction.atomic():
        row.save()
        row.teams.set(teams)
        record_rule(row, before, by=by)
    return row


def teams_named(row: AlertRule) -> set[int]:
    """The teams that a rule names already: it keeps them, also when they are archived."""
    if row._state.adding:
        return set()
    return {*row.teams.values_list("pk", flat=True), *filter(None, [row.team_id])}


def _check(draft: RuleDraft) -> None:
    if not draft.name.strip():
        raise RuleRefused("/name", _("It must not be empty."))
    if len(draft.name.strip()) > MOST_NAME or "\0" in draft.name:
        raise RuleRefused("/name", _("At most 200 characters."))
    _known("/thresholds", draft.thresholds, Crossing.Threshold.values, some=True)
    _known("/channels", draft.channels, Channel.values, some=True)
    _known("/kinds", draft.kinds, Kind.values)
    _known("/audience", (draft.audience,), AlertRule.Audience.values)
    if not 1 <= draft.days_over <= MOST_DAYS_OVER:
        raise RuleRefused("/days_over", _("From 1 to %(most)s.") % {"most": MOST_DAYS_OVER})
    if draft.role:
        _known("/role", (draft.role,), Membership.Role.values)
    for name in ("team", "role", "person"):
        named, wanted = bool(getattr(draft, name)), draft.audience == name
        if wanted and not named:
            raise RuleRefused(f"/{name}", _("This audience needs it."))
        if named and not wanted:
            raise RuleRefused(f"/{name}", _("Another audience is chosen."))


def _known(pointer: str, given: Sequence[str], known: Iterable[str], *, some: bool = False) -> None:
    """Raises: RuleRefused where a word is not known, or where there is none."""
    words = sorted(map(str, known))
    if some and not given:
        raise RuleRefused(pointer, _("Name at least one of: %(words)s.") % _listed(words))
    if any(word not in words for word in given):
        raise RuleRefused(pointer, _("It must be one of: %(words)s.") % _listed(words))


def _listed(words: Sequence[str]) -> dict[str, str]:
    return {"words": ", ".join(words)}


def _ordered(given: Sequence[str], known: Sequence[str]) -> list[str]:
    """The words that were given, each once, in the order in which they are known."""
    return [word for word in known if word in given]


def _team(pointer: str, reference: str, named: Collection[int]) -> Team:
    """A team that may be chosen.

    Raises: RuleRefused.
    """
    found = None if "\0" in reference else Team.objects.filter(reference=reference).first()
    if found is None:
        raise RuleRefused(pointer, _("There is no such team."))
    if found.archived_at is not None and found.pk not in named:
        raise RuleRefused(pointer, _("This team is archived. Bring it back first."))
    return found


def _person(name: str) -> User:
    people = User.objects.filter(is_active=True, memberships__isnull=False)
    found = None if "\0" in name else people.filter(username=name).distinct().first()
    if found is None:
        raise RuleRefused("/person", _("There is nobody of this name who could be told."))
    return found
