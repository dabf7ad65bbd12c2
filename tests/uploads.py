"""Uploads for tests: small files, a mapping for them, and one in every state."""

import time
from typing import Any

from django.utils import timezone

from promises.models import Upload
from promises.services.imports.mapping import Mapping, mapping_parse
from promises.services.uploads.changing import describe, start
from promises.services.uploads.storing import store_upload
from promises.services.uploads.working import work

HEADER = "order,words,ordered,promised,delivered,customer\n"
MAPPING = """
source = "/import/orders"
zone = "Europe/Berlin"
reference = ["order"]

[fields]
kind = { constant = "delivery" }
statement = { column = "words" }
made_at = { column = "ordered" }
due_at = { column = "promised" }
fulfilled_at = { column = "delivered" }

[fields.customer]
id = { column = "customer" }
"""
BAD = "o-bad,Arrives soon,2026-03-02 09:30,soon,,c-9\n"


def order(n: int, *, delivered: str = "2026-03-05 12:00") -> str:
    """One line of a file."""
    return f"o-{n},Arrives by Friday,2026-03-02 09:30,2026-03-06,{delivered},c-{n % 7}\n"


def orders(count: int, *more: str) -> bytes:
    """A whole file."""
    return (HEADER + "".join(order(n) for n in range(count)) + "".join(more)).encode()


def mapping() -> Mapping:
    """The mapping of these files."""
    return mapping_parse(MAPPING, name="orders.toml")


def uploaded(content: bytes | None = None, name: str = "orders.csv", **more: Any) -> Upload:
    """An upload, not described yet."""
    return store_upload(name, [orders(3) if content is None else content], **more)


def described(content: bytes | None = None) -> Upload:
    """An upload with its mapping."""
    return describe(uploaded(content).pk, mapping())


def worked(pk: int, *, dry_run: bool = False) -> Upload:
    """An upload that was started and worked on to its end."""
    start(pk, dry_run=dry_run, now=timezone.now())
    return finished(pk)


def finished(pk: int, seconds: float = 60.0) -> Upload:
    """Work on whatever is to be done; the upload then."""
    until = time.monotonic() + seconds
    while work():
        assert time.monotonic() < until
    return Upload.objects.get(pk=pk)


def uploads_of_all_states() -> None:
    """Shape: 1 is a draft, 2 imported with rejects, 3 under way, 4 described."""
    uploaded()
    worked(described(orders(2, BAD)).pk)
    start(described().pk, dry_run=False, now=timezone.now())
    described()
