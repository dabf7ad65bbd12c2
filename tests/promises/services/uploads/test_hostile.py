"""Whatever a file holds, the answer is a sentence or an account of its rows."""

import gzip
import random
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import Settings

from promises.models import Upload, UploadPiece
from promises.services.imports.mapping import mapping_parse
from promises.services.imports.refusals import ImportRefused
from promises.services.uploads.changing import describe, mapping_of
from promises.services.uploads.previewing import preview, sample_of
from promises.services.uploads.storing import clean_name, pieces
from promises.services.uploads.toml import mapping_toml
from tests.uploads import HEADER, MAPPING, described, mapping, orders, uploaded, worked

pytestmark = [pytest.mark.django_db]

BOMB = gzip.compress(HEADER.encode() + b"x" * 30_000_000)
REFUSED = {
    "nothing": b"",
    "blanks": b"  \n \n",
    "only a mark": b"\xef\xbb\xbf",
    "a header only": HEADER.encode(),
    "an Excel file": b"PK\x03\x04" + bytes(100),
    "an old Excel file": b"\xd0\xcf\x11\xe0" + bytes(100),
    "a PDF": b"%PDF-1.7\n1 0 obj",
    "binary": bytes(range(256)) * 10,
    "zeros": bytes(5_000),
    "a million columns": b",".join(b"c%d" % n for n in range(1_000_000)) + b"\n1\n",
    "six hundred columns": b",".join(b"c%d" % n for n in range(600)) + b"\n1\n",
    "damaged gzip": gzip.compress(orders(100))[:60] + b"rubbish",
    "gzip cut off": gzip.compress(orders(10_000))[:200],
    "gzip of nothing": gzip.compress(b""),
    "one endless line": b"x" * 2_000_000,
}
NUL_LATER = orders(400) + b"o-nul,a\0b,2026-03-02 09:30,2026-03-06,,c-9\n"


@pytest.mark.parametrize("content", REFUSED.values(), ids=REFUSED.keys())
def test_what_is_no_table_is_refused_with_a_sentence(content: bytes) -> None:
    with pytest.raises(ImportRefused) as refused:
        uploaded(content, name="orders of mine.csv")
    sentence = str(refused.value)
    assert sentence.endswith(".")
    assert "/imports/" not in sentence
    assert "upload.csv" not in sentence
    assert not Upload.objects.exists()


def test_nothing_is_left_on_the_disk(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    worked(described(orders(3)).pk)
    assert list((tmp_path / "imports").iterdir()) == []


def test_a_file_over_the_limit_is_refused(settings: Settings) -> None:
    settings.IMPORT_MAX_MB = 1
    with pytest.raises(ImportRefused, match="larger than 1 MB"):
        uploaded(orders(20_000))


@pytest.mark.django_db(transaction=True)
def test_a_bomb_is_not_unpacked_further_than_the_limit(settings: Settings) -> None:
    settings.IMPORT_MAX_INFLATED_MB = 2
    rows = gzip.compress(orders(60_000))
    assert len(rows) < 1_000_000
    upload = worked(described(rows).pk, dry_run=True)
    assert (upload.state, upload.problem[:36]) == ("draft", "The file is larger than 2 MB when it")
    with pytest.raises(ImportRefused):
        uploaded(BOMB)


@pytest.mark.django_db(transaction=True)
def test_bad_rows_are_rejected_one_by_one() -> None:
    rows = (
        "o-1\n",
        "o-2,,2026-03-02,2026-03-06,,c\n",
        ",x,2026-03-02,2026-03-06,,c\n",
        "o-4,x,,2026-03-06,,c\n",
        "o-5,x,2026-03-02,,,c\n",
        "o-6,x,2026-99-02,2026-03-06,,c\n",
        "o-7,x,9999-12-31 23:59,2026-03-06,,c\n",
        "o-8,x,0001-01-01,0001-01-01,,c\n",
        f"{'o' * 300},x,2026-03-02,2026-03-06,,c\n",
        f"o-9,{'x' * 200_000},2026-03-02,2026-03-06,,c\n",
        "=1+1,=cmd,2026-03-02 09:30,@bad,,+c\n",
        "o-nul,a\0b,2026-03-02 09:30,2026-03-06,,c-9\n",
    )
    upload = worked(described(NUL_LATER + "".join(rows).encode()).pk)
    assert upload.state == "done"
    assert upload.report["promises"] == 400
    assert upload.report["rejected"] == 1 + len(rows)
    text = b"".join(pieces(upload, UploadPiece.Kind.REJECTS)).decode()
    assert "'@bad" in text
    assert "'=1+1,'=cmd" in text


def test_an_undecodable_line_is_named() -> None:
    content = orders(20_000) + "o-ü,Müller,2026-03-02,2026-03-06,,c\n".encode("cp1252")
    upload = described(content)
    assert upload.encoding == "utf-8"
    done = worked(upload.pk, dry_run=True)
    assert done.state == "draft"
    assert "Line 20002 is not in the encoding UTF-8" in done.problem


def test_any_bytes_are_a_refusal_or_a_draft() -> None:
    chance = random.Random(7)
    for _ in range(150):
        content = bytearray(orders(5))
        for _ in range(chance.randrange(1, 40)):
            content[chance.randrange(len(content))] = chance.randrange(256)
        if chance.random() < 0.3:
            content = bytearray(gzip.compress(bytes(content)))
            content[chance.randrange(2, len(content))] ^= 1 << chance.randrange(8)
        try:
            upload = uploaded(bytes(content))
            sample_of(upload)
            describe(upload.pk, mapping())
        except ImportRefused as refused:
            assert str(refused)
        else:
            preview(upload, mapping(), now=timezone.now())


def test_columns_that_share_a_name_cannot_be_chosen() -> None:
    upload = uploaded(b"a,a,,b\n1,2,3,4\n")
    sample = sample_of(upload)
    assert (sample.usable, sample.unusable) == (["b"], 3)
    with pytest.raises(ImportRefused, match="does not have"):
        describe(upload.pk, mapping())


def test_names_of_files_are_made_harmless() -> None:
    assert clean_name("../../etc/passwd\0\n") == "passwd"
    assert clean_name("C:\\x\\orders.csv") == "orders.csv"
    assert clean_name("") == clean_name("\0") == "upload"
    assert len(clean_name("x" * 900)) <= 120


def test_the_mapping_as_a_file_says_the_same() -> None:
    wanted = mapping_parse(
        MAPPING.replace('"words"', '"wo\\"r\\\\ds\\u007f ü"')
        + '[withdrawn]\ncolumn = "state"\nvalues = ["off", "a,b"]\nby = "us"\nat = "made_at"\n',
        name="x",
    )
    assert mapping_parse(mapping_toml(wanted), name="y") == wanted


def test_the_stored_mapping_is_the_mapping() -> None:
    assert mapping_of(described()) == mapping()
