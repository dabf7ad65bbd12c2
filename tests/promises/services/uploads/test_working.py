"""The check, the import and the undo of uploads: exact, also after a crash in the middle."""

import pytest
from django.utils import timezone

from interactions.models import Event
from promises.models import ImportRun, Promise, Upload, UploadPiece, UploadSpan
from promises.scores import company_row
from promises.selectors.asked import asked_from_query, question_for
from promises.selectors.uploads import upload_read
from promises.services.checking import check_and_keep
from promises.services.counting import count_pending
from promises.services.uploads import chunks, working
from promises.services.uploads.changing import (
    UploadConflict,
    cancel,
    clear_old,
    describe,
    forget,
    start,
    undo,
)
from promises.services.uploads.checks import report_checks, report_from
from promises.services.uploads.storing import pieces
from tests.uploads import BAD, described, finished, mapping, order, orders, uploaded, worked

pytestmark = [pytest.mark.django_db(transaction=True)]


def rejects(upload: Upload) -> str:
    return b"".join(pieces(upload, UploadPiece.Kind.REJECTS)).decode()


def test_a_check_reports_everything_and_records_nothing() -> None:
    upload = worked(described(orders(5, BAD, order(4), order(4, delivered=""))).pk, dry_run=True)
    assert upload.state == Upload.State.CHECKED
    assert (upload.report["rows"], upload.report["promises"]) == (8, 5)
    assert (upload.report["accepted"], upload.report["duplicate"]) == (10, 3)
    assert upload.report["repeated"] == 3
    assert upload_read(upload.pk).known == 0
    assert upload.report["rejected"] == 1
    assert not Event.objects.exists()
    assert not ImportRun.objects.exists()
    lines = rejects(upload).splitlines()
    assert lines[0].startswith("rejected_line,")
    assert lines[1].startswith("7,promised,soon,")


def test_an_import_records_what_the_check_said_and_the_same_again_changes_nothing() -> None:
    upload = worked(described(orders(5, BAD)).pk, dry_run=True)
    checked = upload.report
    upload = worked(upload.pk)
    assert upload.state == Upload.State.DONE
    for name in ("rows", "promises", "accepted", "duplicate", "rejected", "rejections"):
        assert upload.report[name] == checked[name], name
    assert rejects(upload).count("\n") == 2
    assert Event.objects.count() == 10
    assert ImportRun.objects.get().accepted == 10
    again = worked(described(orders(5, BAD)).pk)
    assert (again.report["accepted"], again.report["duplicate"]) == (0, 10)
    assert not upload_read(again.pk).can_undo
    count_pending()
    assert Promise.objects.filter(state="kept").count() == 5


DOUBLES = (order(1), order(2, delivered=""), order(3).replace("Arrives", "Comes"), order(1))


def test_doubles_are_counted_once_and_named_across_chunks_and_workers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(chunks, "CHUNK_ROWS", 2)
    content = orders(4, BAD, *DOUBLES, order(9))
    checked = worked(described(content).pk, dry_run=True)
    start(checked.pk, dry_run=False, now=timezone.now())
    working.work(budget_seconds=0.0001)
    # One chunk for each worker.
    assert UploadPiece.objects.filter(kind=UploadPiece.Kind.TOLD).count() == 1
    upload = finished(checked.pk)
    for report in (checked.report, upload.report):
        assert (report["rows"], report["promises"], report["rejected"]) == (10, 5, 1)
        assert (report["duplicate"], report["repeated"]) == (6, 6)
        assert report["doubles"] == checked.report["doubles"]
        found = [check.text for check in report_checks(report_from(report))]
        assert (
            "2 rows say the same as earlier rows, and are taken once: line 7 as line 3; line 10 "
            "as line 3."
        ) in found
        assert (
            "1 row tells another outcome of the same promise as an earlier row; both are recorded "
            "with the one promise: line 8 beside line 4."
        ) in found
    assert not UploadPiece.objects.filter(kind=UploadPiece.Kind.TOLD).exists()
    assert upload_read(upload.pk).known == 0
    count_pending()
    assert Promise.objects.count() == 5
    again = worked(described(content).pk)
    assert (again.report["promises"], again.report["accepted"]) == (5, 0)
    assert upload_read(again.pk).known == again.report["duplicate"] - 6 == 11


