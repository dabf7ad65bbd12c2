"""Where a webhook may lead: to public addresses, or to what the installation allows.

Checked where an address is saved, and again, by the address that is connected, at every attempt.
"""

import ipaddress
import re
import socket
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _
from requests_hardened.ip_filter import EXTRA_BLOCKED_NET_RANGES

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
PORTS = frozenset({80, 443, 8443})
MOST_URL = 2_000
RESOLVE_SECONDS = 2.0
_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
_LABEL = r"(?!-)[a-z0-9_-]{1,63}(?<!-)"
_NAME = re.compile(rf"{_LABEL}(?:\.{_LABEL})+")
# What resolvers read as a number though it does not look like an address: 127.1, 0x7f000001.
_NUMBER = re.compile(r"(?:0x[0-9a-f]*|[0-9]+)")
_LOCAL = ("localhost", "local", "internal", "lan", "home.arpa", "intranet", "corp", "home")
_DEFAULT_PORTS = {"http": 80, "https": 443}


class UrlRefused(ValueError):
    """An address that is told nothing, and why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Target:
    """An address taken apart. Shape: `named`: the installation allows it by its name."""

    url: str
    host: str
    port: int
    named: bool


def check_url(text: str) -> Target:
    """What can be said of an address without asking a name server.

    Shape: its `url` is the address in the one form in which it is stored and used.
    Raises: UrlRefused.
    """
    parts, port = _split(text)
    host = _host(parts)
    named = _is_named(host, port, parts.scheme)
    address = _literal(host)
    if address is not None:
        if not named and not may_reach(address):
            raise UrlRefused(_("leads to an address that is not public: {host}").format(host=host))
    elif not named:
        _check_name(host)
    if port not in PORTS and not named and not (address and _in_networks(address)):
        raise UrlRefused(_("uses port {port}; 443, 80 and 8443 are allowed").format(port=port))
    shown = f"[{host}]" if ":" in host else host
    place = shown if port == _DEFAULT_PORTS[parts.scheme] else f"{shown}:{port}"
    query = f"?{parts.query}" if parts.query else ""
    return Target(f"{parts.scheme}://{place}{parts.path or '/'}{query}", host, port, named)


def check_reachable(text: str) -> str:
    """An address as it is stored, its name looked up. A name that is not known yet is taken: it
    is looked up, and judged, at every attempt.

    Raises: UrlRefused.
    """
    target = check_url(text)
    if not target.named:
        for address in _resolve(target.host, target.port):
            if not may_reach(address):
                raise UrlRefused(
                    _("leads to an address that is not public: {host} is {address}").format(
                        host=target.host, address=address
                    )
                )
    return target.url


def may_reach(address: Address) -> bool:
    """Whether an address is public, or in a network that the installation allows."""
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return _in_networks(address) or _is_public(address)


def _is_public(address: Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address) and address not in _GLOBAL_UNICAST:
        return False
    return (
        address.is_global
        and not address.is_multicast
        and not address.is_reserved
        and not any(address in network for network in EXTRA_BLOCKED_NET_RANGES)
    )


def _in_networks(address: Address) -> bool:
    return any(address in network for network in settings.WEBHOOK_ALLOWED_NETWORKS)


def _is_named(host: str, port: int, scheme: str) -> bool:
    """Whether the installation allows this host; one without a port on the usual ones only."""
    allowed: Sequence[tuple[str, int | None]] = settings.WEBHOOK_ALLOWED_HOSTS
    return (host, port) in allowed or ((host, None) in allowed and port in PORTS)


def _split(text: str) -> tuple[SplitResult, int]:
    """Raises: UrlRefused."""
    if len(text) > MOST_URL:
        raise UrlRefused(_("is longer than {most} characters").format(most=MOST_URL))
    if not text.isascii():
        raise UrlRefused(_("must be ASCII; write a name of other letters in its xn-- form"))
    if not text or re.search(r"[\x00-\x20\x7f\\\"<>^`{|}]", text):
        raise UrlRefused(_("must be an address such as https://example.com/hooks"))
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise UrlRefused(_("must be an address such as https://example.com/hooks")) from None
    if parts.scheme not in _DEFAULT_PORTS:
        raise UrlRefused(_("must begin with https:// (or http://)"))
    if not parts.hostname:
        raise UrlRefused(_("names no host"))
    if "@" in parts.netloc:
        raise UrlRefused(_("must hold no user name and no password"))
    if "#" in text:
        raise UrlRefused(_("must hold no fragment (#)"))
    return parts, _DEFAULT_PORTS[parts.scheme] if port is None else port


def _host(parts: SplitResult) -> str:
    host = (parts.hostname or "").lower()
    if "%" in host:
        raise UrlRefused(_("names a host in a form that is not taken"))
    return host[:-1] if host.endswith(".") else host


def _literal(host: str) -> Address | None:
    """The address that a host is, written in the usual way; None for a name.

    Raises: UrlRefused for one in an unusual form.
    """
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        if ":" in host or _NUMBER.fullmatch(host.rsplit(".", 1)[-1]):
            raise UrlRefused(
                _("names a host in a form that is not taken; write it as 203.0.113.7")
            ) from None
    return None


def _check_name(host: str) -> None:
    """Raises: UrlRefused."""
    if not _NAME.fullmatch(host) or len(host) > 253:
        raise UrlRefused(_("must name a host with its domain, such as example.com"))
    if any(host == end or host.endswith(f".{end}") for end in _LOCAL):
        raise UrlRefused(_("names a host of a local network: {host}").format(host=host))


def _resolve(host: str, port: int) -> list[Address]:
    """The addresses of a host; none where no name server answers in time."""
    found: list[Address] = []

    def look_up() -> None:
        try:
            known: Sequence[Any] = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            return
        found.extend(ipaddress.ip_address(entry[4][0].partition("%")[0]) for entry in known)

    # A name server that hangs must not hold a page; the thread ends by itself.
    thread = threading.Thread(target=look_up, name="resolve", daemon=True)
    thread.start()
    thread.join(RESOLVE_SECONDS)
    return list(found)
