"""One HTTP request to a receiver that nobody trusts: no redirect, no private address, a limit on
time and on what is read."""

import ipaddress
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from requests_hardened import Config, HTTPSession
from requests_hardened.ip_filter import InvalidIPAddress
from requests_hardened.ip_filter_adapter import IPFilterAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from promises.services.webhooks.reach import Address, UrlRefused, check_url, may_reach

TIMEOUT_SECONDS = 15.0
CONNECT_SECONDS = 5.0
MOST_READ = 64 * 1024
MOST_KEPT = 2_000
_PIECE = 8 * 1024
USER_AGENT = "PromiseGap-Webhooks/1"
_CONFIG = Config(
    ip_filter_enable=True,
    ip_filter_allow_loopback_ips=False,
    never_redirect=True,
    default_timeout=(CONNECT_SECONDS, TIMEOUT_SECONDS),
    user_agent_override=USER_AGENT,
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. Shape: `status` is None where nothing did, and `reason` says why."""

    status: int | None
    reason: str
    body: str
    retry_after: str
    took_ms: int


# The socket that a thread has open, which its response outlives: http.client lets go of it early.
_watch = threading.local()


class _HTTPConnection(HTTPConnection):
    def connect(self) -> None:
        super().connect()
        _watch.sock = self.sock


class _HTTPSConnection(HTTPSConnection):
    def connect(self) -> None:
        super().connect()
        _watch.sock = self.sock


class _HTTPPool(HTTPConnectionPool):
    ConnectionCls = _HTTPConnection


class _HTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _HTTPSConnection


class GuardedAdapter(IPFilterAdapter):  # type: ignore[misc]
    """Looks a name up once, judges the address, and connects to that very address."""

    def __init__(self, *, is_https: bool, named: bool) -> None:
        self._named = named
        super().__init__(is_https_proto=is_https)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Use connections that can be cut when the time is over."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _HTTPPool, "https": _HTTPSPool}

    def build_connection_pool_key_attributes(
        self, request: requests.PreparedRequest, verify: Any, cert: Any = None
    ) -> tuple[Any, Any]:
        """The pinned address in place of the name.

        Raises: InvalidIPAddress.
        """
        try:
            host, pool = super().build_connection_pool_key_attributes(request, verify, cert)
            self._judge(ipaddress.ip_address(str(host["host"]).strip("[]")))
        except InvalidIPAddress as refused:
            # The library's list is stricter than what the installation allows.
            address = refused.args[0]
            self._judge(address)
            attributes: Any = HTTPAdapter.build_connection_pool_key_attributes
            host, pool = attributes(self, request, verify, cert)
            if self._is_https_proto:
                pool["assert_hostname"] = pool["server_hostname"] = host["host"]
            host["host"] = f"[{address}]" if address.version == 6 else str(address)
        return host, pool

    def _judge(self, address: Address) -> None:
        if not self._named and not may_reach(address):
            raise InvalidIPAddress(address)


def post(url: str, body: str, headers: Mapping[str, str]) -> Answer:
    """Send a body; whatever goes wrong is an answer, too."""
    began = time.monotonic()

    def answer(status: int | None, reason: str, text: str = "", retry_after: str = "") -> Answer:
        took = round((time.monotonic() - began) * 1000)
        return Answer(status, reason, text, retry_after, took)

    try:
        target = check_url(url)
        with _deadline() as is_over, _session(named=target.named) as session:
            try:
                return answer(*_exchange(session, target.url, body, headers))
            except Exception:
                if is_over():
                    return answer(None, f"no answer within {TIMEOUT_SECONDS:.0f} s")
                raise
    except UrlRefused as refused:
        return answer(None, f"refused: {refused.reason}")
    except InvalidIPAddress as refused:
        return answer(None, f"refused: {refused.args[0]} is not a public address")
    except requests.Timeout:
        return answer(None, f"no answer within {TIMEOUT_SECONDS:.0f} s")
    except requests.exceptions.SSLError as error:
        return answer(None, f"TLS: {_cause(error)}")
    except Exception as error:
        return answer(None, f"no connection: {_cause(error)}")


def _exchange(
    session: HTTPSession, url: str, body: str, headers: Mapping[str, str]
) -> tuple[int, str, str, str]:
    response = session.post(
        url,
        data=body.encode(),
        headers={
            "Content-Type": "application/json",
            "Accept-Encoding": "identity",
            "Connection": "close",
            **headers,
        },
        stream=True,
        allow_redirects=False,
        timeout=(CONNECT_SECONDS, TIMEOUT_SECONDS),
    )
    retry_after = str(response.headers.get("Retry-After", ""))[:100]
    return response.status_code, "", _read(response), retry_after


def _read(response: requests.Response) -> str:
    """The beginning of the body. One that breaks off changes nothing about the status."""
    read, size = bytearray(), 0
    with suppress(Exception):
        while size < MOST_READ:
            piece = response.raw.read(_PIECE, decode_content=False)
            if not piece:
                break
            size += len(piece)
            read += piece[: max(0, 4 * MOST_KEPT - len(read))]
    return bytes(read).decode("utf-8", "replace").replace("\0", "\ufffd")[:MOST_KEPT]


@contextmanager
def _session(*, named: bool) -> Iterator[HTTPSession]:
    with HTTPSession(_CONFIG) as session:
        # No proxy and no password of the machine's environment: a proxy would look names up anew.
        session.trust_env = False
        session.mount("http://", GuardedAdapter(is_https=False, named=named))
        session.mount("https://", GuardedAdapter(is_https=True, named=named))
        yield session


@contextmanager
def _deadline() -> Iterator[Any]:
    """Cut the connection of this thread when the time is over: also one that drips on and on."""
    over = threading.Event()
    watch = _watch.__dict__
    watch.pop("sock", None)

    def cut() -> None:
        over.set()
        sock = watch.get("sock")
        if sock is not None:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(TIMEOUT_SECONDS, cut)
    timer.daemon = True
    timer.start()
    try:
        yield over.is_set
    finally:
        timer.cancel()
        watch.pop("sock", None)


def _cause(error: BaseException) -> str:
    """The innermost words of an error that libraries have wrapped."""
    while True:
        inner = getattr(error, "reason", None) or next(
            (arg for arg in error.args if isinstance(arg, BaseException)), None
        )
        if not isinstance(inner, BaseException) or inner is error:
            break
        error = inner
    words = str(error).rpartition("object at 0x")[2].partition(">: ")[2] or str(error)
    return words[:300] or type(error).__name__
