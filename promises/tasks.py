"""Celery's entrances: one call each. PostgreSQL knows what is to do, Redis only when to look
(R3)."""

from contextlib import suppress

from celery import shared_task
from django.utils import timezone
from kombu.exceptions import OperationalError

from interactions import tallies
from interactions.intake import fold_intake
from interactions.locks import only_one
from promises.services import (
    calendars,
    checking,
    consequences,
    counting,
    customer_scores,
    health,
    installing,
    reports,
    restating,
    risk,
    sample,
    sessions,
    settling,
    strengths,
    ticking,
    watching,
)
from promises.services.alerts import clearing, delivering, digesting
from promises.services.standards import make_periods
from promises.services.uploads import changing, working
from promises.services.webhooks import delivering as webhooks
from promises.services.webhooks import endpoints


@shared_task
def drain() -> int:
    """Count what is pending; told by whoever recorded events."""
    return counting.count_told()


@shared_task
def sweep() -> int:
    """Find what the telling missed, every few seconds, and add up what came in."""
    fold_intake(now=timezone.now())
    counting.keep_today(now=timezone.now())
    if health.check_is_due():
        check_asked_for.apply_async(expires=5)
    if restating.is_due() or calendars.moves_are_due():
        restate.apply_async(expires=5)
    if working.work_is_waiting(now=timezone.now()):
        work_uploads.apply_async(expires=5)
    if installing.sample_is_due():
        load_sample.apply_async(expires=5)
    return counting.count_pending()


@shared_task
def tally() -> int:
    """Count the new events of each source, for the data health page."""
    return tallies.count_new()


# Its last step reads the figures of every window as they were: seconds where there are millions.
@shared_task(soft_time_limit=600, time_limit=660)
def restate() -> None:
    """Go on with a restatement that somebody asked for, in steps between which others get their
    turn."""
    if any([restating.restate_some(), calendars.move_some()]):
        restate.apply_async(expires=60)


@shared_task
def tick() -> int:
    """Look at what matured since the last tick."""
    return ticking.tick(now=timezone.now())


@shared_task
def watch() -> int:
    """Handle the thresholds that open promises passed."""
    return watching.watch(now=timezone.now())


@shared_task
def deliver() -> int:
    """Send the e-mails and webhooks that are due."""
    return delivering.deliver(now=timezone.now())


@shared_task
def write_digests() -> int:
    """Write the digests of everybody whose local 08:00 has come."""
    return digesting.write_digests(now=timezone.now())


@shared_task(acks_late=False, soft_time_limit=600, time_limit=660)
def clear_old_alerts() -> int:
    """Delete what is kept no longer, nightly."""
    return clearing.clear_old(now=timezone.now())


@shared_task
def make_period_promises() -> int:
    """Make the promises of months and weeks that have begun."""
    return make_periods(now=timezone.now())


@shared_task
def refresh_overdue_customers() -> int:
    """Refresh the stored rows of customers with overdue promises, hourly."""
    return customer_scores.refresh_overdue(now=timezone.now())


# Scans of the past: seconds where there are millions of promises.
@shared_task(soft_time_limit=600, time_limit=660)
def freeze_reports() -> bool:
    """Freeze the report of the month before, if nobody has, hourly."""
    return reports.freeze_if_due(now=timezone.now())


@shared_task(acks_late=False, soft_time_limit=600, time_limit=660)
def refresh_customers() -> None:
    """Refresh all stored customer rows, nightly."""
    customer_scores.refresh_all(now=timezone.now())


@shared_task(acks_late=False, soft_time_limit=600, time_limit=660)
def estimate_strengths() -> int:
    """Estimate how strongly few promises are drawn towards the company's mean, nightly."""
    return strengths.estimate_strengths()


@shared_task(acks_late=False, soft_time_limit=1_500, time_limit=1_560)
def reckon_consequences() -> bool:
    """Add up what came after promises, once a day."""
    return consequences.reckon_if_due(now=timezone.now())


# Minutes where there are millions of promises. It is not run again where its worker dies.
@shared_task(acks_late=False, soft_time_limit=3_500, time_limit=3_600)
def check_ledger() -> bool:
    """Recompute everything from the ledger and keep the result, nightly."""
    return checking.check_and_keep().ok


@shared_task(acks_late=False, soft_time_limit=3_500, time_limit=3_600)
def check_asked_for() -> bool:
    """The same, once for each time that somebody asked for it on the data health page."""
    return health.check_if_asked(now=timezone.now())


# A check reads a file in one go; an import makes room for others every 20 seconds.
@shared_task(acks_late=False, soft_time_limit=3_500, time_limit=3_600)
def work_uploads() -> None:
    """Check, import or undo what was uploaded."""
    if working.work():
        with suppress(OperationalError):  # the sweep finds it
            work_uploads.delay()


@shared_task(acks_late=False, soft_time_limit=3_500, time_limit=3_600)
def load_sample() -> None:
    """Load the sample that somebody asked for at the first run."""
    with only_one(installing.SAMPLE_LOCK) as mine:
        if mine and installing.sample_is_due():
            sample.sample_load(clock=timezone.now, report_progress=lambda _progress: None)
            installing.sample_came()


@shared_task
def clear_old_uploads() -> int:
    """Delete uploaded files that are kept no longer, nightly."""
    return changing.clear_old(now=timezone.now())


@shared_task(acks_late=False, soft_time_limit=600, time_limit=660)
def clear_expired_sessions() -> int:
    """Delete sessions that have expired, nightly."""
    return sessions.clear_expired(now=timezone.now())


@shared_task
def deliver_webhooks() -> None:
    """See that due webhooks are on their way; they are sent beside the tasks, by threads."""
    webhooks.look()


@shared_task
def purge_webhooks() -> int:
    """Delete deliveries of webhooks that are 30 days old, nightly."""
    return endpoints.purge(now=timezone.now())


@shared_task(acks_late=False, soft_time_limit=600, time_limit=660)
def count_settling() -> int:
    """Count how long the promises of the latest months took, hourly."""
    return settling.count_latest(now=timezone.now())


@shared_task(acks_late=False, soft_time_limit=1_700, time_limit=1_800)
def count_all_settling() -> int:
    """Count it for all months, nightly."""
    return settling.count_all(now=timezone.now())


@shared_task(acks_late=False, soft_time_limit=250, time_limit=290)
def tell_chances() -> int:
    """Bring the stored chances of open promises up to date, every five minutes."""
    return risk.tell_chances(now=timezone.now())


@shared_task(acks_late=False, soft_time_limit=1_700, time_limit=1_800)
def learn_risk() -> None:
    """Learn from the past how likely open promises are kept, and judge it, weekly."""
    risk.learn(now=timezone.now())


@shared_task(acks_late=False, soft_time_limit=1_700, time_limit=1_800)
def reckon_risk_anew() -> None:
    """All of it, after the sample was removed."""
    risk.reckon_anew(now=timezone.now())
