"""All settings on one page, each with a sentence."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from interactions.selectors import Viewer
from promises.views.alerts import managers_only


@dataclass(frozen=True, slots=True)
class Card:
    """One way into the settings; `address` is filled in as the page is made."""

    route: str
    title: LazyText
    says: LazyText
    admins: bool = True
    address: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Cards that belong together."""

    title: LazyText
    cards: tuple[Card, ...]


GROUPS = (
    Group(
        _("People and names"),
        (
            Card("people", _("People and roles"), _("Who may sign in, and what each may do.")),
            Card(
                "settings-teams",
                _("Teams and members"),
                _("Who makes promises and answers for them."),
                admins=False,
            ),
            Card(
                "settings-touchpoints",
                _("Touchpoints"),
                _("Where promises are made: a shop, a call, a counter."),
                admins=False,
            ),
            Card(
                "settings-segments",
                _("Segments"),
                _("What groups of customers are called on the pages."),
                admins=False,
            ),
        ),
    ),
    Group(
        _("How it is judged"),
        (
            Card("kinds", _("Kinds"), _("How fast a missed promise counts as lost, per kind.")),
            Card("calendars", _("Calendars"), _("Office hours and holidays, with versions.")),
            Card(
                "standards",
                _("Standards"),
                _("Promises that make themselves, such as an answer within a day."),
            ),
        ),
    ),
    Group(
        _("What comes in and goes out"),
        (
            Card("sources", _("Sources and keys"), _("Programs that tell what happens.")),
            Card("webhooks", _("Webhooks"), _("Programs that are told when a promise changes.")),
            Card(
                "alert-rules",
                _("Alerts"),
                _("Who is told before and after a date passes."),
                admins=False,
            ),
        ),
    ),
    Group(
        _("What was done"),
        (
            Card(
                "settings-changes",
                _("Changes of settings"),
                _("Every change with who, when, before and after."),
            ),
        ),
    ),
)


@require_safe
@managers_only
def index(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The settings that this person may open."""
    groups = [(group.title, _open_to(viewer, group)) for group in GROUPS]
    context = {"viewer": viewer, "groups": [group for group in groups if group[1]]}
    return render(request, "promises/settings/index.html", context)


def _open_to(viewer: Viewer, group: Group) -> list[Card]:
    cards = []
    for card in group.cards:
        if card.admins and not viewer.administers:
            continue
        try:
            address = reverse(card.route)
        except NoReverseMatch:
            continue
        cards.append(Card(card.route, card.title, card.says, card.admins, address))
    return cards
