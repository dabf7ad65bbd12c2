"""Events and bodies that no well-meaning client sends, by name."""

import gzip
import json
import zlib
from typing import Any

SHOP = "/shop"
# What the tests put into a template by its text, because no JSON library writes it.
HERE = "@here@"


def event(number: int = 1, **changes: Any) -> dict[str, Any]:
    """A good event; `changes` of its envelope, or of its data by names that begin with data_."""
    made: dict[str, Any] = {
        "specversion": "1.0",
        "id": f"e-{number}",
        "source": SHOP,
        "type": "promise.made",
        "subject": f"order-{number}",
        "time": "2026-03-02T09:30:00Z",
        "data": {
            "kind": "delivery",
            "customer": {"id": "c-9"},
            "due_at": "2026-03-06",
            "statement": "Arrives by Friday",
        },
    }
    for name, value in changes.items():
        if name.startswith("data_"):
            made["data"][name.removeprefix("data_")] = value
        else:
            made[name] = value
    return made


def raw(text: str, **changes: Any) -> bytes:
    """An event with a piece of JSON put in as it is, where HERE stands as a value."""
    return json.dumps(event(**changes)).replace(f'"{HERE}"', text).encode("utf-8", "surrogatepass")


def inside(text: str, **changes: Any) -> bytes:
    """An event with bytes put in as they are, where HERE stands within a text."""
    return json.dumps(event(**changes)).replace(HERE, text).encode("utf-8", "surrogatepass")


def _attribute(text: str) -> bytes:
    return raw(text, data_attributes={"x": HERE})


def _statement(text: str) -> bytes:
    return inside(text, data_statement=f"a{HERE}b")


