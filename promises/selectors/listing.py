"""The list of promises behind a figure: exactly those that it counts, in pages."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from django.core import signing
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from interactions.selectors import Viewer
from promises.domain.clock import parse_moment
from promises.models import Promise
from promises.models.kinds import State
from promises.projection import kind_parameters
from promises.selectors.asked import question_for
from promises.selectors.freshness import freshness_read
from promises.selectors.lines import LineRow, filed_loss, read_rows, row_lines
from promises.selectors.list_counts import count_by_cells, count_by_tables
from promises.selectors.narrowing import choices_read
from promises.selectors.pages import Asked, Choices, Freshness, PromiseLine
from promises.selectors.promise_items import PromiseItem, promise_item
from promises.selectors.promise_rows import (
    COLUMNS,
    REST_OWED,
    Found,
    Position,
    PromiseRow,
    count_found,
    found_by,
    parts_in_order,
)
from promises.selectors.row_chunks import stream_rows
from promises.selectors.visibility import visible_promises
from promises.selectors.words import words_of
from promises.selectors.worklists import (
    asked_for,
    awaited_promises,
    overdue_promises,
    rows_at,
)

PAGE = 50
# Nobody reads a larger number than this, and counting on would cost.
MOST_COUNTED = 10_000
MOST_WORDS = 10
_LONGEST = 255
_SALT = "promises.list.cursor"

# What a list can be of, besides everything of the period.
SETTLED = (State.KEPT, State.LATE, State.PARTIAL, State.FAILED)
STANDS = (
    *("due", "missed", "kept", "late", "partial", "failed", "unsettled"),
    *("overdue", "today", "ahead", REST_OWED, "withdrawn"),
)
STAKES = ("0.5", "1", "2", "4")
NO_STANDARD = "-"
SORTS = ("-matures_at", "matures_at", "-made_at", "made_at")
# What is waited for and has not matured.
AHEAD = ("today", "ahead")
# Of these the reader wants to see the oldest first.
OLDEST_FIRST = ("overdue", "unsettled", *AHEAD, REST_OWED)
# A pause holds it back: it has no maturity yet.
_HELD_BACK = Q(matures_at__isnull=True)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list is asked for besides what every page is asked: '' where nothing is said."""

    stands: str = ""
    words: str = ""
    customer: str = ""
    sort: str = ""
    cursor: str = ""
    problems: tuple[str, ...] = ()
    # As a comparison names them; NO_STANDARD where none made the promise.
    stake: str = ""
    standard: str = ""

    @property
    def of_cells(self) -> bool:
        """Whether the cells can tell how many they are."""
        return not (self.customer or self.words or self.stake or self.standard)

    @property
    def order(self) -> str:
        """By what it is sorted."""
        usual = "matures_at" if self.stands in OLDEST_FIRST else "-matures_at"
        return self.sort or usual


@dataclass(frozen=True, slots=True)
class PromiseList:
    """A page of a list. Shape: `count` ends at MOST_COUNTED; `next` is the cursor of what follows,
    '' at the end."""

    asked: Asked
    freshness: Freshness
    wanted: Wanted
    choices: Choices
    lines: tuple[PromiseLine, ...]
    count: int
    next: str

    @property
    def count_is_more(self) -> bool:
        """Whether there are more than were counted."""
        return self.count > MOST_COUNTED

    @property
    def is_unknown(self) -> bool:
        """Whether nobody can tell what would be in it: rests that were owed at a past moment."""
        return self.wanted.stands == REST_OWED and not self.asked.is_now


def wanted_from_query(params: Mapping[str, str]) -> Wanted:
    """Read what a list is asked for; what cannot be read is left out and named in `problems`."""
    problems = []
    stands, sort = _text(params, "stands"), _text(params, "sort")
    if stands and stands not in STANDS:
        problems.append(_("“%(given)s” is nothing that a promise can be.") % {"given": stands[:40]})
        stands = ""
    if sort and sort not in SORTS:
        problems.append(_("A list cannot be sorted by “%(given)s”.") % {"given": sort[:40]})
        sort = ""
    words = _text(params, "q")
    if words and not words_of(words):
        problems.append(_("Words to search for need a letter or a digit."))
        words = ""
    stake = _text(params, "stake")
    if stake and stake not in STAKES:
        problems.append(_("“%(given)s” is no stake.") % {"given": stake[:40]})
        stake = ""
    standard = _text(params, "standard")
    wanted = Wanted(stands, words, _text(params, "customer"), sort, stake=stake, standard=standard)
    cursor = params.get("cursor", "")
    if cursor and _position(cursor, wanted.order) is None:
        problems.append(_("The place in the list is unknown; it begins from the start."))
        cursor = ""
    return replace(wanted, cursor=cursor, problems=tuple(problems))


def list_read(viewer: Viewer, asked: Asked, wanted: Wanted) -> PromiseList:
    """A page of the list."""
    found, order = _found(viewer, asked, wanted), wanted.order
    rows: list[LineRow] = []
    for part in parts_in_order(found, order, _position(wanted.cursor, order)):
        if len(rows) <= PAGE:
            rows += read_rows(part[: PAGE + 1 - len(rows)])
    return PromiseList(
        asked=asked,
        freshness=freshness_read(asked),
        wanted=wanted,
        choices=choices_read(viewer, asked.filters),
        lines=row_lines(rows[:PAGE], asked),
        count=_count(viewer, asked, wanted, found, most=MOST_COUNTED + 1),
        next=_cursor(rows[PAGE - 1], order) if len(rows) > PAGE else "",
    )


