"""The honest date: how often such promises were kept with this much time, and the date that would
have been kept 9 times of 10."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from interactions.selectors import Viewer
from promises.domain.settling import NINE_OF_TEN, Curve
from promises.models.settling import Measure
from promises.projection import kind_parameters
from promises.selectors.settling import Scope, counted_at, curves, scopes_of
from promises.selectors.visibility import visible_teams

# On what an answer is based, from the most like to the least.
STANDARD, TEAM, COMPANY = "standard and team", "team and kind", "kind"
_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Advice:
    """What the past says about a promise that is about to be made.

    Shape: `based_on` is STANDARD, TEAM or COMPANY, '' where even the company has too few like it:
    then share, interval and nine_of_ten are None. `share` would have been kept with the time given
    (None without a date), low to high is its 95 % interval. nine_of_ten_at is None where the curve
    does not come down so far: then it takes more than nine_of_ten_over_seconds, the longest time
    known. `n` is the number of promises behind it, open ones among them.
    Units: seconds from the making to the date, pauses left out.
    """

    kind: str
    team_id: str
    team_name: str
    standard: str
    made_at: datetime
    due_at: datetime | None
    based_on: str
    n: int
    share: float | None = None
    low: float | None = None
    high: float | None = None
    nine_of_ten_seconds: float | None = None
    nine_of_ten_over_seconds: float | None = None
    counted_at: datetime | None = None

    @property
    def enough(self) -> bool:
        """Whether there were promises enough like it."""
        return bool(self.based_on)

    @property
    def given_seconds(self) -> float | None:
        """The time from the making to the date; None without a date."""
        return None if self.due_at is None else (self.due_at - self.made_at) / _SECOND

    @property
    def nine_of_ten_at(self) -> datetime | None:
        """The date that would have been kept 9 times of 10."""
        if self.nine_of_ten_seconds is None:
            return None
        return self.made_at + timedelta(seconds=self.nine_of_ten_seconds)

    @property
    def is_bold(self) -> bool:
        """Whether the date comes before the one that is kept 9 times of 10."""
        return self.share is not None and self.share < NINE_OF_TEN

    @property
    def basis(self) -> str:
        """On what it is based, in words."""
        facts = {"team": self.team_name, "standard": self.standard, "kind": kind_phrase(self.kind)}
        if self.based_on == STANDARD:
            return _("promises of the standard %(standard)s by %(team)s") % facts
        if self.based_on == TEAM:
            return _("%(kind)s promises by %(team)s") % facts
        return _("%(kind)s promises of the whole company") % facts

    @property
    def sentence(self) -> str:
        """All of it, as one sentence."""
        if not self.based_on:
            return _("There are too few like it yet to say how such promises are kept.")
        who = _("The whole company") if self.based_on == COMPANY else _("This team")
        kept, nine = self._kept(), self._nine()
        if not kept:
            return _("%(who)s %(nine)s.") % {"who": who, "nine": nine}
        return _("%(who)s %(kept)s; it %(nine)s.") % {"who": who, "kept": kept, "nine": nine}

    def _kept(self) -> str:
        if self.share is None or self.given_seconds is None:
            return ""
        return _("kept %(kept)s of 100 such promises with %(time)s") % {
            "kept": _hundredths(self.share, self.low or 0.0),
            "time": amount(self.given_seconds),
        }

    def _nine(self) -> str:
        if self.nine_of_ten_seconds is None or self.nine_of_ten_at is None:
            if not self.nine_of_ten_over_seconds:
                return _("does not keep 9 of 10 with any time that is known")
            return _("keeps fewer than 9 of 10 even with %(time)s, the longest time known") % {
                "time": amount(self.nine_of_ten_over_seconds)
            }
        return _("keeps 9 of 10 with %(time)s: %(date)s") % {
            "time": amount(self.nine_of_ten_seconds, up=True),
            "date": date_words(self.nine_of_ten_at, self.nine_of_ten_seconds),
        }


def advice_for(
    viewer: Viewer,
    *,
    kind: str,
    made_at: datetime,
    team: str = "",
    standard: str = "",
    due_at: datetime | None = None,
) -> Advice:
    """What the past says about a promise of a team, with a date or without.

    Shape: a team that is unknown or not the viewer's has no past: the company's answers. A few
    dozen rows are read, however many promises there are.
    Raises: ValueError where the date does not lie after the making.
    """
    if due_at is not None and due_at <= made_at:
        raise ValueError("the date must lie after the making")
    found = visible_teams(viewer).filter(reference=team).first() if team else None
    scopes = scopes_of(kind, None if found is None else found.pk, standard)
    known = curves(scopes, Measure.TIME)
    # Kept is what is settled by the date and the tolerance after it (R6).
    tau = kind_parameters()(kind, made_at).tolerance_seconds
    until = None if due_at is None else (due_at - made_at) / _SECOND + tau
    scope = next((one for one in scopes if one in known and _tells(known[one], until)), None)
    most = known.get(scopes[-1])
    advice = Advice(
        kind=kind,
        team_id=team,
        team_name=team if found is None else found.label,
        standard=standard,
        made_at=made_at,
        due_at=due_at,
        based_on="",
        n=0 if most is None else most.cases,
        counted_at=counted_at(),
    )
    if scope is None:
        return advice
    return _answered(advice, _based_on(scope), known[scope], until=until, tau=tau)


def _tells(curve: Curve, until: float | None) -> bool:
    """Whether a curve tells what is asked: of a time, or else of the date kept 9 times of 10."""
    return curve.longest is not None if until is None else curve.tells(until)


def _answered(
    advice: Advice, based_on: str, curve: Curve, *, until: float | None, tau: float
) -> Advice:
    reached = None if until is None else curve.reached(until)
    nine = curve.time_of(NINE_OF_TEN)
    if nine is not None and not curve.tells(nine):
        nine = None
    return replace(
        advice,
        based_on=based_on,
        n=curve.cases,
        share=None if reached is None else reached.share,
        low=None if reached is None else reached.low,
        high=None if reached is None else reached.high,
        nine_of_ten_seconds=None if nine is None else max(0.0, nine - tau),
        nine_of_ten_over_seconds=max(0.0, (curve.longest or 0.0) - tau) if nine is None else None,
    )


def _based_on(scope: Scope) -> str:
    if scope.standard:
        return STANDARD
    return TEAM if scope.team_id else COMPANY


def _hundredths(share: float, low: float) -> str:
    """So many of 100, rounded down: a part of a promise was not kept. Where that lies below the
    range of the share it is more than so many."""
    whole = min(100, int(share * 100 + 1e-9))
    if whole / 100 >= low - 1e-9:
        return str(whole)
    if not whole:
        return _("fewer than 1")
    return _("more than %(n)s") % {"n": whole}


def kind_phrase(kind: str) -> str:
    """A kind before the word promises."""
    return {"delivery": _("delivery"), "response": _("response"), "quality": _("quality")}[kind]


def amount(seconds: float, *, up: bool = False) -> str:
    """A length of time as people promise it: "4 days", "9 hours", "40 minutes".

    Shape: whole units; `up` rounds up, so that the date is kept at least so often.
    """
    if seconds >= 2 * _DAY:
        days = _whole(seconds / _DAY, up)
        return ngettext("%(n)s day", "%(n)s days", days) % {"n": days}
    if seconds >= 2 * _HOUR:
        hours = _whole(seconds / _HOUR, up)
        return ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours}
    minutes = max(1, _whole(seconds / _MINUTE, up))
    return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}


def _whole(value: float, up: bool) -> int:
    return int(value) + 1 if up and value > int(value) else round(value)


def date_words(moment: datetime, seconds: float) -> str:
    """A date as it is said: the day, and within two days the hour and its zone, too."""
    local = timezone.localtime(moment)
    if seconds >= 2 * _DAY:
        return formats.date_format(local, "D j F")
    zone = timezone.get_current_timezone_name()
    return f"{formats.date_format(local, 'D j F, H:i')} ({zone})"