# One event each, as the only one, in an array and on a line: refused, with a pointer where it is.
REFUSED: dict[str, bytes] = {
    "NUL in a value": _statement("\\u0000"),
    "NUL as it is": _statement("\x00"),
    "NUL in a key of data": inside("\\u0000", data_attributes={f"k{HERE}": 1}),
    "NUL in a value of a key": inside("\\u0000", data_attributes={"a/b~": f"x{HERE}"}),
    "NUL in the customer": inside("\\u0000", data_customer={"id": f"c{HERE}"}),
    "NUL in the id": inside("\\u0000", id=f"e{HERE}"),
    "NUL in the subject": inside("\\u0000", subject=f"o{HERE}"),
    "NUL in an unknown key": inside("\\u0000", **{f"data_k{HERE}": 1}),
    "lone high surrogate": _statement("\\ud800"),
    "lone low surrogate": _statement("\\udc00"),
    "surrogates in the wrong order": _statement("\\udc00\\ud800"),
    "lone surrogate in a key": inside("\\ud800", data_attributes={f"k{HERE}": 1}),
    "lone surrogate in the id": inside("\\ud800", id=f"e{HERE}"),
    "surrogate in UTF-8": _statement("\ud800"),
    "1e999": _attribute("1e999"),
    "-1e999": _attribute("-1e999"),
    "1e999 as stake": raw("1e999", data_stake=HERE),
    "NaN": _attribute("NaN"),
    "Infinity": _attribute("Infinity"),
    "-Infinity": _attribute("-Infinity"),
    "stake NaN": raw("NaN", data_stake=HERE),
    "4,000 digits as stake": raw("9" * 4_000, data_stake=HERE),
    "stake -0": raw("-0", data_stake=HERE),
    "stake 2^64": raw(str(2**64), data_stake=HERE),
    "leading zero": _attribute("007"),
    "hexadecimal": _attribute("0x10"),
    "900 deep": _attribute("[" * 900 + "]" * 900),
    "100,000 deep": _attribute("[" * 100_000 + "]" * 100_000),
    "100,000 deep objects": _attribute('{"a":' * 100_000 + "1" + "}" * 100_000),
    "100,000 deep in an unknown attribute": raw("[" * 100_000 + "]" * 100_000, extension=HERE),
    "naive time": json.dumps(event(time="2026-03-02T09:30:00")).encode(),
    "time that is a date": json.dumps(event(time="2026-03-02")).encode(),
    "time without seconds": json.dumps(event(time="2026-03-02T09:30Z")).encode(),
    "year 0001": json.dumps(event(time="0001-01-01T00:00:00+14:00")).encode(),
    "year 0001 west": json.dumps(event(time="0001-01-01T00:00:00-14:00")).encode(),
    "year 9999": json.dumps(event(time="9999-12-31T23:59:59-14:00")).encode(),
    "year 9999 east": json.dumps(event(time="9999-12-31T23:59:59+14:00")).encode(),
    "year 0000": json.dumps(event(time="0000-01-01T00:00:00Z")).encode(),
    "year 10000": json.dumps(event(time="10000-01-01T00:00:00Z")).encode(),
    "leap second": json.dumps(event(time="2016-12-31T23:59:60Z")).encode(),
    "offset +25:00": json.dumps(event(time="2026-03-02T09:30:00+25:00")).encode(),
    "offset without colon": json.dumps(event(time="2026-03-02T09:30:00+0100")).encode(),
    "29 February of no leap year": json.dumps(event(time="2025-02-29T09:30:00Z")).encode(),
    "hour 24": json.dumps(event(time="2026-03-02T24:00:00Z")).encode(),
    "time with Arabic digits": json.dumps(event(time="٢٠٢٦-03-02T09:30:00Z")).encode(),
    "time as a number": json.dumps(event(time=1772443800)).encode(),
    "due in 0001": json.dumps(event(data_due_at="0001-01-01")).encode(),
    "due in 9999": json.dumps(event(data_due_at="9999-12-31T23:59:59-14:00")).encode(),
    "due that is naive": json.dumps(event(data_due_at="2026-03-06T10:00:00")).encode(),
    "due at a leap second": json.dumps(event(data_due_at="2026-06-30T23:59:60Z")).encode(),
    "due as offset +25:00": json.dumps(event(data_due_at="2026-03-06T10:00:00+25:00")).encode(),
    "id twice": inside('e-1", "id": "e-2', id=HERE),
    "key of data twice": inside('a", "statement": "b', data_statement=HERE),
    "key twice, once escaped": inside('a", "st\\u0061tement": "b', data_statement=HERE),
    "key of attributes twice": raw('1, "x": 2', data_attributes={"x": HERE}),
    "id as a number": json.dumps(event(id=7)).encode(),
    "id 2^53 + 1 as a number": raw(str(2**53 + 1), id=HERE),
    "id of 4,000 digits": raw("7" * 4_000, id=HERE),
    "id null": json.dumps(event(id=None)).encode(),
    "id empty": json.dumps(event(id="")).encode(),
    "id of 5 MB": json.dumps(event(id="x" * 5_000_000)).encode(),
    "id with a line break": json.dumps(event(id="e\r\n1")).encode(),
    "source of another": json.dumps(event(source="/other")).encode(),
    "type unknown": json.dumps(event(type="promise.imagined")).encode(),
    "type of 5 MB": json.dumps(event(type="x" * 5_000_000)).encode(),
    "specversion 0.3": json.dumps(event(specversion="0.3")).encode(),
    "data null": json.dumps(event(data=None)).encode(),
    "data a list": json.dumps(event(data=[])).encode(),
    "data a text": json.dumps(event(data="{}")).encode(),
    "unknown field": json.dumps(event(data_du="2026-03-06")).encode(),
    "statement of 5 MB": json.dumps(event(data_statement="x" * 5_000_000)).encode(),
    "10,000 combining marks": json.dumps(event(data_statement="e" + "\u0301" * 10_000)).encode(),
    "customer id of 5 MB": json.dumps(event(data_customer={"id": "c" * 5_000_000})).encode(),
    "a list of 10^6 in an attribute": _attribute("[" + ",".join("1" * 1_000_000) + "]"),
    "bad UTF-8": raw("", id="e").replace(b'"e"', b'"\xff\xfe"'),
    "overlong UTF-8": raw("", id="e").replace(b'"e"', b'"\xc0\x80"'),
    "cut off": json.dumps(event()).encode()[:-2],
    "comment": json.dumps(event()).encode().replace(b"{", b"{/* */", 1),
    "trailing comma": json.dumps(event()).encode()[:-1] + b",}",
    "single quotes": json.dumps(event()).encode().replace(b'"', b"'"),
    "null": b"null",
    "a number": b"12",
    "a text": b'"event"',
    "true": b"true",
    "an empty object": b"{}",
}

# Where the character stands that cannot be stored.
POINTERS: dict[str, str] = {
    "NUL in a value": "/data/statement",
    "NUL in a key of data": "/data/attributes",
    "NUL in a value of a key": "/data/attributes/a~1b~0",
    "NUL in the customer": "/data/customer/id",
    "NUL in the id": "/id",
    "NUL in the subject": "/subject",
}

