"""Words, signs and drawings' data of the page on what changed and what came after."""

from collections.abc import Sequence
from typing import Any

from django import template
from django.urls import reverse
from django.utils import formats
from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from promises.domain.difference import Difference, Verdict
from promises.selectors.analysis import AnalysisPage, AnalysisRest
from promises.selectors.comparison import ComparedRow, Comparison, PeriodScore
from promises.selectors.consequences import Consequences, OutcomeRow
from promises.selectors.drivers import Drivers
from promises.templatetags.promise_format import NBSP, NOTHING, number, percent, score
from promises.templatetags.promise_tags import asked_query

register = template.Library()

# Points that two decimals show.
SEEN = 0.005

MINUS = "\N{MINUS SIGN}"
# More bars than this are too thin to be read; the table has them all.
MOST_BARS = 12

VERDICT_WORDS: dict[str, LazyText] = {
    Verdict.BETTER: gettext_lazy("better"),
    Verdict.WORSE: gettext_lazy("worse"),
    Verdict.NO_CLEAR_CHANGE: gettext_lazy("no clear change"),
    Verdict.TOO_FEW: gettext_lazy("too few"),
}
VERDICT_ICONS = {
    Verdict.BETTER: "icons/circle-check.svg",
    Verdict.WORSE: "icons/alert-triangle.svg",
    Verdict.NO_CLEAR_CHANGE: "icons/circle-minus.svg",
    Verdict.TOO_FEW: "icons/help-circle.svg",
}
PERIOD_WORDS: dict[str, LazyText] = {
    "now": gettext_lazy("this period"),
    "before": gettext_lazy("the one before"),
    "year": gettext_lazy("a year ago"),
}
BREAKDOWN_WORDS: dict[str, LazyText] = {
    "kind": gettext_lazy("By kind"),
    "touchpoint": gettext_lazy("By touchpoint"),
    "standard": gettext_lazy("By standard"),
    "segment": gettext_lazy("By segment"),
    "explicit": gettext_lazy("Said or implicit"),
    "stake": gettext_lazy("By stake"),
}
OUTCOME_WORDS: dict[str, LazyText] = {
    "early": gettext_lazy("kept a day early or more"),
    "kept": gettext_lazy("kept"),
    "late_1d": gettext_lazy("late, up to 1 day"),
    "late_3d": gettext_lazy("late, 1 to 3 days"),
    "late_7d": gettext_lazy("late, 3 to 7 days"),
    "late_more": gettext_lazy("late, more than 7 days"),
    "never": gettext_lazy("never, or only in part"),
}


@register.filter
def verdict_word(says: str) -> str:
    """What a difference says."""
    return str(VERDICT_WORDS[says])


@register.filter
def verdict_icon(says: str) -> str:
    """The shape beside the word."""
    return VERDICT_ICONS[Verdict(says)]


@register.filter
def verdict_class(says: str) -> str:
    """The word as a class."""
    return says.replace(" ", "-")


@register.filter
def period_word(name: str) -> str:
    """What a period is called."""
    return str(PERIOD_WORDS[name])


@register.filter
def breakdown_word(name: str) -> str:
    """The heading of a breakdown."""
    return str(BREAKDOWN_WORDS[name])


@register.filter
def outcome_word(name: str) -> str:
    """How a promise came out."""
    return str(OUTCOME_WORDS[name])


@register.filter
def signed(value: float | None, places: int = 1) -> str:
    """A number with its sign, also where it is above 0."""
    if value is None:
        return NOTHING
    text = number(abs(value), places)
    if not f"{abs(value):.{places}f}".strip("0."):
        return text
    return f"+{text}" if value > 0 else f"{MINUS}{text}"


@register.filter
def change_words(found: Difference | None, unit: str = "") -> str:
    """A difference with its interval: "−3.2 (−4.0 to −2.4)". Shape: unit % makes points of 100."""
    if found is None:
        return NOTHING
    by = 100 if unit else 1
    value, low, high = (signed(by * part) for part in (found.value, found.low, found.high))
    mark = f"{NBSP}{_('points')}" if unit else ""
    return _("%(value)s (%(low)s to %(high)s)") % {
        "value": f"{value}{mark}",
        "low": low,
        "high": high,
    }


@register.simple_tag
def analysis_link(page: AnalysisPage | AnalysisRest, name: str = "", **changes: str) -> str:
    """The page, or one of its tables as CSV, for the same question with changes."""
    parts = {"team": page.team, "against": page.against if page.against != "before" else ""}
    address = reverse("analysis-csv", args=[name]) if name else reverse("analysis")
    return address + asked_query(page.asked, **(parts | changes))


