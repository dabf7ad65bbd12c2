"""Guessing passwords takes long: after some failures everybody waits, and longer each time.

Failures are counted by the name that was typed, whether somebody has it or not, and by the address
they come from, in PostgreSQL: all processes count together, and Redis may be away. An attempt
counts before its password is looked at, so that many at once are no way around. A password that is
asked of whoever is signed in is guessed under the same name as at the door.
"""

import hashlib
import ipaddress
import logging
import math
import unicodedata
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from interactions.models import FailedSignIns

log = logging.getLogger(__name__)

# So many failures cost nothing: people mistype. Many people may share one address.
FREE_BY_NAME: Final = 5
FREE_BY_ADDRESS: Final = 50
LONGEST_WAIT: Final = 15 * 60
# So long after the last failure nothing is known any more.
FORGOTTEN_AFTER: Final = timedelta(hours=1)

_FORGET = """
DELETE FROM interactions_failedsignins WHERE key IN (
    SELECT key FROM interactions_failedsignins WHERE last_at < %s
    ORDER BY key LIMIT 1000 FOR UPDATE SKIP LOCKED
)
"""


def begin_attempt(name: str, address: str) -> int:
    """Count an attempt that is about to be made. Shape: seconds to wait, and nothing is counted;
    0 where it may be made now."""
    now = timezone.now()
    free = {_key("name", _folded(name)): FREE_BY_NAME}
    if address:
        free[_key("address", address)] = FREE_BY_ADDRESS
    with transaction.atomic():
        new = [FailedSignIns(key=key, last_at=now) for key in sorted(free)]
        FailedSignIns.objects.bulk_create(new, ignore_conflicts=True)
        rows = list(FailedSignIns.objects.select_for_update().filter(key__in=free).order_by("key"))
        wait = max((_wait(row, free[row.key], now) for row in rows), default=0)
        if not wait:
            for row in rows:
                stale = now - row.last_at > FORGOTTEN_AFTER
                row.failures, row.last_at = (0 if stale else row.failures) + 1, now
                row.save(update_fields=["failures", "last_at"])
    with connection.cursor() as cursor:
        cursor.execute(_FORGET, [now - FORGOTTEN_AFTER])
    if wait:
        log.warning(
            "Too many guesses at a password, the last from %s", address or "an unknown place"
        )
    return wait


def succeeded(name: str, address: str) -> None:
    """Take an attempt back that was right: the name begins anew.

    An address has only this one taken back, for one account must not pay for guesses at others.
    """
    forget_failures(name)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE interactions_failedsignins SET failures = failures - 1 "
            "WHERE key = %s AND failures > 0",
            [_key("address", address)],
        )


def forget_failures(name: str) -> None:
    """Nothing stands against a name any more: its password is known, or new."""
    FailedSignIns.objects.filter(key=_key("name", _folded(name))).delete()


def wait_said(seconds: int) -> str:
    """How long somebody has to wait, for people."""
    if seconds > 90:
        minutes = math.ceil(seconds / 60)
        how_long = ngettext("%(number)s minute", "%(number)s minutes", minutes)
        how_long %= {"number": minutes}
    else:
        how_long = ngettext("%(number)s second", "%(number)s seconds", seconds)
        how_long %= {"number": seconds}
    return _("That was tried too often. Wait %(how_long)s, then try again.") % {
        "how_long": how_long
    }


def address_of(meta: Mapping[str, str]) -> str:
    """Where a request comes from, "" where nobody knows.

    Shape: behind a proxy, which speaks from a private address, the last that it says; of IPv6 the
    network that one customer of a provider has.
    """
    direct = _parsed(meta.get("REMOTE_ADDR", ""))
    if direct is None or direct.is_private:
        told = _parsed(meta.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2])
        direct = told or direct
    if isinstance(direct, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((direct, 64), strict=False))
    return "" if direct is None else str(direct)


def _parsed(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        found = ipaddress.ip_address(text.strip())
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return mapped or found


def _wait(row: FailedSignIns, free: int, now: datetime) -> int:
    """Seconds until another attempt: from the last free failure on 32, 64 and so on."""
    over = row.failures - free
    if over < 0 or now - row.last_at > FORGOTTEN_AFTER:
        return 0
    wait = min(2 ** min(over + 5, 20), LONGEST_WAIT)
    left = row.last_at + timedelta(seconds=wait) - now
    return max(0, -(-left // timedelta(seconds=1)))


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()


def _key(sort: str, whose: str) -> str:
    return hashlib.sha256(f"{sort}\n{whose}".encode("utf-8", "replace")).hexdigest()
