"""One server pair for the whole run, and workers that are real processes."""

import gc
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import TransactionTestCase
from pytest_django import DjangoDbBlocker
from xdist.scheduler import LoadScopeScheduling

from interactions.installation import Installed, remember
from interactions.source_keys import forget_known_sources
from promisegap.embedded import EmbeddedServers
from promisegap.welcome import assume_an_account
from promises.projection.rules import forget_rules
from tests import servers as run
from tests.emptying import empty_what_was_written
from tests.real_data import pytest_report_header as pytest_report_header
from tests.workers import Worker

# What their tests share takes a minute to prepare: in two processes it would be prepared twice.
TOGETHER = {
    "tests/faults/test_drills.py",
    "tests/plans/test_plans.py",
    "tests/promises/test_consequences_olist.py",
    "tests/promises/test_figures_boston.py",
    "tests/promises/test_figures_olist.py",
    "tests/promises/test_figures_olist_handover.py",
}
_running: pytest.StashKey[EmbeddedServers] = pytest.StashKey()


class PreparedOnce(LoadScopeScheduling):
    """Tests go to whichever process is free, in their order; those TOGETHER to one."""

    def _split_scope(self, nodeid: str) -> str:
        module = nodeid.partition("::")[0]
        return module if module in TOGETHER else nodeid


def pytest_configure(config: pytest.Config) -> None:
    """Start the servers, once: under xdist only the controller does."""
    TransactionTestCase._fixture_teardown = empty_what_was_written  # type: ignore[method-assign]
    if hasattr(config, "workerinput"):
        return
    config.stash[_running] = run.run_servers()
    if not config.option.collectonly:
        run.start(config.stash[_running])


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    """Let one process run all tests of a module that takes long to prepare."""
    return PreparedOnce(config, log)


def pytest_collection_finish() -> None:
    """Circles are looked for as on the site: not among what all tests share, and more seldom."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


def pytest_unconfigure(config: pytest.Config) -> None:
    """End the servers."""
    servers = config.stash.get(_running, None)
    if servers is not None:
        run.stop(servers)


@pytest.fixture(autouse=True)
def nothing_is_known_by_heart() -> None:
    """Sources and standards end with the test that made them, and nowhere else."""
    forget_known_sources()
    forget_rules()
    remember(Installed())
    assume_an_account()


@pytest.fixture
def celery_worker(transactional_db: None) -> Iterator[Worker]:
    """A real Celery worker on this test's database, ready to take tasks."""
    worker = Worker()
    worker.start()
    yield worker
    worker.stop()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Let the flush after a test truncate the ledger; DELETE and UPDATE stay refused."""
    with django_db_blocker.unblock():
        with connection.cursor() as cursor:
            name = connection.ops.quote_name(str(connection.settings_dict["NAME"]))
            cursor.execute(f"ALTER DATABASE {name} SET promisegap.deleting = 'flush'")
        connection.close()
