"""A worker that dies in the middle of an import, and of its undo: no row twice, none lost."""

import pytest
from django.db import connection, transaction
from django.utils import timezone

from interactions.models import Event
from promises.models import ImportRun, Promise, Upload, UploadPiece, UploadSpan
from promises.projection import pending_count
from promises.services.checking import check_ledger
from promises.services.uploads.changing import start, undo
from promises.services.uploads.chunks import CHUNK_ROWS
from promises.services.uploads.storing import pieces
from promises.tasks import sweep, work_uploads
from tests.faults.test_restating_killed import wait_until
from tests.promises.asking import count
from tests.uploads import BAD, HEADER, described, order
from tests.workers import Worker

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]

# Two chunks, and bad rows in each of them.
ROWS = CHUNK_ROWS + 3_500
BAD_EVERY = 1_500


def content() -> bytes:
    """A table; every so many rows one cannot be read."""
    lines = [HEADER]
    for n in range(ROWS):
        lines.append(order(n))
        if n % BAD_EVERY == 0:
            lines.append(BAD.replace("o-bad", f"o-bad-{n}"))
    return "".join(lines).encode()


def wait_for_lock() -> None:
    """Until somebody waits for what this transaction holds."""

    def waits() -> bool:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() "
                "AND %s = ANY (pg_blocking_pids(pid))",
                [connection.connection.info.backend_pid],
            )
            return cursor.fetchone() is not None

    wait_until(waits)


def test_killed_while_it_imports_and_while_it_undoes(celery_worker: Worker) -> None:
    pk = described(content()).pk
    bad = len(range(0, ROWS, BAD_EVERY))

    def read() -> Upload:
        return Upload.objects.get(pk=pk)

    def over() -> bool:
        work_uploads.delay()
        sweep.delay()
        return read().state in (Upload.State.DONE, Upload.State.UNDONE) and pending_count() == 0

    # A chunk is stored; of the next all events are recorded, but not committed.
    start(pk, dry_run=False, now=timezone.now())
    work_uploads.delay()
    wait_until(lambda: read().line > 0)
    with transaction.atomic():
        ImportRun.objects.select_for_update().get(uploads=pk)
        wait_for_lock()
        celery_worker.kill()
    stored = read()
    assert (stored.state, stored.tries) == (Upload.State.RUNNING, 0)
    assert stored.line == stored.report["rows"] + 1 < stored.lines
    assert Event.objects.count() == stored.report["accepted"] == 2 * stored.report["promises"]
    celery_worker.start()
    wait_until(over)

    done = read()
    told = {name: done.report[name] for name in ("rows", "promises", "rejected", "duplicate")}
    assert told == {"rows": ROWS + bad, "promises": ROWS, "rejected": bad, "duplicate": 0}
    assert done.report["accepted"] == Event.objects.count() == 2 * ROWS
    assert sum(UploadSpan.objects.values_list("events", flat=True)) == 2 * ROWS
    rejects = b"".join(pieces(done, UploadPiece.Kind.REJECTS)).decode().splitlines()
    told_bad = [line.split(",")[4] for line in rejects[1:]]
    assert told_bad == [f"o-bad-{n}" for n in range(0, ROWS, BAD_EVERY)]
    assert Promise.objects.filter(state="kept").count() == Promise.objects.count() == ROWS
    assert ImportRun.objects.get().finished_at is not None

    undo(pk)
    work_uploads.delay()
    wait_until(lambda: read().undone > 0)
    celery_worker.kill()
    half = read()
    assert half.state == Upload.State.UNDOING
    assert Event.objects.filter(type="event.retracted").count() == half.undone < 2 * ROWS
    celery_worker.start()
    wait_until(over)
    celery_worker.stop()

    assert (read().state, read().undone) == (Upload.State.UNDONE, 2 * ROWS)
    assert Event.objects.filter(type="event.retracted").count() == 2 * ROWS
    assert Event.objects.count() == 4 * ROWS
    assert not Promise.objects.exists()
    count()
    report = check_ledger()
    assert report.ok, report.as_dict()
