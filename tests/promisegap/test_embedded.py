"""The embedded servers: they start, answer, survive a kill, and leave nothing behind."""

import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest
import redis

from promisegap import addresses
from promisegap.embedded import EmbeddedServers
from promisegap.processes import ServerProblem


@pytest.fixture
def data_dir() -> Iterator[Path]:
    # Not tmp_path: its parents are closed to the account that PostgreSQL runs under as root.
    folder = Path(tempfile.mkdtemp(prefix="pg-emb-"))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def servers(data_dir: Path) -> Iterator[EmbeddedServers]:
    servers = EmbeddedServers(data_dir, durable=False)
    yield servers
    servers.stop()


def ask(url: str, query: str) -> object:
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute(query)
        row = cursor.fetchone()
        assert row is not None
        return row[0]


def test_it_answers_over_a_socket_that_only_the_owner_reaches(servers: EmbeddedServers) -> None:
    servers.start_postgres()
    assert ask(servers.database_url(), "SELECT current_database()") == "promisegap"
    assert ask(servers.database_url(), "SHOW listen_addresses") == ""
    assert ask(servers.database_url(), "SELECT datcollate FROM pg_database LIMIT 1") == "C"
    assert servers.sockets.stat().st_mode & 0o077 == 0


def test_it_keeps_committed_rows_over_a_stop(servers: EmbeddedServers) -> None:
    servers.start_postgres()
    with closing(psycopg2.connect(servers.database_url())) as connection:
        connection.autocommit = True
        connection.cursor().execute("CREATE TABLE kept AS SELECT 7 AS number")
    servers.stop()
    servers.start_postgres()
    assert ask(servers.database_url(), "SELECT number FROM kept") == 7


def test_durable_servers_sync_every_commit(data_dir: Path) -> None:
    servers = EmbeddedServers(data_dir)
    try:
        servers.start_postgres()
        assert ask(servers.database_url(), "SHOW fsync") == "on"
        assert ask(servers.database_url(), "SHOW synchronous_commit") == "on"
    finally:
        servers.stop()


def test_it_starts_again_after_a_kill(servers: EmbeddedServers) -> None:
    process = servers.start_postgres()
    os.kill(process.pid, signal.SIGKILL)
    process.wait(10)
    deadline = time.monotonic() + 90
    while True:
        try:
            servers.start_postgres()
            break
        except ServerProblem:
            # The killed server's children need a moment to notice.
            assert time.monotonic() < deadline
            time.sleep(0.2)
    assert ask(servers.database_url(), "SELECT 1") == 1


def test_a_leftover_server_of_the_folder_is_replaced(servers: EmbeddedServers) -> None:
    leftover = servers.start_postgres()
    again = EmbeddedServers(servers.data_dir, durable=False)
    try:
        again.start_postgres()
        assert leftover.wait(10) == 0
        assert ask(again.database_url(), "SELECT 1") == 1
    finally:
        again.stop()


def test_a_pid_file_that_names_somebody_else_is_no_obstacle(servers: EmbeddedServers) -> None:
    servers.start_postgres()
    servers.stop()
    pid_file = servers.cluster / "postmaster.pid"
    pid_file.write_text(f"{os.getpid()}\n{servers.cluster}\n1\n5432\n", encoding="utf-8")
    servers.start_postgres()
    assert ask(servers.database_url(), "SELECT 1") == 1


def test_redis_answers_on_a_socket_only_and_stores_nothing(servers: EmbeddedServers) -> None:
    servers.start_redis()
    with redis.Redis.from_url(servers.redis_url()) as client:
        assert client.ping()
        assert client.config_get("port") == {"port": "0"}
        assert client.config_get("save") == {"save": ""}
        assert b"graph" not in {module[b"name"] for module in client.module_list()}


def test_a_long_path_gets_short_sockets_of_its_own(data_dir: Path) -> None:
    long_dir = data_dir / ("promises kept " * 8)
    servers = EmbeddedServers(long_dir, durable=False)
    assert len(os.fsencode(servers.sockets / addresses.POSTGRES_SOCKET)) <= 107
    assert servers.sockets != addresses.socket_dir(data_dir / ("promises made " * 8))
    try:
        servers.start_postgres()
        servers.start_redis()
        assert ask(servers.database_url(), "SELECT 1") == 1
        with redis.Redis.from_url(servers.redis_url()) as client:
            assert client.ping()
        assert servers.sockets.stat().st_mode & 0o077 == 0
    finally:
        servers.stop()
    assert not servers.sockets.exists()


def test_sockets_never_go_to_a_folder_of_somebody_else(data_dir: Path) -> None:
    long_dir = data_dir / ("promises kept " * 8)
    servers = EmbeddedServers(long_dir, durable=False)
    servers.sockets.symlink_to(data_dir)
    try:
        with pytest.raises(ServerProblem, match="belongs to somebody else"):
            servers.start_postgres()
    finally:
        servers.sockets.unlink()


def test_an_unusable_folder_is_one_sentence() -> None:
    servers = EmbeddedServers(Path("/proc/promisegap"))
    with pytest.raises(ServerProblem, match=r"^The folder /proc/promisegap cannot be used: .*\.$"):
        servers.start_postgres()


@pytest.mark.parametrize(
    ("url", "broker"),
    [
        ("redis://host:6379/2", "redis://host:6379/2"),
        ("unix:///run/redis.sock", "redis+socket:///run/redis.sock?virtual_host=0"),
        ("unix:///run/redis.sock?db=3", "redis+socket:///run/redis.sock?virtual_host=3"),
    ],
)
def test_celery_gets_the_same_server(url: str, broker: str) -> None:
    assert addresses.broker_url(url) == broker
