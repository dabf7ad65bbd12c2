"""Marking messages as read."""

from datetime import datetime

from interactions.selectors import Viewer
from promises.models import Message
from promises.selectors.inbox import visible_messages
from promises.selectors.visibility import NotVisible


def read_one(viewer: Viewer, message_id: int, *, now: datetime) -> Message:
    """Mark one message of the viewer's inbox as read.

    Raises: NotVisible.
    """
    messages = visible_messages(viewer).filter(in_inbox=True).select_related("crossing")
    message = messages.filter(pk=message_id).first()
    if message is None:
        raise NotVisible(str(message_id))
    Message.objects.filter(pk=message_id, read_at__isnull=True).update(read_at=now)
    return message


def read_all(viewer: Viewer, *, newest: int, now: datetime) -> int:
    """Mark all messages as read, up to the newest that was shown; answer how many."""
    unread = Message.objects.filter(
        user_id=viewer.user_id or 0, in_inbox=True, read_at__isnull=True, pk__lte=newest
    )
    return unread.update(read_at=now)
