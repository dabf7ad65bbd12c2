"""The sample: moved into the present, loaded once, removed without a trace in any figure."""

import gzip
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import User
from django.db import connection

from interactions.models import (
    Change,
    Customer,
    Event,
    Source,
    Team,
    Tombstone,
    Touchpoint,
)
from promises.cells import fold_deltas
from promises.models import Cell, CellDelta, CellDetail, ImportRun, OpenPromise, Promise
from promises.services import sample
from promises.services.checking import check_ledger
from promises.services.counting import count_pending
from promises.services.imports.moments import moment_reader
from promises.services.imports.planning import JoinedFile
from promises.services.imports.report import ImportReport, Progress
from promises.services.imports.rows import RowBuilder
from promises.services.imports.skipping import SkipReader
from tests.events import made, store, uncounted

NOW = datetime(2026, 3, 31, 12, 0, tzinfo=UTC)
BOSTON = ZoneInfo("America/New_York")
EVERY = 50


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with every fiftieth request of the sample and the newest."""
    folder = sample._FOLDER
    with gzip.open(folder / "boston311.csv.gz", "rt", encoding="utf-8") as stream:
        header, *rows = stream.readlines()
    with gzip.open(tmp_path / "boston311.csv.gz", "wt", encoding="utf-8") as stream:
        stream.writelines([header, *rows[:-100:EVERY], *rows[-100:]])
    shutil.copy(folder / "boston311.toml", tmp_path)
    monkeypatch.setattr(sample, "_FOLDER", tmp_path)
    return tmp_path


def load(now: datetime = NOW) -> ImportReport | None:
    return sample.sample_load(clock=lambda: now, report_progress=lambda _progress: None)


def test_the_newest_opening_falls_in_the_last_seven_days() -> None:
    plan = sample.sample_plan()
    newest = sample.newest_opening(plan)
    assert newest.isoformat() == "2017-12-31T13:38:00"
    for days in range(15):
        now = NOW + timedelta(days=days)
        shift = sample.sample_shift(plan, now)
        moved = (newest + shift).replace(tzinfo=BOSTON)
        assert shift % timedelta(weeks=1) == timedelta(0)
        assert now - timedelta(days=7) < moved <= now


def test_every_row_of_the_sample_can_be_read() -> None:
    plan = sample.sample_plan()
    joined = JoinedFile(plan, plan.files[0])
    shift = sample.sample_shift(plan, NOW)
    skips = SkipReader(plan.mapping, joined.header)
    builder = RowBuilder(
        plan.mapping, joined.header, moment_reader(plan.mapping, shift), outcomes_until=NOW
    )
    promises = [
        builder.build(cells, now=NOW)
        for one in joined.rows()
        for cells in one.joined
        if skips.reason(cells) is None
    ]
    assert len(promises) == 17_500
    assert max(event.occurred_at for events in promises for event in events) <= NOW
    assert builder.remarks["outcome_in_future"] > 100


@pytest.mark.django_db
def test_it_is_loaded_once_and_moved(small: Path) -> None:
    assert not sample.sample_loaded()
    report = load()
    assert report is not None
    assert report.promises == Promise.objects.count() > 250
    assert report.rejected == 0
    assert sample.sample_loaded()
    source = Source.objects.get(name=sample.SOURCE)
    assert source.is_sample
    assert source.door == Source.Door.IMPORT
    newest = Promise.objects.order_by("-made_at")[0]
    assert NOW - timedelta(days=7) < newest.made_at <= NOW
    assert not Event.objects.filter(occurred_at__gt=NOW).exists()
    assert Promise.objects.filter(due__gt=NOW, state="open").exists()
    due = newest.due.astimezone(BOSTON)
    # Pages print its dates in the zone of the installation: the words say which clock is theirs.
    assert newest.statement.endswith(f"{due.day} {due:%B %Y, %H:%M} Boston time")
    assert load(NOW + timedelta(days=30)) is None


@pytest.mark.django_db
def test_hours_and_weekdays_stay_as_they_were(small: Path) -> None:
    load()
    shift = sample.sample_shift(sample.sample_plan(), NOW)
    first = Promise.objects.get(reference="101000729509")
    original = datetime(2013, 1, 1, 6, 32, 33, tzinfo=BOSTON).replace(tzinfo=None)
    assert first.made_at.astimezone(BOSTON).replace(tzinfo=None) == original + shift


@pytest.mark.django_db
def test_a_load_that_was_interrupted_goes_on_with_the_same_dates(small: Path) -> None:
    def interrupt(_progress: Progress) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sample.sample_load(clock=lambda: NOW, report_progress=interrupt)
    recorded = Event.objects.filter(type="promise.made").count()
    assert recorded > 250
    assert sample.sample_loaded()
    report = load(NOW + timedelta(days=20))
    assert report is not None
    assert report.duplicate >= recorded
    assert Change.objects.get().action == "sample loaded"
    assert Event.objects.filter(type="promise.made").count() == recorded == report.promises


@pytest.mark.django_db(transaction=True)
def test_removing_it_leaves_no_trace_in_any_figure(small: Path) -> None:
    store(made("o-1", team="PARK"), made("o-2"))
    count_pending()
    before = cells()
    assert load() is not None
    assert cells() != before
    promises = Promise.objects.count() - 2
    events = Event.objects.count() - 2

    ada = User.objects.create_user("ada")
    removed = sample.sample_remove(user_id=ada.pk)

    assert removed == sample.RemovedSample(events, promises)
    assert not sample.sample_loaded()
    assert set(Promise.objects.values_list("reference", flat=True)) == {"o-1", "o-2"}
    assert Event.objects.count() == 2
    assert OpenPromise.objects.count() == 2
    assert not uncounted()
    fold_deltas()
    assert not CellDelta.objects.exists()
    assert {row for row in cells() if row[1]} == before
    stone = Tombstone.objects.get()
    assert (stone.events, stone.promises) == (events, promises)
    check = check_ledger()
    assert check.ok, check
    changes = Change.objects.order_by("pk").values_list("by", "subject", "action", "before")
    assert list(changes) == [
        ("", sample.SOURCE, "sample loaded", {}),
        ("ada", sample.SOURCE, "sample removed", {"events": events, "promises": promises}),
    ]


@pytest.mark.django_db
def test_parties_that_only_it_named_go_with_it(small: Path) -> None:
    store(made("o-1", team="PARK", customer="Roxbury", touchpoint="Self Service"))
    count_pending()
    load()
    described = Team.objects.get(reference="ISD")
    described.is_new = False
    described.save()
    sample.sample_remove(user_id=None)
    assert set(Team.objects.values_list("reference", flat=True)) == {"PARK", "ISD"}
    assert set(Customer.objects.values_list("reference", flat=True)) == {"Roxbury"}
    assert "Self Service" in set(Touchpoint.objects.values_list("reference", flat=True))
    teams = set(Team.objects.values_list("pk", flat=True))
    for model in (Cell, CellDetail):
        assert set(model.objects.values_list("team_id", flat=True)) <= teams


@pytest.mark.django_db
def test_removing_it_may_take_longer_than_a_page(small: Path) -> None:
    load()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 1")
    assert sample.sample_remove(user_id=None) is not None


@pytest.mark.django_db
def test_once_removed_it_does_not_come_back(small: Path) -> None:
    load()
    assert sample.sample_remove(user_id=None) is not None
    assert sample.sample_remove(user_id=None) is None
    assert load(NOW + timedelta(days=30)) is None
    assert ImportRun.objects.count() == 1
    assert not Event.objects.exists()


@pytest.mark.django_db
def test_there_is_nothing_to_remove_before_it_is_loaded() -> None:
    assert sample.sample_remove(user_id=None) is None
    assert not Tombstone.objects.exists()


def cells() -> set[tuple[object, ...]]:
    fold_deltas()
    return set(
        Cell.objects.values_list("team__reference", "n", "kind", "day", "weight", "loss", "open")
    )