@register.simple_tag
def comparison_sentence(found: Comparison) -> str:
    """What changed, in one sentence for each earlier period."""
    now: PeriodScore = found.whole.now
    if not now.n:
        return _("No promise fell due in this period, so there is nothing to compare.")
    sentences = []
    for change, old in zip(found.whole.changes, found.whole.periods[1:], strict=True):
        facts = {
            "when": _("the period before") if change.against == "before" else _("a year ago"),
            "now": score(now.gap_score),
            "old": score(old.gap_score),
        }
        text = {
            Verdict.BETTER: _("Better than %(when)s: a gap score of %(now)s after %(old)s."),
            Verdict.WORSE: _("Worse than %(when)s: a gap score of %(now)s after %(old)s."),
            Verdict.NO_CLEAR_CHANGE: _(
                "No clear change against %(when)s: a gap score of %(now)s after %(old)s."
            ),
            Verdict.TOO_FEW: _("Too few promises to compare with %(when)s."),
        }[change.gap_says]
        sentences.append(text % facts)
    return " ".join(sentences)


@register.simple_tag
def drivers_sentence(found: Drivers) -> str:
    """What moved the score most."""
    if found.difference is None or not found.parts:
        return _("One of the two periods has no promises, so there is no change to split.")
    first = found.parts[0]
    facts = {
        "difference": signed(found.difference, 2),
        "rate": signed(found.rate, 2),
        "mix": signed(found.mix, 2),
        "name": first.name,
        "total": signed(first.total, 2),
    }
    return (
        _(
            "The raw mean moved by %(difference)s points: %(rate)s because promises were kept "
            "otherwise, %(mix)s because other parts weigh more. %(name)s moved it most, by "
            "%(total)s."
        )
        % facts
    )


@register.simple_tag
def may_add_sentence(found: Drivers) -> str:
    """What open promises may add to the raw means yet; nothing where it would not be seen."""
    now, before = found.may_add_now or 0.0, found.may_add_before or 0.0
    if max(now, before) < SEEN:
        return ""
    return _(
        "Promises that are still open may add up to %(now)s points to this period yet, and "
        "%(before)s to the one before: the younger a period is, the better it looks."
    ) % {"now": number(now, 2), "before": number(before, 2)}


@register.simple_tag
def consequences_sentence(found: Consequences) -> str:
    """What came with promises that were kept and with those that were late."""
    met, late = found.together
    if met.feedback_mean is not None and late.feedback_mean is not None:
        return _("Promises that were kept came with %(met)s of 5, late ones with %(late)s.") % {
            "met": number(met.feedback_mean, 2),
            "late": number(late.feedback_mean, 2),
        }
    if met.contacts.share is not None and late.contacts.share is not None:
        return _(
            "%(met)s of the promises that were kept were followed by a contact, %(late)s of the "
            "late ones."
        ) % {"met": percent(met.contacts.share), "late": percent(late.contacts.share)}
    return _("Too few promises of each sort to say what came with them.")


@register.filter
def driver_bars(found: Drivers) -> dict[str, Any]:
    """The largest effects as the chart reads them."""
    parts = found.parts[:MOST_BARS]
    return {
        "names": [part.name for part in parts],
        "series": [
            {"name": _("kept otherwise"), "values": [round(part.rate, 3) for part in parts]},
            {"name": _("weighs more or less"), "values": [round(part.mix, 3) for part in parts]},
        ],
        "unit": _("points"),
        "signed": True,
    }


@register.filter
def outcome_bars(found: Consequences) -> dict[str, Any]:
    """Mean feedback by outcome as the chart reads it, with the ends of its interval."""
    rows = found.rows

    def value(row: OutcomeRow, name: str) -> float | None:
        figure: float | None = getattr(row, name)
        return None if figure is None else round(figure, 3)

    return {
        "names": [outcome_word(row.outcome) for row in rows],
        "series": [
            {
                "name": _("mean feedback"),
                "values": [value(row, "feedback_mean") for row in rows],
                "lows": [value(row, "feedback_low") for row in rows],
                "highs": [value(row, "feedback_high") for row in rows],
            }
        ],
        "unit": _("of 5"),
        "top": 5,
    }


@register.filter
def has_feedback(found: Consequences) -> bool:
    """Whether there is a mean to draw."""
    return any(row.feedback_mean is not None for row in found.rows)


@register.filter
def changed_rows(rows: Sequence[ComparedRow]) -> bool:
    """Whether a breakdown says more than the whole: more than one part."""
    return len(rows) > 1


@register.filter
def days_of(period: Any) -> str:
    """The days of a period: "2 – 29 Feb 2024"."""
    first, last = period.first_day, period.last_day
    return f"{formats.date_format(first, 'j M Y')} – {formats.date_format(last, 'j M Y')}"
