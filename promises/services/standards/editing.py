"""Making a standard, and editing one: every edit is a new version (R18)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Any

import msgspec
from django.db import IntegrityError, connection, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from interactions.changes import Area, record_change
from interactions.event_data import SCHEMAS
from promises.domain.standard_checks import check_endless, check_terms
from promises.domain.standards import (
    StandardRefused,
    Terms,
)
from promises.models import Calendar, Standard, StandardOrder, StandardVersion
from promises.projection.rules import HOLDS_AFTER, decoded_terms, forget_rules
from promises.services.standards.words import TermsRefused, refused_in_words

MAX_REFERENCE = 64
MAX_REASON = 1_000
_ORDER_LOCK = 7414
# What is no text, number or list of texts cannot be compared or written into a statement.
_NESTED = frozenset(("customer", "quality", "target", "customer_request"))


class NoStandard(LookupError):
    """There is no such standard."""


class AlreadyEdited(ValueError):
    """Somebody else made a newer version meanwhile. Shape: `latest` is its number."""

    def __init__(self, latest: int) -> None:
        super().__init__(str(latest))
        self.latest = latest


@lru_cache(maxsize=1)
def event_fields() -> Mapping[str, tuple[str, ...]]:
    """The fields of each event type that conditions and statements may name."""
    return {
        kind.value: tuple(
            name for name in schema.__struct_fields__ if name not in _NESTED | {"attributes"}
        )
        for kind, schema in SCHEMAS.items()
        if not kind.about_event
    }


def new_reference(name: str) -> str:
    """An id made of a name: small letters, digits and hyphens."""
    return slugify(name)[:MAX_REFERENCE].strip("-_")


def checked(terms: Terms) -> Terms:
    """The terms, if they make sense.

    Raises: TermsRefused with the field named.
    """
    try:
        check_terms(terms, event_fields())
        check_endless(terms)
    except StandardRefused as refused:
        raise refused_in_words(refused) from None
    if terms.calendar and not Calendar.objects.filter(reference=terms.calendar).exists():
        raise TermsRefused("/calendar", _("There is no such calendar."))
    return terms


def make_standard(
    reference: str, terms: Terms, *, now: datetime, by: str, reason: str = ""
) -> StandardVersion:
    """Make a standard with its first version, the last one in the order.

    Raises: TermsRefused, also where the id is taken or none.
    """
    checked(terms)
    _check_reason(reason)
    if not reference or len(reference) > MAX_REFERENCE or new_reference(reference) != reference:
        raise TermsRefused(
            "/id", _("An id has small letters, digits and hyphens: 1 to 64 of them.")
        )
    try:
        with transaction.atomic():
            row = Standard.objects.create(reference=reference, name=terms.name, made_at=now)
            version = _store(row, 1, terms, now=now, by=by, reason=reason)
            record_change(Area.STANDARD, reference, "made", by=by, after=_facts(version))
            _keep_order([*_order(), reference], now=now, by=by)
    except IntegrityError:
        raise TermsRefused("/id", _("There is a standard with this id.")) from None
    forget_rules()
    return version


def edit_standard(
    reference: str, terms: Terms, *, base: int, now: datetime, by: str, reason: str = ""
) -> StandardVersion:
    """Store an edit of the version `base` as the next one; none where it says the same.

    Raises: TermsRefused; AlreadyEdited where base is not the newest; NoStandard.
    """
    checked(terms)
    _check_reason(reason)
    with transaction.atomic():
        row = _locked(reference)
        latest = row.versions.order_by("-version")[0]
        if base != latest.version:
            raise AlreadyEdited(latest.version)
        if decoded_terms(latest.terms) == terms:
            return latest
        if row.name != terms.name:
            row.name = terms.name
            row.save(update_fields=["name"])
        version = _store(row, latest.version + 1, terms, now=now, by=by, reason=reason)
        before, after = _facts(latest), _facts(version)
        record_change(Area.STANDARD, reference, "changed", by=by, before=before, after=after)
    forget_rules()
    return version


def switch_standard(reference: str, *, on: bool, now: datetime, by: str) -> StandardVersion:
    """Switch a standard on or off, which is a version, too.

    Raises: TermsRefused where it makes no sense any more; NoStandard.
    """
    with transaction.atomic():
        latest = _locked(reference).versions.order_by("-version")[0]
        terms = replace(decoded_terms(latest.terms), is_on=on)
        return edit_standard(reference, terms, base=latest.version, now=now, by=by)


def move_standard(reference: str, *, by_places: int, now: datetime, by: str) -> None:
    """Move a standard up (negative) or down in the order; at an end it stays.

    Raises: NoStandard.
    """
    with transaction.atomic():
        _locked(reference)
        order, before = _order(), _order()
        place = order.index(reference)
        order.insert(max(0, place + by_places), order.pop(place))
        if order != before:
            _keep_order(order, now=now, by=by)
            old, new = {"order": before}, {"order": order}
            record_change(Area.STANDARD, reference, "moved", by=by, before=old, after=new)
    forget_rules()


def _locked(reference: str) -> Standard:
    row = Standard.objects.select_for_update().filter(reference=reference).first()
    if row is None:
        raise NoStandard(reference)
    return row


def _facts(version: StandardVersion) -> dict[str, object]:
    return {**version.terms, "version": version.version, "reason": version.reason}


def _check_reason(reason: str) -> None:
    if len(reason) > MAX_REASON:
        said = _("It has more than %(most)s characters.")
        raise TermsRefused("/reason", said % {"most": MAX_REASON})
    if "\0" in reason:
        raise TermsRefused("/reason", _("It contains a control character."))


def _order() -> list[str]:
    """The order as it stands, whoever changes it waits for the others."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ORDER_LOCK])
    newest = StandardOrder.objects.order_by("-pk").values_list("references", flat=True).first()
    return list(newest or ())


def _keep_order(references: list[str], *, now: datetime, by: str) -> None:
    StandardOrder.objects.create(references=references, holds_from=now + HOLDS_AFTER, made_by=by)


def _store(
    row: Standard, number: int, terms: Terms, *, now: datetime, by: str, reason: str
) -> StandardVersion:
    stored: Any = msgspec.to_builtins(terms)
    return StandardVersion.objects.create(
        standard=row,
        version=number,
        terms=stored,
        reason=reason,
        made_at=now,
        holds_from=now + HOLDS_AFTER,
        made_by=by,
    )
