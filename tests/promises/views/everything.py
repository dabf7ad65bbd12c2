"""A company in which every page of the site has something to show.

It is the small company of `world.py`, with a past from which risks are told, what customers said,
what was judged anew, and with all that people can set up.
"""

from django.contrib.auth.models import User
from django.utils import timezone

from interactions.ledger import record
from interactions.models import Team
from promises.models import OpenPromise
from promises.services.customer_scores import refresh_all
from promises.services.restating import restate, restate_some
from promises.services.watching import watch
from tests.furnished import furnish
from tests.promises.asking import count
from tests.promises.risks import store_risks
from tests.promises.views.world import DAY, World, build_world
from tests.standards import answered, received


def build_everything() -> tuple[World, User]:
    """Record, count and set up all of it. Shape: who is there, and an admin beside them."""
    world = build_world()
    now = world.now
    store_risks(60, now=now)
    admin = furnish(Team.objects.get(reference="fulfilment"), now=now)
    contacts = [received(now - 9 * DAY, f"c-{n}", channel="mail") for n in (1, 2)]
    record([*contacts, answered(now - 8 * DAY, "c-1")], recorded_at=now)
    count()
    for kind in ("delivery", "response"):
        restate(kind, 1, now=now, by="ada", reason="looked at again")
        while restate_some(budget_seconds=60):
            pass
    OpenPromise.objects.update(next_check=now - 4 * DAY)
    watch(now=now)
    refresh_all(now=timezone.now())
    return world, admin
