"""Streams: few at once, and nobody who goes away keeps a place."""

import json
import logging
import threading
from collections.abc import Iterator
from contextlib import closing

import pytest
from django.core.signals import request_finished
from django.db import close_old_connections

from interactions.streaming import CSV, MOST_AT_ONCE, NDJSON, TooManyStreams, sent_whole, streamed


@pytest.fixture(autouse=True)
def no_database() -> Iterator[None]:
    """An answer that is closed ends its request, which would look at the database."""
    request_finished.disconnect(close_old_connections)
    yield
    request_finished.connect(close_old_connections)


def endless() -> Iterator[bytes]:
    while True:
        yield b"row\r\n"


def broken(after: int) -> Iterator[bytes]:
    for _ in range(after):
        yield b"row\r\n"
    raise OSError("gone")


def assert_all_are_free() -> None:
    streams = [streamed(endless(), CSV, "a.csv") for _ in range(MOST_AT_ONCE)]
    with pytest.raises(TooManyStreams):
        streamed(endless(), CSV, "a.csv")
    for stream in streams:
        stream.close()


def test_a_stream_that_is_closed_makes_room_in_whatever_thread() -> None:
    assert_all_are_free()
    streams = [streamed(endless(), CSV, "a.csv") for _ in range(MOST_AT_ONCE)]
    for stream in streams:
        assert next(iter(stream)) == b"row\r\n"
        closer = threading.Thread(target=stream.close)
        closer.start()
        closer.join()
        # Nothing more is made for nobody; closed twice is closed.
        assert list(stream) == []
        stream.close()
    assert_all_are_free()


def test_one_that_has_ended_makes_room_before_it_is_closed() -> None:
    streams = [streamed(iter([b"1", b"2"]), CSV, "a.csv") for _ in range(MOST_AT_ONCE)]
    assert [list(stream) for stream in streams] == [[b"1", b"2"]] * MOST_AT_ONCE
    assert_all_are_free()


def test_one_that_nobody_closes_makes_room() -> None:
    for _ in range(2 * MOST_AT_ONCE):
        answer = streamed(endless(), CSV, "a.csv")
        # In a circle: only who looks for circles finds it.
        answer.itself = answer  # type: ignore[attr-defined]
    del answer
    assert_all_are_free()


def test_a_mistake_at_the_beginning_is_an_error_and_makes_room() -> None:
    for _ in range(2 * MOST_AT_ONCE):
        with pytest.raises(OSError, match="gone"):
            streamed(broken(0), CSV, "a.csv")
    assert_all_are_free()


@pytest.mark.parametrize("media_type", [CSV, NDJSON])
def test_a_mistake_in_the_middle_is_the_last_line(
    media_type: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR), closing(streamed(broken(2), media_type, "a")) as stream:
        *rows, last = stream
        assert_all_are_free()
    assert rows == [b"row\r\n"] * 2
    assert b"breaks off" in last
    if media_type == NDJSON:
        assert json.loads(last)["type"] == "/api/docs#problem-error"
    assert "An export broke off in the middle." in caplog.text


def test_what_is_sent_whole_takes_no_place() -> None:
    streams = [streamed(endless(), CSV, "a.csv") for _ in range(MOST_AT_ONCE)]
    answer = sent_whole(iter([b"1", b"2"]), CSV, "b.csv")
    assert (answer.content, answer["Content-Disposition"]) == (
        b"12",
        'attachment; filename="b.csv"',
    )
    for stream in streams:
        stream.close()