def test_of_differing_rows_the_line_is_named_that_counts() -> None:
    late = order(1).replace("2026-03-02", "2026-03-03").replace("Arrives", "Comes")
    early = order(2).replace("2026-03-02", "2026-03-01").replace("Arrives", "Comes")
    upload = worked(described(orders(3, late, early)).pk)
    assert upload.report["promises"] == 3
    found = [check.text for check in report_checks(report_from(upload.report))]
    assert (
        "2 rows have the reference of an earlier row, and tell something else. The earlier making "
        "counts: line 3 counts, line 5 does not; line 6 counts, line 4 does not."
    ) in found
    count_pending()
    said = dict(Promise.objects.values_list("reference", "statement"))
    assert said == {
        "o-0": "Arrives by Friday",
        "o-1": "Arrives by Friday",
        "o-2": "Comes by Friday",
    }


@pytest.mark.parametrize("die_at", [1, 2, 3])
def test_a_crash_in_the_middle_loses_nothing_and_counts_nothing_twice(
    monkeypatch: pytest.MonkeyPatch, die_at: int
) -> None:
    """Die after the events of a chunk are recorded and before its transaction ends."""
    monkeypatch.setattr(chunks, "CHUNK_ROWS", 2)
    upload = described(orders(5, BAD, order(9), order(0)))
    start(upload.pk, dry_run=False, now=timezone.now())
    real, calls = chunks._add_rejects, 0

    def dies(row: Upload, text: chunks.RejectText) -> None:
        nonlocal calls
        calls += 1
        if calls == die_at:
            raise KeyboardInterrupt
        real(row, text)

    monkeypatch.setattr(chunks, "_add_rejects", dies)
    with pytest.raises(KeyboardInterrupt):
        working.work()
    monkeypatch.setattr(chunks, "_add_rejects", real)
    upload.refresh_from_db()
    assert upload.state == Upload.State.RUNNING
    assert Event.objects.count() == (upload.report.get("accepted") or 0)
    upload = finished(upload.pk)
    assert upload.state == Upload.State.DONE
    assert (upload.report["rows"], upload.report["accepted"]) == (8, 12)
    assert (upload.report["duplicate"], upload.report["rejected"]) == (2, 1)
    assert (upload.report["promises"], upload.report["repeated"]) == (6, 2)
    assert rejects(upload).count("\n") == 2
    assert sum(UploadSpan.objects.values_list("events", flat=True)) == 12


def test_an_import_makes_room_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "CHUNK_ROWS", 2)
    upload = described(orders(7))
    start(upload.pk, dry_run=False, now=timezone.now())
    assert working.work(budget_seconds=0.0001) is True
    upload.refresh_from_db()
    assert upload.state == Upload.State.RUNNING
    assert upload.line < 8
    assert finished(upload.pk).report["promises"] == 7


def test_whoever_lost_their_worker_is_found() -> None:
    upload = described()
    now = timezone.now()
    assert not working.work_is_waiting(now=now)
    start(upload.pk, dry_run=False, now=now)
    assert working.work_is_waiting(now=now)
    Upload.objects.update(worked_at=now)
    assert not working.work_is_waiting(now=now)
    assert working.work_is_waiting(now=now + 2 * working.STALE)


def test_one_that_kills_its_worker_is_given_up() -> None:
    upload = described()
    start(upload.pk, dry_run=False, now=timezone.now())
    Upload.objects.update(tries=working.MOST_TRIES)
    assert finished(upload.pk).state == Upload.State.FAILED
    # Somebody may try again.
    assert worked(upload.pk).state == Upload.State.DONE


def test_an_undo_takes_every_event_back_and_the_file_can_come_again() -> None:
    first = worked(described(orders(3)).pk)
    count_pending()
    kept = worked(described(orders(5)).pk)
    count_pending()
    assert Promise.objects.count() == 5
    undo(kept.pk)
    undone = finished(kept.pk)
    assert (undone.state, undone.undone) == (Upload.State.UNDONE, 4)
    count_pending()
    assert sorted(Promise.objects.values_list("reference", flat=True)) == ["o-0", "o-1", "o-2"]
    assert Event.objects.filter(type="event.retracted").count() == 4
    assert check_and_keep().ok
    again = worked(described(orders(5)).pk)
    assert (again.report["accepted"], again.report["duplicate"]) == (4, 6)
    count_pending()
    assert Promise.objects.filter(state="kept").count() == 5
    third = worked(described(orders(5)).pk, dry_run=True)
    assert third.report["duplicate"] == 10
    undo(again.pk)
    finished(again.pk)
    undo(first.pk)
    finished(first.pk)
    count_pending()
    assert not Promise.objects.exists()
    assert worked(described(orders(5)).pk).report["accepted"] == 10
    assert check_and_keep().ok


def test_what_was_undone_never_counted_at_any_moment() -> None:
    worked(described(orders(3)).pk)
    count_pending()
    moments = [f"2026-03-{day:02}T13:00:00Z" for day in (1, 3, 5, 6, 7, 20)]
    before = [counted(moment) for moment in moments]
    assert before[-1] == (3, 3)
    imported = worked(described(orders(8)).pk)
    count_pending()
    assert [counted(moment) for moment in moments] != before
    undo(imported.pk)
    finished(imported.pk)
    count_pending()
    assert [counted(moment) for moment in moments] == before
    assert check_and_keep().ok


def counted(moment: str) -> tuple[int, int]:
    """How many promises of the company counted then, and were kept."""
    asked = asked_from_query({"window": "all", "as_of": moment}, now=timezone.now())
    row = company_row(question_for(asked, team_ids=None))
    return row.n, row.kept


def test_a_cancelled_import_keeps_what_it_has_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "CHUNK_ROWS", 2)
    upload = described(orders(6))
    start(upload.pk, dry_run=False, now=timezone.now())
    working.work(budget_seconds=0.0001)
    assert cancel(upload.pk, now=timezone.now()).state == Upload.State.RUNNING
    cancelled = finished(upload.pk)
    assert cancelled.state == Upload.State.CANCELLED
    recorded = Event.objects.count()
    assert 0 < recorded < 12
    read = upload_read(upload.pk)
    assert read.can_go_on
    assert read.can_undo
    assert not read.can_forget
    with pytest.raises(UploadConflict):
        forget(upload.pk)
    done = worked(upload.pk)
    assert (done.state, done.report["accepted"]) == (Upload.State.DONE, 12)


def test_what_nobody_works_on_yet_is_cancelled_at_once() -> None:
    upload = described()
    start(upload.pk, dry_run=True, now=timezone.now())
    assert cancel(upload.pk, now=timezone.now()).state == Upload.State.DRAFT
    with pytest.raises(UploadConflict):
        cancel(upload.pk, now=timezone.now())
    with pytest.raises(UploadConflict):
        undo(upload.pk)
    forget(upload.pk)
    assert not Upload.objects.exists()
    assert not UploadPiece.objects.exists()


def test_nothing_starts_without_a_mapping_or_a_file() -> None:
    upload = uploaded()
    with pytest.raises(UploadConflict, match="no mapping"):
        start(upload.pk, dry_run=False, now=timezone.now())
    describe(upload.pk, mapping())
    long_after = timezone.now() + 8 * working.STALE * 10_000
    assert clear_old(now=long_after) == 1
    with pytest.raises(UploadConflict, match="not kept"):
        start(upload.pk, dry_run=False, now=timezone.now())


def test_old_files_go_and_the_upload_stays() -> None:
    upload = worked(described(orders(2, BAD)).pk)
    now = timezone.now()
    assert clear_old(now=now) == 0
    from_now = now + 2 * (now - now.replace(year=now.year - 1))
    assert clear_old(now=from_now) == 2
    read = upload_read(upload.pk)
    assert (read.has_file, read.has_rejects, read.state) == (False, False, "done")
    assert read.can_undo
