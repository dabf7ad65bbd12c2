"""The lines of the anti-gaming panel, as they are printed."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from promises.selectors.gaming import GamingPanel, PanelFigures
from promises.templatetags.promise_format import HOUR, NOTHING, duration, number, percent


@dataclass(frozen=True, slots=True)
class PanelLine:
    """One line: what it is, and both windows in words. Shape: `stands` names the list that opens
    behind the figure of now, "" where there is none of just these."""

    name: str
    now: str
    before: str
    stands: str = ""


def panel_lines(panel: GamingPanel) -> list[PanelLine]:
    """All lines of a panel, in their order."""
    now = _words(panel.now)
    before = _words(panel.before) if panel.before else [NOTHING] * len(now)
    names = (
        _("promises that fell due"),
        _("median slack: from making to the first date"),
        _("slips per promise"),
        _("withdrawn by the customer"),
        _("written down after the outcome"),
        _("share of the time paused"),
        _("implicit: never said, but expected"),
        _("imported, or told by a program"),
    )
    # Of the others a list has no filter.
    stands = {0: "due" if panel.now.n else "", 3: "withdrawn" if panel.now.withdrawn else ""}
    return [
        PanelLine(*line, stands=stands.get(place, ""))
        for place, line in enumerate(zip(names, now, before, strict=True))
    ]


def _words(figures: PanelFigures) -> list[str]:
    slack = figures.median_slack_hours
    return [
        number(figures.n),
        NOTHING if slack is None else duration(slack * HOUR),
        number(figures.slip_rate, 2),
        percent(figures.withdrawal_rate),
        percent(figures.retro_share),
        percent(figures.paused_share),
        percent(figures.implicit_share),
        percent(figures.imported_share),
    ]
