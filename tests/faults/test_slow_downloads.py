"""Downloads that are cancelled or read slowly, from a whole product: nobody else notices."""

import json
import socket
from contextlib import ExitStack, closing
from http.client import HTTPConnection

import pytest

from interactions.streaming import MOST_AT_ONCE
from tests.faults.product import Product

EXPORT = "/api/v1/export/promises.csv"
PROCESSES, THREADS = 2, 4
MANY = 20_000
COPY = """
INSERT INTO promises_promise SELECT copy.* FROM promises_promise p, generate_series(1, %s) n,
  jsonb_populate_record(p, jsonb_build_object('id', p.id + n, 'reference', 'copy-' || n)) copy
"""
PROMISE = {
    "kind": "delivery",
    "customer": {"id": "c-1"},
    "due_at": "2026-03-06",
    "statement": "Arrives by Friday",
}


def call(product: Product, path: str, body: bytes | None = None) -> int:
    """The status of an answer, which comes at once."""
    headers = {"Authorization": f"Bearer {product.key}", "Content-Type": "application/json"}
    with closing(HTTPConnection("127.0.0.1", product.port, timeout=30)) as connection:
        connection.request("GET" if body is None else "POST", path, body, headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status


def begun(product: Product) -> tuple[socket.socket, bytes]:
    """A download of which only the beginning is read."""
    reading = socket.socket()
    reading.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    reading.settimeout(30)
    reading.connect(("127.0.0.1", product.port))
    lines = f"GET {EXPORT} HTTP/1.1", "Host: localhost", f"Authorization: Bearer {product.key}"
    reading.sendall("\r\n".join((*lines, "", "")).encode())
    return reading, reading.recv(1_024)


@pytest.mark.whole
@pytest.mark.timeout(600)
def test_nobody_notices_how_others_download() -> None:
    with Product(durable=False) as product:
        assert call(product, "/api/v1/promises", json.dumps(PROMISE).encode()) == 201
        product.sql(COPY, [MANY])
        for _ in range(PROCESSES * THREADS):
            reading, beginning = begun(product)
            assert beginning.startswith((b"HTTP/1.1 200", b"HTTP/1.1 503"))
            reading.close()
        everybody = range(2 * PROCESSES * THREADS)
        assert {call(product, "/api/v1/promises") for _ in everybody} == {200}
        with ExitStack() as slow:
            begins = []
            for _ in range(2 * PROCESSES * THREADS):
                reading, beginning = begun(product)
                slow.enter_context(closing(reading))
                begins.append(beginning.split()[1])
            assert 1 <= begins.count(b"200") <= PROCESSES * MOST_AT_ONCE
            assert set(begins) == {b"200", b"503"}
            assert {call(product, "/api/v1/promises") for _ in everybody} == {200}
