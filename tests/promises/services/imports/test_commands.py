"""The two commands as people run them: sentences, exit codes, progress."""

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from interactions.models import Event
from promises.management.progress import ProgressLine, progress_text
from promises.services.imports.report import Progress
from tests.promises.services.imports.files import MAPPING, row, table, written


def run(*paths: Path, mapping: Path, **options: object) -> tuple[str, str]:
    out, err = io.StringIO(), io.StringIO()
    call_command(
        "import_promises", *map(str, paths), mapping=mapping, stdout=out, stderr=err, **options
    )
    return out.getvalue(), err.getvalue()


@pytest.fixture
def chart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return written(tmp_path, "orders.toml", MAPPING)


@pytest.mark.django_db
def test_it_says_what_became_of_every_row(tmp_path: Path, chart: Path) -> None:
    cells = [
        row(done="2026-03-05 11:00:00"),
        row(order="o-2", due="2026-03-01"),
        *[row(order=f"bad-{number}", due="soon") for number in range(7)],
    ]
    said, _ = run(written(tmp_path, "orders.csv", table(*cells)), mapping=chart)
    assert "9 rows read in" in said
    assert "2 promises\n3 events accepted\n0 duplicates, nothing changed\n7 rejected\n" in said
    assert said.count(": due 'soon' is neither a time") == 5
    assert "  ...\n" in said
    assert f"all of them in {tmp_path / 'orders.csv.rejects.csv'}" in said
    assert "note: 1 due before it was made; kept, and noted on the promise" in said


@pytest.mark.django_db
def test_dates_of_a_mapping_are_told_by_an_example(tmp_path: Path, chart: Path) -> None:
    german = written(tmp_path, "german.toml", 'formats = ["%d.%m.%Y %H:%M"]\n' + MAPPING)
    said, _ = run(written(tmp_path, "orders.csv", table(row(due="soon"))), mapping=german)
    assert "expected is one like 31.12.2026 14:30" in said
    assert "%" not in said + (tmp_path / "orders.csv.rejects.csv").read_text()


@pytest.mark.django_db
def test_a_dry_run_says_so(tmp_path: Path, chart: Path) -> None:
    orders = written(tmp_path, "orders.csv", table(row()))
    said, _ = run(orders, mapping=chart, dry_run=True)
    assert said.startswith("Dry run: nothing was recorded.\n")
    assert "1 events accepted" in said
    assert not Event.objects.exists()


@pytest.mark.django_db
def test_counting_can_be_left_to_the_worker(tmp_path: Path, chart: Path) -> None:
    orders = written(tmp_path, "orders.csv", table(row()))
    _, progress = run(orders, mapping=chart, no_project=True, progress=True)
    assert "reading: 2 of 2 lines (100 %)" in progress
    assert "counting" not in progress
    _, progress = run(orders, mapping=chart, progress=True)
    assert "counting: 1 of 1 events (100 %)" in progress


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "is empty"),
        ("a,b\n", "has a header but no rows"),
        ("PK\x03\x04", "is an Excel or zip file"),
        ("a,b\n1,2\n", 'names the column "order", which orders.csv does not have'),
    ],
)
def test_a_file_that_cannot_be_used_ends_with_a_sentence(
    tmp_path: Path, chart: Path, content: str, sentence: str
) -> None:
    with pytest.raises(CommandError) as error:
        run(written(tmp_path, "orders.csv", content), mapping=chart)
    assert sentence in str(error.value)
    assert error.value.returncode == 1


def test_a_mapping_that_cannot_be_used_ends_with_a_sentence(tmp_path: Path, chart: Path) -> None:
    orders = written(tmp_path, "orders.csv", table(row()))
    with pytest.raises(CommandError, match="cannot be read: No such file"):
        run(orders, mapping=tmp_path / "none.toml")
    with pytest.raises(CommandError, match="--rejects names one file"):
        run(orders, orders, mapping=chart, rejects=tmp_path / "x.csv")
    with pytest.raises(CommandError, match="--chunk-rows must be at least 1"):
        run(orders, mapping=chart, chunk_rows=0)


@pytest.mark.django_db
def test_a_reject_file_that_cannot_be_written_ends_with_a_sentence(
    tmp_path: Path, chart: Path
) -> None:
    orders = written(tmp_path, "orders.csv", table(row(due="soon")))
    with pytest.raises(CommandError, match="cannot be written: Is a directory"):
        run(orders, mapping=chart, rejects=tmp_path)


def test_progress_has_a_rate_and_an_end() -> None:
    assert progress_text(Progress(False, 3_000, 12_000, 2.0)) == (
        "reading: 3,000 of 12,000 lines (25 %), 1,500/s, 6 s left"
    )
    assert progress_text(Progress(True, 5, 5, 1.0)) == "counting: 5 of 5 events (100 %), 5/s"
    assert progress_text(Progress(False, 0, 10, 0.0)) == "reading: 0 of 10 lines (0 %), 0/s"


class Screen:
    """What a terminal would get."""

    def __init__(self) -> None:
        self.text = ""

    def write(self, msg: str = "", style_func: None = None, ending: str | None = None) -> None:
        self.text += msg + ("\n" if ending is None else ending)

    def flush(self) -> None:
        assert self.text.startswith("\r")


def test_a_moving_line_overwrites_itself_and_a_log_does_not() -> None:
    moving, log = Screen(), Screen()
    line, lines = ProgressLine(moving, moving=True), ProgressLine(log, moving=False)
    for done in (100, 200):
        line.show(Progress(False, done, 200, 1.0))
        lines.show(Progress(False, done, 200, 1.0))
    line.end()
    assert moving.text.count("\r") == 2
    assert moving.text.endswith("\n")
    # It is not yet two seconds: a log is spared.
    assert log.text == ""
    lines._shown -= 5
    lines.show(Progress(False, 200, 200, 1.0))
    assert log.text == "reading: 200 of 200 lines (100 %), 200/s\n"
