"""Finding things while somebody types: customers for a form, everything for the palette."""

from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from interactions.selectors import Viewer, viewer_for
from promises.selectors.customer_search import customers_like
from promises.selectors.palette import MOST_TYPED, search
from promises.views.fragments import wants_fragment

# On its own page there is room for more.
_MOST_ON_A_PAGE = 25


@dataclass(frozen=True, slots=True)
class Place:
    """A page or an action. Shape: `dialog` where it opens in a dialog; `key` is what types it;
    `after` ends its address: a part of the page, or what it is asked."""

    name: LazyText
    view: str
    key: str = ""
    words: LazyText | str = ""
    dialog: bool = False
    after: str = ""
    needs: str = ""

    @property
    def url(self) -> str:
        """Its address."""
        return reverse(self.view) + self.after


PLACES = (
    Place(_("Log a promise"), "promise-new", "c", _("new make create say commit add"), dialog=True),
    Place(_("Overview"), "overview", "g o", _("score home dashboard start")),
    Place(_("My desk"), "desk", "g d", _("open promises mine due work")),
    Place(_("Promises"), "promises", "g p", _("list filter overdue late kept open")),
    Place(_("Teams"), "teams", "g t", _("scores groups funnel chance")),
    Place(_("Customers hurt most"), "customers", "", _("worst hurt list")),
    Place(_("Overdue"), "overview", "", _("late past due"), after="#overdue"),
    Place(_("Rests still owed"), "promises", "", _("partial part"), after="?stands=rest_owed"),
    Place(_("What changed"), "analysis", "g w", _("comparison drivers why consequences feedback")),
    Place(_("Reports"), "reports", "", _("months frozen")),
    Place(_("At risk"), "at-risk", "g r", _("open chance soon break")),
    Place(_("Inbox"), "inbox", "g i", _("messages told alerts")),
    Place(_("My notifications"), "notifications", "", _("mail digest quiet hours")),
    Place(_("My account"), "account", "", _("password name sign out log")),
    Place(_("Preferences"), "preferences", "", _("single keys keyboard colours dark light theme")),
    Place(_("Keyboard"), "keys", "?", _("shortcuts help cheat sheet"), dialog=True),
    Place(_("Data health"), "health", "g h", _("ledger events lag check"), needs="manages"),
    Place(_("Alerts"), "alert-rules", "", _("rules warn tell"), needs="manages"),
    Place(_("Imports"), "imports", "", _("file csv upload undo"), needs="manages"),
    Place(_("All settings"), "settings", "", _("people teams segments"), needs="manages"),
    Place(_("Teams and members"), "settings-teams", "", _("settings people"), needs="manages"),
    Place(_("Touchpoints"), "settings-touchpoints", "", _("settings names"), needs="manages"),
    Place(_("Segments"), "settings-segments", "", _("settings names"), needs="manages"),
    Place(_("Installation"), "installation", "", _("settings company zone"), needs="administers"),
    Place(_("People and roles"), "people", "", _("settings invite users"), needs="administers"),
    Place(_("Changes"), "settings-changes", "", _("who what before after"), needs="administers"),
    Place(_("Kinds"), "kinds", "", _("settings tolerance loss restate"), needs="administers"),
    Place(_("Sources and keys"), "sources", "", _("settings api connect"), needs="administers"),
    Place(_("Standards"), "standards", "", _("settings reusable implicit"), needs="administers"),
    Place(_("Calendars"), "calendars", "", _("settings hours holidays"), needs="administers"),
    Place(_("Webhooks"), "webhooks", "", _("settings deliveries"), needs="administers"),
)


def places_for(viewer: Viewer, text: str = "") -> list[Place]:
    """The pages and actions that the viewer may open and that a text may mean."""
    wanted = text.casefold().split()
    return [
        place
        for place in PLACES
        if (not place.needs or getattr(viewer, place.needs))
        and all(_begins(word, f"{place.name} {place.words}".casefold()) for word in wanted)
    ]


def _begins(word: str, words: str) -> bool:
    return any(one.startswith(word) for one in words.split())


@require_safe
@login_required
@cache_control(private=True, max_age=10)
def customers(request: HttpRequest) -> HttpResponse:
    """Options for the field of a customer."""
    viewer = viewer_for(request.user)
    typed = request.GET.get("q", "")
    context = {"hits": customers_like(viewer, typed), "typed": typed.strip()}
    return render(request, "promises/desk/_customer_options.html", context)


@require_safe
@login_required
@cache_control(private=True)
def palette(request: HttpRequest) -> HttpResponse:
    """Pages, actions, promises, customers and teams: options of the palette, or a page."""
    viewer = viewer_for(request.user)
    typed = request.GET.get("q", "")[:MOST_TYPED]
    fragment = wants_fragment(request)
    more = {} if fragment else {"most": _MOST_ON_A_PAGE}
    found = search(viewer, typed, now=timezone.now(), **more)
    context = {
        "viewer": viewer,
        "typed": typed.strip(),
        "places": places_for(viewer, typed),
        "found": found,
    }
    name = "_palette_options" if fragment else "search"
    return render(request, f"promises/desk/{name}.html", context)


@require_safe
@login_required
@cache_control(private=True)
def keys(request: HttpRequest) -> HttpResponse:
    """The keys and what they do."""
    viewer = viewer_for(request.user)
    context = {"viewer": viewer, "places": [p for p in places_for(viewer) if p.key.startswith("g")]}
    name = "_keys" if wants_fragment(request) else "keys"
    return render(request, f"promises/desk/{name}.html", context)
