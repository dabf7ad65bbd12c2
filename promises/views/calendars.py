"""The pages of calendars: their hours and days, what an edit would move, and doing it."""

import msgspec
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from interactions.installation import installation_zone
from interactions.selectors import Viewer
from interactions.views.admins import admins_only
from promises.forms.calendars import CalendarForm, initial_of
from promises.scores import WINDOWS
from promises.selectors.asked import DEFAULT_WINDOW
from promises.selectors.calendars import (
    CalendarRead,
    NoCalendar,
    calendar_at,
    calendar_lines,
    calendar_read,
)
from promises.services.calendars import (
    AlreadyEdited,
    AlreadyMoving,
    Draft,
    DraftDay,
    DraftRefused,
    HolidaysOf,
    apply_to_open,
    draft_of,
    edit_calendar,
    figures_after,
    finished,
    make_calendar,
    moves,
    new_reference,
    unchanged,
)
from promises.services.installing import known_zones
from promises.wakeup import restatement_waker

# Moves that the preview lists one by one; all are counted.
LISTED = 50
_YEARS_AHEAD = 5


@require_safe
@admins_only
def all_calendars(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """All calendars."""
    context = {"viewer": viewer, "calendars": calendar_lines()}
    return render(request, "promises/calendars.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@admins_only
def new_calendar(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """A new calendar: its first version is stored at once, because nothing can pin it yet."""
    year = timezone.localdate().year
    usual = Draft(
        name="",
        zone=installation_zone().key,
        week={day: ("09:00-17:00",) for day in ("mon", "tue", "wed", "thu", "fri")},
        holidays=HolidaysOf("", year, year + _YEARS_AHEAD),
    )
    form = CalendarForm(request.POST or None, initial=initial_of(usual))
    if request.method == "POST" and (draft := form.draft()) is not None:
        try:
            kept = make_calendar(
                new_reference(draft.name), draft, now=timezone.now(), by=_name(request)
            )
        except DraftRefused as refused:
            form.refuse_all(draft, refused)
        else:
            messages.success(request, _("The calendar is there."))
            return redirect("calendar", kept.reference)
    return _form_page(request, viewer, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
@admins_only
def one_calendar(request: HttpRequest, viewer: Viewer, reference: str) -> HttpResponse:
    """One calendar as a form; sent, what the edit would do; confirmed, the edit.

    Raises: Http404.
    """
    read = _existing(reference)
    action = request.POST.get("action", "")
    if action in ("save", "edit", "look"):
        draft = _sent_draft(request)
        if action == "save":
            return _save(request, viewer, read, draft)
        if action == "look":
            return _look(request, viewer, read, draft)
        known = draft_of(read).days
        rows = _known_in(known, draft)
        form = CalendarForm(initial=initial_of(draft, known), known=rows)
        return _form_page(request, viewer, form, read)
    known = draft_of(read).days
    form = CalendarForm(
        request.POST if request.method == "POST" else None,
        initial=initial_of(draft_of(read), known),
        known=known,
    )
    if request.method == "POST" and (draft_or_none := form.draft()) is not None:
        try:
            return _preview(request, viewer, read, draft_or_none)
        except DraftRefused as refused:
            form.refuse_all(draft_or_none, refused)
    return _form_page(request, viewer, form, read)


@require_http_methods(["GET", "HEAD", "POST"])
@admins_only
def apply(request: HttpRequest, viewer: Viewer, reference: str) -> HttpResponse:
    """What the newest version would do to open promises, and doing it with a reason.

    Raises: Http404.
    """
    read, now = _existing(reference), timezone.now()
    after = _number(request.GET.get("after"))
    problem = ""
    if request.method == "POST":
        try:
            return _begin(request, viewer, reference, read.latest)
        except DraftRefused as refused:
            problem = refused.reason
    found = moves(reference, calendar_at(reference, read.latest), now=now, after=after)
    context = {
        "viewer": viewer,
        "read": read,
        "found": found,
        "listed": found.moves[:LISTED],
        "window": DEFAULT_WINDOW,
        "rows": figures_after(found.moves, window=DEFAULT_WINDOW, now=now),
        "after": after,
        "problem": problem,
        "reason": request.POST.get("reason", ""),
    }
    status = 422 if problem else 200
    return render(request, "promises/calendar_apply.html", context, status=status)


def _preview(
    request: HttpRequest, viewer: Viewer, read: CalendarRead, draft: Draft
) -> HttpResponse:
    """Raises: DraftRefused."""
    if unchanged(read, draft):
        messages.info(request, _("Nothing was changed."))
        return redirect("calendar", read.reference)
    now, window = timezone.now(), request.POST.get("window", "")
    window = window if window in WINDOWS else DEFAULT_WINDOW
    found = moves(read.reference, finished(draft)[1], now=now)
    context = {
        "viewer": viewer,
        "read": read,
        "found": found,
        "listed": found.moves[:LISTED],
        "window": window,
        "windows": tuple(WINDOWS),
        "rows": figures_after(found.moves, window=window, now=now),
        "draft": msgspec.json.encode(draft).decode(),
        "base": _number(request.POST.get("base")) or read.latest,
    }
    return render(request, "promises/calendar_preview.html", context)


def _look(request: HttpRequest, viewer: Viewer, read: CalendarRead, draft: Draft) -> HttpResponse:
    """The same preview, with the figures of another period."""
    try:
        return _preview(request, viewer, read, draft)
    except DraftRefused as refused:
        messages.error(request, refused.reason)
        return redirect("calendar", read.reference)


def _save(request: HttpRequest, viewer: Viewer, read: CalendarRead, draft: Draft) -> HttpResponse:
    now, reason = timezone.now(), request.POST.get("reason", "").strip()
    to_open = request.POST.get("apply") == "open"
    try:
        if to_open and not reason:
            raise DraftRefused(
                "/reason", _("Nothing was stored: moving open promises needs a reason.")
            )
        kept = edit_calendar(
            read.reference,
            draft,
            base=_number(request.POST.get("base")),
            now=now,
            by=_name(request),
            reason=reason,
        )
    except DraftRefused as refused:
        messages.error(request, refused.reason)
        return redirect("calendar", read.reference)
    except AlreadyEdited:
        messages.error(
            request, _("Somebody else edited it meanwhile. Nothing was stored; this is theirs.")
        )
        return redirect("calendar", read.reference)
    messages.success(
        request, _("Version %(version)s holds from now on.") % {"version": kept.version}
    )
    if to_open:
        return _begin(request, viewer, read.reference, kept.version)
    return redirect("calendar", read.reference)


def _begin(request: HttpRequest, viewer: Viewer, reference: str, version: int) -> HttpResponse:
    """Raises: DraftRefused."""
    try:
        row = apply_to_open(
            reference,
            version,
            reason=request.POST.get("reason", ""),
            now=timezone.now(),
            actor_id=viewer.user_id,
            by=_name(request),
        )
    except AlreadyMoving:
        messages.error(request, _("Open promises of this calendar are being moved already."))
        return redirect("calendar", reference)
    transaction.on_commit(restatement_waker.wake)
    return redirect("restatement", row.pk)


def _form_page(
    request: HttpRequest, viewer: Viewer, form: CalendarForm, read: CalendarRead | None
) -> HttpResponse:
    context = {
        "viewer": viewer,
        "form": form,
        "read": read,
        "zones": known_zones(),
        "this_year": timezone.localdate().year,
    }
    status = 422 if form.is_bound and form.is_faulty else 200
    return render(request, "promises/calendar.html", context, status=status)


def _sent_draft(request: HttpRequest) -> Draft:
    """The draft that a preview carries; it is checked again when it is stored.

    Raises: BadRequest.
    """
    try:
        return msgspec.json.decode(request.POST.get("draft", ""), type=Draft)
    except (msgspec.DecodeError, UnicodeEncodeError):
        raise BadRequest from None


def _known_in(known: tuple[DraftDay, ...], draft: Draft) -> tuple[DraftDay, ...]:
    """The known days as a draft has them."""
    written = {day.date: day for day in draft.days}
    return tuple(written.get(day.date, day) for day in known)


def _existing(reference: str) -> CalendarRead:
    try:
        return calendar_read(reference)
    except NoCalendar:
        raise Http404 from None


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else 0


def _name(request: HttpRequest) -> str:
    return request.user.get_username()
