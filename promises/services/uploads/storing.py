"""Uploaded files in the database, in pieces; a copy of one on the disk while it is worked on."""

import re
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from promises.models import Upload, UploadPiece
from promises.services.imports.columns import Header, columns_used
from promises.services.imports.mapping import Mapping
from promises.services.imports.planning import ImportPlan
from promises.services.imports.reading import CsvFile, csv_open
from promises.services.imports.refusals import ImportRefused
from promises.services.uploads.decoding import (
    found_encoding,
    head_of,
    text_of_head,
    write_utf8,
)

PIECE_BYTES = 1 << 20
MEGABYTE = 1_000_000
# More columns than any table of promises has; each is an option of every field on the page.
MOST_COLUMNS = 500
MOST_NAME = 120
_COPY: Final = "upload.csv"


def upload_limit() -> int:
    """Units: bytes, as the file comes."""
    return int(settings.IMPORT_MAX_MB) * MEGABYTE


def too_large() -> ImportRefused:
    """What is said of a file over the limit."""
    return ImportRefused(
        _("The file is larger than %(limit)d MB. Pack it with gzip, or import it in parts.")
        % {"limit": settings.IMPORT_MAX_MB}
    )


def store_upload(
    name: str, blocks: Iterable[bytes], *, actor_id: int | None = None, made_by: str = ""
) -> Upload:
    """Keep a file, after a look at its beginning.

    Raises: ImportRefused with a sentence.
    """
    limit, size = upload_limit(), 0
    with tempfile.TemporaryFile(dir=_folder()) as kept:
        for block in blocks:
            size += len(block)
            if size > limit:
                raise too_large()
            kept.write(block)
        kept.seek(0)
        head, is_cut = head_of(kept)
        upload = Upload(
            name=clean_name(name),
            size=size,
            head=head,
            is_cut=is_cut,
            encoding=found_encoding(head),
            actor_id=actor_id,
            made_by=made_by,
        )
        with head_file(upload):
            pass
        kept.seek(0)
        with transaction.atomic():
            upload.save()
            for number, piece in enumerate(iter(lambda: kept.read(PIECE_BYTES), b"")):
                UploadPiece.objects.create(
                    upload=upload, kind=UploadPiece.Kind.FILE, number=number, content=piece
                )
    return upload


@contextmanager
def head_file(upload: Upload, *, delimiter: str | None = None) -> Iterator[CsvFile]:
    """The beginning of the file, as CSV on the disk.

    Raises: ImportRefused where it is no table.
    """
    text = text_of_head(bytes(upload.head), is_cut=upload.is_cut, encoding=upload.encoding)
    with _copy(upload.name) as path:
        path.write_text(text, encoding="utf-8", newline="")
        yield _opened(path, delimiter)


@contextmanager
def whole_plan(upload: Upload, mapping: Mapping) -> Iterator[ImportPlan]:
    """The whole file on the disk, with what it is to become.

    Raises: ImportRefused where it is no table, or a column is missing.
    """
    with _copy(upload.name) as path:
        with tempfile.TemporaryFile(dir=path.parent) as packed:
            for piece in pieces(upload, UploadPiece.Kind.FILE):
                packed.write(piece)
            packed.seek(0)
            source: BinaryIO = packed
            limit = int(settings.IMPORT_MAX_INFLATED_MB) * MEGABYTE
            write_utf8(source, path, encoding=upload.encoding, limit=limit)
        yield plan_of(_opened(path, mapping.delimiter), mapping)


def plan_of(file: CsvFile, mapping: Mapping) -> ImportPlan:
    """A plan for one file.

    Raises: ImportRefused where the mapping speaks of other files, or of columns that are missing.
    """
    if mapping.join:
        raise ImportRefused(
            _("The mapping joins several files; use the command import_promises for them.")
        )
    header = Header(_COPY, file.columns)
    for place, column in columns_used(mapping):
        header.index(place, column)
    return ImportPlan(mapping, "", (file,), ())


def pieces(upload: Upload, kind: UploadPiece.Kind) -> Iterator[bytes]:
    """The pieces of a file, one after the other."""
    numbers = UploadPiece.objects.filter(upload=upload, kind=kind)
    for pk in list(numbers.order_by("number").values_list("pk", flat=True)):
        content = UploadPiece.objects.filter(pk=pk).values_list("content", flat=True).first()
        yield bytes(content or b"")


def clean_name(name: str) -> str:
    """The last part of a path, without what cannot be shown or stored."""
    last = re.split(r"[\\/]", name)[-1]
    shown = "".join(letter for letter in last if letter.isprintable()).strip()
    return shown[-MOST_NAME:] or _("upload")


def _opened(path: Path, delimiter: str | None) -> CsvFile:
    file = csv_open(path, delimiter=delimiter)
    if len(file.columns) > MOST_COLUMNS:
        raise ImportRefused(
            _("The file has %(count)d columns; %(limit)d are the most.")
            % {"count": len(file.columns), "limit": MOST_COLUMNS}
        )
    return file


@contextmanager
def _copy(name: str) -> Iterator[Path]:
    """Where a copy may be written; what is said of it speaks of the upload by its own name."""
    with tempfile.TemporaryDirectory(dir=_folder()) as folder:
        path = Path(folder) / _COPY
        try:
            yield path
        except ImportRefused as refused:
            told = str(refused).replace(str(path), name).replace(_COPY, name)
            raise ImportRefused(told) from refused


def _folder() -> Path:
    folder: Path = settings.DATA_DIR / "imports"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder
