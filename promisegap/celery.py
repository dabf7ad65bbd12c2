"""The Celery app and THE schedule: every clock-driven job of the product."""

import gc
import os
from datetime import timedelta
from typing import Any

from celery import Celery
from celery.schedules import crontab
from celery.signals import beat_init, task_prerun, worker_init, worker_process_init
from django.db import close_old_connections

from promisegap.broker import read_past_rubbish
from promisegap.timeouts import allow_long_statements

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "promisegap.settings")

read_past_rubbish()
app = Celery("promisegap")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# All clocks are UTC. `expires`: a wake-up that nobody took in time is worth nothing, the next
# one does the same.
app.conf.beat_schedule = {
    # Promises that matured since the last look.
    "tick": {
        "task": "promises.tasks.tick",
        "schedule": timedelta(seconds=1),
        "options": {"expires": 5},
    },
    # Thresholds that open promises passed: warnings, due, days over.
    "watch": {
        "task": "promises.tasks.watch",
        "schedule": timedelta(seconds=1),
        "options": {"expires": 5},
    },
    # What a wake-up missed: pending events, deltas, marks.
    "sweep": {
        "task": "promises.tasks.sweep",
        "schedule": timedelta(seconds=5),
        "options": {"expires": 15},
    },
    # How many events each source has told, for the data health page.
    "tally": {
        "task": "promises.tasks.tally",
        "schedule": timedelta(seconds=5),
        "options": {"expires": 15},
    },
    # Webhooks that are due: new ones, and those to be tried again.
    "deliver webhooks": {
        "task": "promises.tasks.deliver_webhooks",
        "schedule": timedelta(seconds=1),
        "options": {"expires": 5},
    },
    # E-mails and webhooks that are due.
    "deliver": {
        "task": "promises.tasks.deliver",
        "schedule": timedelta(seconds=5),
        "options": {"expires": 15},
    },
    # Digests: it is 08:00 somewhere.
    "write digests": {
        "task": "promises.tasks.write_digests",
        "schedule": crontab(),
        "options": {"expires": 50},
    },
    # Promises that standards make for each month or week.
    "make period promises": {
        "task": "promises.tasks.make_period_promises",
        "schedule": crontab(minute="*/5"),
        "options": {"expires": 240},
    },
    # Stored rows of customers with overdue promises, whose scores move by themselves (R14).
    "refresh overdue customers": {
        "task": "promises.tasks.refresh_overdue_customers",
        "schedule": crontab(minute="7"),
        "options": {"expires": 1800},
    },
    # How strongly scores of few promises are drawn towards the company's (m of R11).
    "estimate strengths": {
        "task": "promises.tasks.estimate_strengths",
        "schedule": crontab(minute="10", hour="0"),
        "options": {"expires": 3600},
    },
    # Stored rows of all customers, because windows move with the days.
    "refresh customers": {
        "task": "promises.tasks.refresh_customers",
        "schedule": crontab(minute="20", hour="0"),
        "options": {"expires": 3600},
    },
    # The report of the month before, once it is over; whoever comes first freezes it.
    "freeze reports": {
        "task": "promises.tasks.freeze_reports",
        "schedule": crontab(minute="3"),
        "options": {"expires": 1800},
    },
    # How long promises took: the latest months, and all of them.
    "count settling": {
        "task": "promises.tasks.count_settling",
        "schedule": crontab(minute="12"),
        "options": {"expires": 1800},
    },
    "count all settling": {
        "task": "promises.tasks.count_all_settling",
        "schedule": crontab(minute="30", hour="0"),
        "options": {"expires": 3600},
    },
    # Chances of open promises, which move with the clock.
    "tell chances": {
        "task": "promises.tasks.tell_chances",
        "schedule": crontab(minute="*/5"),
        "options": {"expires": 240},
    },
    # How likely open promises are kept, learnt from the past, and how well that foretold.
    "learn risk": {
        "task": "promises.tasks.learn_risk",
        "schedule": crontab(minute="30", hour="3", day_of_week="sunday"),
        "options": {"expires": 7200},
    },
    # What came after promises: once a day, looked at more often so that a first day has figures.
    "reckon consequences": {
        "task": "promises.tasks.reckon_consequences",
        "schedule": crontab(minute="*/5"),
        "options": {"expires": 240},
    },
    # Deliveries of webhooks are kept for 30 days.
    "purge webhooks": {
        "task": "promises.tasks.purge_webhooks",
        "schedule": crontab(minute="50", hour="1"),
        "options": {"expires": 3600},
    },
    # Uploaded files are kept for a week, reject files for a month.
    "clear old uploads": {
        "task": "promises.tasks.clear_old_uploads",
        "schedule": crontab(minute="0", hour="2"),
        "options": {"expires": 3600},
    },
    # Crossings, messages and deliveries that are kept no longer.
    "clear old alerts": {
        "task": "promises.tasks.clear_old_alerts",
        "schedule": crontab(minute="10", hour="2"),
        "options": {"expires": 3600},
    },
    # Sessions that have expired: Django itself keeps them for ever.
    "clear expired sessions": {
        "task": "promises.tasks.clear_expired_sessions",
        "schedule": crontab(minute="20", hour="2"),
        "options": {"expires": 3600},
    },
    # Nothing lost, and recomputed equals stored.
    "check ledger": {
        "task": "promises.tasks.check_ledger",
        "schedule": crontab(minute="40", hour="2"),
        "options": {"expires": 3600},
    },
}


# Connections are kept from task to task: a new one costs more than most tasks. Celery itself would
# close them before and after each; `_look_at_connections` does what Django does between requests.
app.conf["CELERY_DB_REUSE_MAX"] = 1_000_000_000


@task_prerun.connect
def _look_at_connections(**_signal: Any) -> None:
    """Drop a connection that broke; what remains is asked before its first statement."""
    close_old_connections()


@worker_process_init.connect
def _collect_rarely(**_signal: Any) -> None:
    """A batch of events makes 100,000 objects that all go again with it: looking for circles among
    them, and among all that was loaded at the start, would take a fifth of its time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)


@worker_init.connect
@beat_init.connect
def _allow_long_statements(**_signal: Any) -> None:
    allow_long_statements()
