"""Bytes as they came, plain or gzip, in whatever encoding, become plain text in UTF-8."""

import codecs
import gzip
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final, cast

from charset_normalizer import from_bytes
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from promises.services.imports.reading import damage_of
from promises.services.imports.refusals import ImportRefused
from promises.services.uploads.languages import (
    LANGUAGES,
    Words,
    are_western,
    fitting,
    telling_words,
)

BLOCK = 1 << 20
# So much of the beginning is looked at before anything is decided.
HEAD_BYTES = 256_000
UTF8 = "utf-8"
_USUAL = "cp1252"
_MAC = "mac_roman"
# So many of the words have to be of one language of another encoding before that is taken.
_CLEAR = 0.9
# No other language looks like this by accident.
_HIRAGANA = re.compile("[\u3041-\u3096]")
ENCODINGS: Final = {
    UTF8: gettext_lazy("UTF-8"),
    "cp1252": gettext_lazy("Western European (Windows-1252)"),
    "iso8859_15": gettext_lazy("Western European (ISO 8859-15)"),
    _MAC: gettext_lazy("Western European (Mac)"),
    "cp850": gettext_lazy("Western European (DOS 850)"),
    "cp1250": gettext_lazy("Central European (Windows-1250)"),
    "cp1251": gettext_lazy("Cyrillic (Windows-1251)"),
    "cp1253": gettext_lazy("Greek (Windows-1253)"),
    "cp1254": gettext_lazy("Turkish (Windows-1254)"),
    "utf_16": gettext_lazy("UTF-16"),
    "cp932": gettext_lazy("Japanese (Shift JIS)"),
    "gb18030": gettext_lazy("Chinese (GB 18030)"),
    "big5": gettext_lazy("Chinese (Big5)"),
    "cp949": gettext_lazy("Korean (CP949)"),
}
_GZIP = b"\x1f\x8b"
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_SIGNATURES = {
    b"PK\x03\x04": gettext_lazy("an Excel or zip file"),
    b"\xd0\xcf\x11\xe0": gettext_lazy("an old Excel file"),
    b"%PDF": gettext_lazy("a PDF file"),
}


def head_of(stream: BinaryIO) -> tuple[bytes, bool]:
    """The first bytes, inflated, and whether there are more.

    Raises: ImportRefused where it is empty, damaged, or plainly no table.
    """
    try:
        head = inflated(stream).read(HEAD_BYTES + 1)
    except (EOFError, zlib.error, OSError) as error:
        raise _damaged(error) from error
    if not head.removeprefix(codecs.BOM_UTF8).strip():
        raise ImportRefused(_("The file is empty."))
    for signature, kind in _SIGNATURES.items():
        if head.startswith(signature):
            raise ImportRefused(
                _("The file is %(kind)s, not CSV. Save it as CSV.") % {"kind": kind}
            )
    return head[:HEAD_BYTES], len(head) > HEAD_BYTES


def inflated(stream: BinaryIO) -> BinaryIO:
    """The stream, unpacked where it is gzip."""
    start = stream.read(2)
    stream.seek(0)
    return cast(BinaryIO, gzip.GzipFile(fileobj=stream)) if start == _GZIP else stream


def found_encoding(head: bytes) -> str:
    """The encoding that the bytes are most likely in; one that every byte has, if no other."""
    if head.startswith(_UTF16):
        return "utf_16"
    try:
        codecs.getincrementaldecoder(UTF8)().decode(head)
    except UnicodeDecodeError:
        if len(_HIRAGANA.findall(head.decode("cp932", errors="replace"))) > 10:
            return "cp932"
        return _older_encoding(head)
    return UTF8


def _older_encoding(head: bytes) -> str:
    """The one that most programs write, unless another reads clearly better."""
    usual = _text_in(head, _USUAL)
    if usual is not None and are_western(telling_words(usual)):
        return _USUAL
    rivals = {name: head.decode(name, errors="replace") for name in _likely(head)}
    shares = {name: _share(telling_words(text), name) for name, text in rivals.items()}
    # Of those that read equally well the one that the library holds for likelier; the Mac's last,
    # in which hardly anything has been written for long.
    best = max(shares, key=lambda name: (shares[name], name != _MAC), default=_USUAL)
    if best == _USUAL or rivals[best] == usual:
        return _USUAL
    letters = sum(not letter.isascii() for word in telling_words(rivals[best]) for letter in word)
    is_clear = shares[best] >= _CLEAR and letters > 1
    return best if usual is None or is_clear else _USUAL


def _likely(head: bytes) -> list[str]:
    """The encodings of ours that the library does not rule out, the likeliest first."""
    by_name = {codecs.lookup(name).name: name for name in LANGUAGES}
    matches = from_bytes(head, cp_isolation=list(LANGUAGES))
    found = [codecs.lookup(name).name for one in matches for name in one.could_be_from_charset]
    return [by_name[name] for name in found if name in by_name]


def _share(words: Words, encoding: str) -> float:
    return fitting(words, encoding) / len(words) if words else 0.0


def _text_in(head: bytes, encoding: str) -> str | None:
    try:
        return head.decode(encoding)
    except UnicodeDecodeError:
        return None


def text_of_head(head: bytes, *, is_cut: bool, encoding: str) -> str:
    """The whole lines of the head as text; what cannot be read shows as such.

    Raises: ImportRefused where not even the first line is whole.
    """
    text = head.decode(encoding, errors="replace").removeprefix("\ufeff")
    if not is_cut:
        return text
    end = max(text.rfind("\n"), text.rfind("\r"))
    if end < 0:
        raise ImportRefused(
            _("The first line is longer than %(limit)d bytes: this is no table of promises.")
            % {"limit": HEAD_BYTES}
        )
    return text[: end + 1]


def write_utf8(source: BinaryIO, target: Path, *, encoding: str, limit: int) -> None:
    """Write a stream to a file as plain text in UTF-8.

    Units: `limit` in bytes, of the text as it is in the file, after unpacking.
    Raises: ImportRefused where it is damaged, too large, or not in the encoding.
    """
    decoder = codecs.getincrementaldecoder(encoding)()
    lines = 0
    with target.open("w", encoding=UTF8, newline="") as out:
        for block in _blocks(inflated(source), limit):
            try:
                text = decoder.decode(block, final=not block)
            except UnicodeDecodeError as error:
                before = error.object[: error.start].count(b"\n")
                raise ImportRefused(_not_in(encoding, lines + before + 1)) from None
            out.write(text)
            lines += text.count("\n")


def _blocks(stream: BinaryIO, limit: int) -> Iterator[bytes]:
    """The bytes in blocks; an empty one at the end."""
    size = 0
    while True:
        try:
            block = stream.read(BLOCK)
        except (EOFError, zlib.error, OSError) as error:
            raise _damaged(error) from error
        size += len(block)
        if size > limit:
            raise ImportRefused(
                _("The file is larger than %(limit)d MB when it is unpacked; import it in parts.")
                % {"limit": limit // 1_000_000}
            )
        yield block
        if not block:
            return


def _damaged(error: Exception) -> ImportRefused:
    return ImportRefused(
        _("The file is a damaged gzip file: %(damage)s. Pack it again.")
        % {"damage": damage_of(error)}
    )


def _not_in(encoding: str, line: int) -> str:
    return _("Line %(line)d is not in the encoding %(encoding)s. Choose another one.") % {
        "line": line,
        "encoding": ENCODINGS.get(encoding, encoding),
    }
