"""Teams and touchpoints: made, renamed, archived; and what segments are called."""

from datetime import datetime
from typing import TypeVar

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from interactions.changes import Area, By, record_change
from interactions.models import Segment, Team, Touchpoint
from interactions.models.party import NOT_STATED, Kept
from promises.services.settings.refusals import SettingRefused, checked_name, checked_reference

K = TypeVar("K", bound=Kept)
_AREAS: dict[type[Kept], Area] = {Team: Area.TEAM, Touchpoint: Area.TOUCHPOINT}


def make_party(model: type[K], *, name: str, reference: str = "", by: By) -> K:
    """Make a team or touchpoint, known to senders by its id.

    Raises: SettingRefused, also where its id or name is taken.
    """
    name = checked_name(name)
    reference = checked_reference(reference, name)
    if reference == NOT_STATED:
        raise SettingRefused("reference", _("This id stands for what was not stated."))
    _refuse_second(model, name)
    try:
        with transaction.atomic():
            row: K = model._default_manager.create(reference=reference, name=name, is_new=False)
            after = {"id": reference, "name": name}
            record_change(_AREAS[model], reference, "made", by=by, after=after)
    except IntegrityError:
        said = _("This id is taken. Events that name it belong to what has it.")
        raise SettingRefused("reference", said) from None
    return row


def rename_party(model: type[K], pk: int, *, name: str, by: By) -> K:
    """Give a team or touchpoint another name; its id stays.

    Raises: SettingRefused; DoesNotExist.
    """
    name = checked_name(name)
    with transaction.atomic():
        row: K = model._default_manager.select_for_update().get(pk=pk)
        if row.reference == NOT_STATED:
            raise SettingRefused("name", _("This one stands for what was not stated."))
        _refuse_second(model, name, but=pk)
        before = {"name": row.name}
        row.name, row.is_new = name, False
        row.save(update_fields=["name", "is_new"])
        after = {"name": name}
        record_change(_AREAS[model], row.reference, "renamed", by=by, before=before, after=after)
    return row


def archive_party(model: type[K], pk: int, *, archived: bool, now: datetime, by: By) -> K:
    """Archive a team or touchpoint, or bring it back. Its promises and figures stay.

    Raises: DoesNotExist.
    """
    with transaction.atomic():
        row: K = model._default_manager.select_for_update().get(pk=pk)
        if archived == (row.archived_at is not None):
            return row
        row.archived_at = now if archived else None
        row.save(update_fields=["archived_at"])
        action = "archived" if archived else "brought back"
        record_change(_AREAS[model], row.reference, action, by=by)
    return row


def name_segment(reference: str, label: str, *, by: By) -> None:
    """Say what a segment is called on the pages; an empty label is what senders name it.

    Raises: SettingRefused.
    """
    label = checked_name(label, field="label") if label.strip() else ""
    with transaction.atomic():
        old = Segment.objects.select_for_update().filter(reference=reference).first()
        before = {"called": old.label if old else reference}
        if label in ("", reference):
            Segment.objects.filter(reference=reference).delete()
        else:
            others = Segment.objects.exclude(reference=reference)
            if others.filter(label__iexact=label).exists():
                raise SettingRefused("label", _("Another segment is called so."))
            Segment.objects.update_or_create(reference=reference, defaults={"label": label})
        after = {"called": label or reference}
        record_change(Area.SEGMENT, reference, "renamed", by=by, before=before, after=after)


def _refuse_second(model: type[Kept], name: str, *, but: int = 0) -> None:
    """Two of one name could not be told apart on the pages."""
    others = model._default_manager.exclude(pk=but)
    if others.filter(name__iexact=name).exists():
        raise SettingRefused("name", _("Another one has this name."))
