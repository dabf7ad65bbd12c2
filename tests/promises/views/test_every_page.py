"""Every page that has an address is there, and asks the database few questions."""

from collections import Counter

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.addresses import addresses
from tests.promises.views.everything import build_everything
from tests.promises.views.world import DAY

pytestmark = pytest.mark.django_db

MOST_QUERIES = 25
# The past is partly folded from the ledger, which takes some more.
MOST_OF_THE_PAST = 32
# The last is what answers to a form that is sent say: they are no pages.
PLAIN, OTHER = (200, 204), (302, 405)


def test_every_page_asks_few_queries(client: Client) -> None:
    world, admin = build_everything()
    seen, wrong = Counter[int](), []
    for user in (admin, world.bob):
        client.force_login(user)
        # What a process knows by heart is read once.
        client.get("/")
        for name, path in addresses(world.moved, day=f"{world.now - 10 * DAY:%Y-%m-%d}"):
            if user == world.bob and name not in ("overview", "team", "teams", "customer"):
                continue
            with CaptureQueriesContext(connection) as queries:
                answer = client.get(path)
                if answer.streaming:
                    list(answer.streaming_content)  # type: ignore[attr-defined]
            seen[answer.status_code] += 1
            if answer.status_code not in PLAIN + OTHER:
                wrong.append(f"{name} {path} answers {answer.status_code}")
            if len(queries) > (MOST_OF_THE_PAST if "as_of=" in path else MOST_QUERIES):
                asked = "\n".join(f"    {one['sql'][:200]}" for one in queries)
                wrong.append(f"{name} {path} asks {len(queries)} queries:\n{asked}")
    assert not wrong, "\n".join(wrong)
    assert seen[200] > 90, seen