def counted(viewer: Viewer, asked: Asked, wanted: Wanted, *, most: int) -> int:
    """How many a list has, at most so many."""
    return _count(viewer, asked, wanted, _found(viewer, asked, wanted), most=most)


def items_in(viewer: Viewer, asked: Asked, wanted: Wanted) -> Iterator[PromiseItem]:
    """All of the list, as it stood at as_of; `stream_rows` says what a change meanwhile does."""
    found = _found(viewer, asked, wanted)
    parameters = kind_parameters()
    for *values, eventful in stream_rows(found, order=wanted.order, columns=(*COLUMNS, "eventful")):
        row = PromiseRow._make(values)
        item = promise_item(row, parameters, asked.as_of)
        later = row.settled_at is not None and row.settled_at > asked.as_of
        if not asked.is_now and later and not eventful:
            _reopen(item, row, asked.as_of)
            if item.overdue:
                known = parameters(row.kind, row.made_at)
                item.loss = filed_loss(row, asked.as_of, known, was_open=True)
        yield item


def _reopen(item: PromiseItem, row: PromiseRow, as_of: datetime) -> None:
    """What was settled after as_of was still open then."""
    item.state, item.settled_at, item.fraction = State.OPEN.value, None, 0.0
    item.overdue = row.matures_at is not None and row.matures_at < as_of
    item.loss = None
    item.lateness_seconds = (as_of - row.first_due).total_seconds() if item.overdue else None


def listed(viewer: Viewer, asked: Asked, stands: str) -> QuerySet[Promise]:
    """The promises of the period that stand so, at the page's moment."""
    if stands == "overdue":
        return overdue_promises(viewer, asked).order_by()
    if stands == REST_OWED:
        # The table tells of now alone.
        owed = visible_promises(viewer).filter(remainder__isnull=False)
        return asked_for(owed if asked.is_now else owed.none(), asked)
    question = question_for(asked, team_ids=None)
    if stands in AHEAD and asked.is_now:
        until = question.today_ends_at if stands == "today" else None
        return awaited_promises(viewer, asked, before=until)
    promises = asked_for(rows_at(visible_promises(viewer), asked), asked)
    if stands not in AHEAD:
        if question.starts_at is not None:
            within = Q(matures_at__gte=question.starts_at)
            held_back = stands == "" and question.ends_at is None
            promises = promises.filter(within | _HELD_BACK if held_back else within)
        if question.ends_at is not None:
            promises = promises.filter(matures_at__lt=question.ends_at)
    return promises.filter(_standing(asked, stands, question.today_ends_at)) if stands else promises


def _standing(asked: Asked, stands: str, today_ends_at: datetime) -> Q:
    """How the promises of a list stand at as_of."""
    later = Q(pk__in=[]) if asked.is_now else Q(settled_at__gt=asked.as_of, eventful=False)
    is_open = Q(state=State.OPEN) | later
    matured = Q(matures_at__lt=asked.as_of)
    if stands in SETTLED or stands == "withdrawn":
        return Q(state=stands) & ~later & matured
    match stands:
        case "due":
            return matured & (~Q(state=State.WITHDRAWN) | later)
        case "missed":
            return matured & (~Q(state__in=(State.KEPT, State.WITHDRAWN)) | later)
        case "unsettled":
            return matured & is_open
        case "today":
            return is_open & Q(matures_at__gte=asked.as_of, matures_at__lt=today_ends_at)
    # Withdrawn before its date is no longer open; one held back by a pause has no date yet.
    return is_open & (Q(matures_at__gte=asked.as_of) | _HELD_BACK)


def _matures_from(asked: Asked, stands: str) -> datetime | None:
    """From when on the promises of a list mature that has those held back by a pause, too."""
    if stands == "ahead":
        return asked.as_of
    question = question_for(asked, team_ids=None)
    return question.starts_at if stands == "" and question.ends_at is None else None


def _found(viewer: Viewer, asked: Asked, wanted: Wanted) -> Found:
    promises = listed(viewer, asked, wanted.stands)
    if wanted.customer:
        promises = promises.filter(customer__reference=wanted.customer)
    if wanted.stake:
        promises = promises.filter(stake=float(wanted.stake))
    if wanted.standard == NO_STANDARD:
        promises = promises.filter(Q(standard=None) | Q(standard=""))
    elif wanted.standard:
        promises = promises.filter(standard=wanted.standard)
    return replace(
        found_by(promises, words_of(wanted.words)[:MOST_WORDS]),
        of_open=asked.is_now and wanted.stands in ("overdue", *AHEAD),
        matures_from=_matures_from(asked, wanted.stands),
    )


def _count(viewer: Viewer, asked: Asked, wanted: Wanted, found: Found, *, most: int) -> int:
    # Few of a period may stand so, and to count these would mean to go through all of it.
    if wanted.of_cells:
        told = count_by_cells(viewer, asked, wanted.stands)
        if told is None:
            told = count_by_tables(viewer, asked, wanted.stands, most=most)
        if told is not None:
            return min(told, most)
    return count_found(found, most=most)


def _cursor(row: LineRow, order: str) -> str:
    moment = getattr(row, order.lstrip("-"))
    place = "" if moment is None else moment.isoformat()
    return signing.dumps([order, row.id, place], salt=_SALT)


def _position(cursor: str, order: str) -> Position | None:
    """The position that a cursor of the same order names."""
    if not cursor:
        return None
    try:
        of, pk, place = signing.loads(cursor, salt=_SALT)
    except signing.BadSignature:
        return None
    return Position(parse_moment(place) if place else None, pk) if of == order else None


def _text(params: Mapping[str, str], name: str) -> str:
    return params.get(name, "").replace("\0", "").strip()[:_LONGEST]
