"""What a worker does with uploads: the check, the import in chunks, the undo.

One of them is in hand at a time; a worker that dies lets go of the lock with its connection, and
whoever comes next goes on at the last chunk that was stored.
"""

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import DatabaseError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from interactions.locks import only_one
from promises.models import Upload
from promises.services.imports.refusals import ImportRefused
from promises.services.uploads.changing import ACTIVE
from promises.services.uploads.chunks import Import, Trial
from promises.services.uploads.undoing import undo_some

logger = logging.getLogger(__name__)

LOCK = 7416
# A task works so long, then makes room for others.
BUDGET_SECONDS = 20.0
# A row that nobody has touched for so long lost its worker.
STALE = timedelta(seconds=10)
MOST_TRIES = 5
Clock = Callable[[], datetime]


def work_is_waiting(*, now: datetime) -> bool:
    """Whether an upload waits for a worker, or has lost its one."""
    untouched = Q(worked_at=None) | Q(worked_at__lt=now - STALE)
    return Upload.objects.filter(untouched, state__in=ACTIVE).exists()


def work(clock: Clock = timezone.now, *, budget_seconds: float = BUDGET_SECONDS) -> bool:
    """Work on the oldest upload that is to be worked on; whether there is more to do."""
    until = time.monotonic() + budget_seconds
    with only_one(LOCK) as mine:
        if not mine:
            return False
        while True:
            upload = Upload.objects.filter(state__in=ACTIVE).order_by("pk").first()
            if upload is None:
                return False
            _work_on(upload, clock, until)
            if time.monotonic() > until:
                return True


def _work_on(upload: Upload, clock: Clock, until: float) -> None:
    if upload.tries >= MOST_TRIES:
        message = _("Its worker died again and again after line %(line)d.") % {"line": upload.line}
        _fail(upload, message, clock)
        return
    Upload.objects.filter(pk=upload.pk).update(tries=upload.tries + 1, worked_at=clock())
    upload.refresh_from_db()
    try:
        if upload.state == Upload.State.CHECKING:
            Trial(upload, clock).run()
        elif upload.state == Upload.State.RUNNING:
            Import(upload, clock).run(until)
        else:
            undo_some(upload, clock, until)
    except ImportRefused as refused:
        _fail(upload, str(refused), clock)
    except DatabaseError:
        # It may be away; whoever comes next goes on, MOST_TRIES times.
        raise
    except Exception:
        logger.exception("The import %s stopped", upload.pk)
        _fail(upload, _("It stopped by an error that nobody foresaw; the log has it."), clock)


def _fail(upload: Upload, problem: str, clock: Clock) -> None:
    # A check that fails leaves a draft to be mended; an import that fails can go on.
    draft = upload.state == Upload.State.CHECKING
    Upload.objects.filter(pk=upload.pk).update(
        state=Upload.State.DRAFT if draft else Upload.State.FAILED,
        problem=problem,
        cancel_asked=False,
        worked_at=None,
        ended_at=None if draft else clock(),
    )
