"""Delivering what is due: one thread that knows the database, many that only send.

A slow receiver keeps hands of its own waiting; the thread goes on claiming for the others. A worker
process runs it beside its tasks, so that no task waits for a receiver.
"""

import logging
import os
import threading
import time
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from django.db import connection
from django.utils import timezone

from promises.services.webhooks.claiming import Claim, claim_due, settle
from promises.services.webhooks.sending import Answer, post
from promises.services.webhooks.signing import SecretLost, live_secrets, signed_headers

logger = logging.getLogger(__name__)

HANDS = 32
# While some hands wait, how often the others look for more.
LOOK_SECONDS = 0.1
KEY_CHANGED = "the signing key of this installation has changed; rotate the secret"


def deliver_due(*, hands: int = HANDS) -> int:
    """Deliver until nothing is due and nothing in hand; answer how many attempts were made."""
    made = 0
    in_hand: dict[Future[Answer], Claim] = {}
    with ThreadPoolExecutor(hands, thread_name_prefix="webhook") as pool:
        while True:
            room = hands - len(in_hand)
            for claim in claim_due(room, now=timezone.now()) if room else ():
                in_hand[pool.submit(attempt, claim)] = claim
            if not in_hand:
                return made
            done, _ = wait(in_hand, timeout=LOOK_SECONDS, return_when=FIRST_COMPLETED)
            for future in done:
                settle(in_hand.pop(future), future.result(), now=timezone.now())
                made += 1


def attempt(claim: Claim) -> Answer:
    """Sign and send one delivery; whatever goes wrong is its answer."""
    now = timezone.now()
    delivery = claim.delivery
    try:
        secrets = live_secrets(claim.endpoint, now)
    except SecretLost:
        return Answer(None, KEY_CHANGED, "", "", 0)
    headers = signed_headers(delivery.message_id, delivery.body, secrets, now=now)
    return post(claim.endpoint.url, delivery.body, headers)


class Courier:
    """The delivering thread of a process; it ends when nothing is due, and is started again."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._pid = 0
        self._look_again = False

    def look(self) -> None:
        """See that what is due is being delivered. Returns at once."""
        with self._lock:
            self._look_again = True
            if self._pid == os.getpid() and self._thread is not None and self._thread.is_alive():
                return
            self._pid = os.getpid()
            self._thread = threading.Thread(target=self._run, name="webhooks", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        try:
            while self._goes_on():
                deliver_due()
        except Exception:
            # The next look starts anew; what was in hand is taken up when its claim has passed.
            logger.exception("Delivering webhooks was interrupted.")
            time.sleep(LOOK_SECONDS)
        finally:
            connection.close()

    def _goes_on(self) -> bool:
        with self._lock:
            again, self._look_again = self._look_again, False
            if not again:
                self._thread = None
            return again


courier = Courier()


def look() -> None:
    """Deliver what is due, beside whatever this process does."""
    courier.look()