# Strange, but facts like any other: stored exactly as sent.
TAKEN: dict[str, bytes] = {
    "bidirectional controls": json.dumps(event(data_statement="a\u202eb\u2066c")).encode(),
    "bidirectional controls in the id": json.dumps(event(id="e\u202e1")).encode(),
    "composed letters in the id": json.dumps(event(id="caf\u00e9")).encode(),
    "decomposed letters in the id": json.dumps(event(id="cafe\u0301")).encode(),
    "decomposed letters in the customer": json.dumps(
        event(data_customer={"id": "cafe\u0301"})
    ).encode(),
    "zero-width characters": json.dumps(event(data_statement="a\u200b\u200d\ufeffb")).encode(),
    "zero-width characters in the id": json.dumps(event(id="e\u200b1")).encode(),
    "emoji of 4 bytes": json.dumps(event(data_statement="\U0001f4e6"), ensure_ascii=False).encode(),
    "emoji as surrogate pair": json.dumps(event(data_statement="\U0001f4e6")).encode(),
    "1,000 combining marks": json.dumps(event(data_statement="e" + "\u0301" * 1_000)).encode(),
    "the text of an escaped NUL": json.dumps(event(data_statement="\\u0000")).encode(),
    "2^53 + 1": _attribute(str(2**53 + 1)),
    "2^63 - 1": _attribute(str(2**63 - 1)),
    "-2^63": _attribute(str(-(2**63))),
    "29 February": json.dumps(event(time="2024-02-29T09:30:00Z")).encode(),
    "spring forward": json.dumps(event(time="2026-03-29T02:30:00+01:00")).encode(),
    "nanoseconds": json.dumps(event(time="2026-03-02T09:30:00.123456789Z")).encode(),
    "a quote, a backslash, a brace": json.dumps(event(data_statement='"\\{},NULL')).encode(),
    "extension attributes": json.dumps(event(traceparent="00-1-1-00")).encode(),
}

_JSON = "application/json"
_ONE = "application/cloudevents+json"
_BATCH = "application/cloudevents-batch+json"
_GZIP = {"Content-Encoding": "gzip"}
_GOOD = json.dumps(event()).encode()


def _bomb(size: int) -> bytes:
    """Zeros that inflate to many megabytes."""
    return gzip.compress(b"\0" * size, compresslevel=9)


# Whole bodies: content, media type, further headers, status.
BODIES: dict[str, tuple[bytes, str, dict[str, str], int]] = {
    "blank": (b" \r\n\t", _BATCH, {}, 400),
    "byte order mark": (b"\xef\xbb\xbf" + _GOOD, _ONE, {}, 400),
    "UTF-16": (_GOOD.decode().encode("utf-16"), _ONE, {}, 400),
    "UTF-16 without mark": (_GOOD.decode().encode("utf-16-le"), _BATCH, {}, 400),
    "UTF-32": (_GOOD.decode().encode("utf-32"), _ONE, {}, 400),
    "charset utf-16": (_GOOD, f"{_ONE}; charset=utf-16", {}, 415),
    "charset unknown": (_GOOD, f"{_ONE}; charset=rubbish", {}, 415),
    "charset latin-1": (_GOOD, f"{_JSON}; charset=iso-8859-1", {}, 415),
    "media type missing": (_GOOD, "", {}, 415),
    "form": (b"a=1", "application/x-www-form-urlencoded", {}, 415),
    "multipart": (_GOOD, "multipart/form-data; boundary=x", {}, 415),
    "XML": (b"<event/>", "application/xml", {}, 415),
    "avro": (_GOOD, "application/cloudevents+avro", {}, 415),
    "gzip that is none": (_GOOD, _ONE, _GZIP, 400),
    "gzip cut off": (gzip.compress(_GOOD)[:-9], _ONE, _GZIP, 400),
    "gzip with a tail": (gzip.compress(_GOOD) + b"tail", _ONE, _GZIP, 400),
    "gzip that is zlib": (zlib.compress(_GOOD), _ONE, _GZIP, 400),
    "gzip bomb of 17 MB": (_bomb(17 << 20), _BATCH, _GZIP, 413),
    "gzip bomb of 200 MB": (_bomb(200 << 20), _BATCH, _GZIP, 413),
    "gzip bomb in a bomb": (gzip.compress(_bomb(100 << 20)), _ONE, _GZIP, 400),
    "brotli": (_GOOD, _ONE, {"Content-Encoding": "br"}, 415),
    "two encodings": (_GOOD, _ONE, {"Content-Encoding": "gzip, gzip"}, 415),
    "10^6 numbers": (b"[" + b"1," * 999_999 + b"1]", _BATCH, {}, 413),
    "10^6 empty objects": (b"[" + b"{}," * 999_999 + b"{}]", _BATCH, {}, 413),
    "10,001 lines": (b"{}\n" * 10_001, "application/x-ndjson", {}, 413),
    "10^6 lines": (b"{}\n" * 1_000_000, "application/x-ndjson", {}, 413),
    "byte order mark before an array": (b"\xef\xbb\xbf[" + _GOOD + b"]", _BATCH, {}, 400),
    "over 16 MB": (b" " * (16 << 20) + _GOOD, _ONE, {}, 413),
    "an array as one": (b"[" + _GOOD + b"]", _ONE, {}, 400),
    "one as an array": (_GOOD, _BATCH, {}, 400),
    "two values": (_GOOD + _GOOD, _JSON, {}, 400),
    "array not closed": (b"[" + _GOOD, _BATCH, {}, 400),
    "100,000 opening brackets": (b"[" * 100_000, _BATCH, {}, 400),
    "100,000 opening braces": (b'{"a":' * 100_000, _JSON, {}, 400),
    "rubbish": (bytes(range(256)), _JSON, {}, 400),
}
