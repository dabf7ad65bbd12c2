"""The drawing of a promise's clock: where each part of it lies, and a sentence that says the same.

Nothing is judged here. Positions are percentages of the width, so that the drawing fits every
screen while its words keep their size; heights are pixels.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from promises.domain.lifecycle import PromiseState
from promises.selectors.clock import MarkKind, PromiseClock, StretchKind
from promises.templatetags.promise_format import duration

# Numbers of marks that are nearer than this stand one above the other.
NEAR: Final = 7.0
# Left and right of the time line there is room for half a number.
MARGIN: Final = 3.5
LEVEL_HEIGHT: Final = 22
BAR_HEIGHT: Final = 18
BELOW: Final = 24

STRETCH_WORDS: Final[dict[StretchKind, LazyText]] = {
    "running": gettext_lazy("running"),
    "paused": gettext_lazy("paused"),
    "overdue": gettext_lazy("overdue"),
    "ahead": gettext_lazy("still to come"),
}
MARK_WORDS: Final[dict[MarkKind, LazyText]] = {
    "made": gettext_lazy("made"),
    "replaced": gettext_lazy("an earlier date, replaced"),
    "first_due": gettext_lazy("first due (d0)"),
    "due": gettext_lazy("due, latest date"),
    "settled": gettext_lazy("settled"),
    "stopped": gettext_lazy("withdrawn by the customer"),
    "now": gettext_lazy("now"),
}
_ENDED: Final = gettext_lazy("it ended in time")
_ENDINGS: Final[dict[str, LazyText]] = {
    "failed": gettext_lazy("it ended when it failed"),
    "partial": gettext_lazy("a part came in time"),
    "withdrawn": gettext_lazy("it ended when the customer withdrew it, in time"),
}


@dataclass(frozen=True, slots=True)
class Block:
    """A part of the bar, or closed hours behind it. Units: percent of the width."""

    x: str
    width: str
    kind: str


@dataclass(frozen=True, slots=True)
class Pin:
    """A numbered moment. Shape: y is the middle of its number."""

    x: str
    y: int
    number: int
    kind: MarkKind
    word: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Tick:
    """A threshold. Shape: without words where there is no room for them."""

    x: str
    text: str


@dataclass(frozen=True, slots=True)
class ClockDrawing:
    """All numbers of the drawing. Units: y and heights in pixels."""

    height: int
    bar_y: int
    bar_height: int
    bar_end: int
    axis_y: int
    from_x: str
    to_x: str
    ticks_y: int
    text_y: int
    blocks: tuple[Block, ...]
    closed: tuple[Block, ...]
    pins: tuple[Pin, ...]
    ticks: tuple[Tick, ...]
    legend: tuple[tuple[str, str], ...]
    note: str
    sentence: str


def clock_drawing(clock: PromiseClock, state: PromiseState) -> ClockDrawing:
    """Lay a clock out."""
    places = [_place(mark.at, clock) for mark in clock.marks]
    levels = _levels(places)
    top = LEVEL_HEIGHT * (max(levels) + 1)
    pins = tuple(
        Pin(
            x=_percent(place),
            y=top - LEVEL_HEIGHT * level - LEVEL_HEIGHT // 2,
            number=number,
            kind=mark.kind,
            word=_word(mark.kind, state),
            at=mark.at,
        )
        for number, (mark, place, level) in enumerate(
            zip(clock.marks, places, levels, strict=True), 1
        )
    )
    blocks = tuple(_block(s.start, s.end, s.kind, clock) for s in clock.stretches)
    bar_y = top + 4
    return ClockDrawing(
        height=bar_y + BAR_HEIGHT + BELOW,
        bar_y=bar_y,
        bar_height=BAR_HEIGHT,
        bar_end=bar_y + BAR_HEIGHT,
        axis_y=bar_y + BAR_HEIGHT // 2,
        from_x=_percent(MARGIN),
        to_x=_percent(100 - MARGIN),
        ticks_y=bar_y + BAR_HEIGHT + 6,
        text_y=bar_y + BAR_HEIGHT + 18,
        blocks=blocks,
        closed=tuple(_block(start, end, "closed", clock) for start, end in clock.closed),
        pins=pins,
        ticks=tuple(_ticks(clock)),
        legend=_legend(clock),
        note=_note(clock),
        sentence=_sentence(clock, state),
    )


def _word(kind: MarkKind, state: PromiseState) -> str:
    """What a mark is called. While it waits its dates move."""
    word = str(MARK_WORDS[kind])
    if kind in ("first_due", "due") and state.matures_at is None:
        return _("%(mark)s if the wait ended now") % {"mark": word}
    return word


def _place(at: datetime, clock: PromiseClock) -> float:
    """Where a moment lies. Units: percent of the width."""
    share = (at - clock.start) / (clock.end - clock.start)
    return MARGIN + (100 - 2 * MARGIN) * min(max(share, 0.0), 1.0)


def _percent(place: float) -> str:
    return f"{place:.2f}%"


def _block(start: datetime, end: datetime, kind: str, clock: PromiseClock) -> Block:
    first, last = _place(start, clock), _place(end, clock)
    return Block(_percent(first), _percent(last - first), kind)


def _levels(places: Iterable[float]) -> list[int]:
    """How high the number of each mark stands: the lowest where it touches no other."""
    last: list[float] = []
    levels = []
    for place in places:
        level = next((n for n, at in enumerate(last) if place - at >= NEAR), len(last))
        last[level : level + 1] = [place]
        levels.append(level)
    return levels


def _ticks(clock: PromiseClock) -> Iterable[Tick]:
    said = -100.0
    for threshold in clock.thresholds:
        if not clock.start <= threshold.at <= clock.end:
            continue
        place = _place(threshold.at, clock)
        text = f"{threshold.percent} %" if place - said >= 2 * NEAR else ""
        said = place if text else said
        yield Tick(_percent(place), text)


def _legend(clock: PromiseClock) -> tuple[tuple[str, str], ...]:
    """What the drawing uses, and its words."""
    kinds = {stretch.kind for stretch in clock.stretches}
    found: list[tuple[str, str]]
    found = [(kind, str(word)) for kind, word in STRETCH_WORDS.items() if kind in kinds]
    if clock.closed:
        word = _("closed") if clock.shading == "hours" else _("closed days")
        found.append(("closed", word))
    return tuple(found)


def _note(clock: PromiseClock) -> str:
    if clock.shading == "too_long":
        return _("Closed hours are not shaded: the time is too long to tell them apart.")
    if clock.shading == "days":
        return _("Of closed hours only whole days are shaded.")
    return ""


def _sentence(clock: PromiseClock, state: PromiseState) -> str:
    """What the drawing shows, in words."""
    ran, waited, over = (
        clock.length(kind).total_seconds() for kind in ("running", "paused", "overdue")
    )
    facts = {
        "ran": duration(ran),
        "waited": duration(waited),
        "over": duration(over),
        "left": duration(clock.length("ahead").total_seconds()),
    }
    texts = [_("The clock ran for %(ran)s")]
    if waited:
        texts[0] = _("The clock ran for %(ran)s and stood still for %(waited)s")
    if over and state.settled_at is None and state.stopped_at is None:
        texts.append(_("it is overdue for %(over)s"))
    elif over:
        texts.append(_("it was overdue for %(over)s when it ended"))
    elif state.settled_at is not None:
        texts.append(str(_ENDINGS.get(state.state, _ENDED)))
    elif state.matures_at is None:
        texts.append(_("it stands still now"))
    else:
        texts.append(_("%(left)s are still to come"))
    return "; ".join(texts) % facts + "."
