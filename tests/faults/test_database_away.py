"""PostgreSQL stops under a running product: 503 for programs and people, and nothing is stuck."""

import json
import re
import signal
import time
from http.client import HTTPMessage
from http.cookiejar import CookieJar
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener

import pytest

from tests.faults.product import Product, wait_until

PASSWORD = "only for this test"
MAKE_MANAGER = f"""
from django.contrib.auth.models import User
from interactions.models import Membership
user = User.objects.create_user("alice", password="{PASSWORD}")
Membership.objects.create(user=user, role="manager")
"""


class Visitor:
    """A browser without a window: keeps its cookies."""

    def __init__(self, product: Product) -> None:
        self.url = product.url
        self.opener: OpenerDirector = build_opener(HTTPCookieProcessor(CookieJar()))

    def call(
        self, path: str, body: bytes | None = None, **headers: str
    ) -> tuple[int, HTTPMessage, str]:
        request = Request(self.url + path, body, headers)  # noqa: S310 (our own)
        try:
            with self.opener.open(request, timeout=60) as answer:
                return answer.status, answer.headers, answer.read().decode()
        except HTTPError as error:
            return error.code, error.headers, error.read().decode()

    def sign_in(self) -> tuple[int, HTTPMessage, str]:
        _, _, page = self.call("/accounts/login/")
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        assert token
        form = {"csrfmiddlewaretoken": token[1], "username": "alice", "password": PASSWORD}
        return self.call("/accounts/login/", urlencode(form).encode())


def assert_away(answer: tuple[int, HTTPMessage, str], media: str) -> None:
    status, headers, body = answer
    assert (status, headers["Retry-After"]) == (503, "5"), body[:500]
    assert headers["Content-Type"].startswith(media)
    if media.endswith("json"):
        assert json.loads(body)["type"] == "/api/docs#problem-database_away"
    else:
        assert "Back in a moment" in body


@pytest.mark.whole
def test_a_database_that_is_away_is_a_503_everywhere() -> None:
    with Product(durable=False) as product:
        product.manage("shell", "-v", "0", "-c", MAKE_MANAGER)
        program, person = Visitor(product), Visitor(product)
        key = {"Authorization": f"Bearer {product.key}"}
        assert program.call("/api/v1/scores", **key)[0] == 200
        assert person.sign_in()[0] == 200
        assert person.call("/health/")[0] == 200

        product.stop_postgres(signal.SIGINT)
        time.sleep(1.1)  # until no process knows the key by heart
        event = b'{"specversion":"1.0"}'
        for _ in range(3):
            assert_away(program.call("/api/v1/scores", **key), "application/problem+json")
            assert_away(
                program.call(
                    "/api/v1/events", event, **key, **{"Content-Type": "application/json"}
                ),
                "application/problem+json",
            )
            for page in ("/", "/health/", "/accounts/login/"):
                assert_away(person.call(page), "text/html")
        assert_away(Visitor(product).call("/accounts/login/"), "text/html")
        assert program.call("/api/v1/nothing")[0] == 404
        assert program.call("/livez")[0] == 200

        product.servers.start_postgres()
        wait_until(lambda: program.call("/api/v1/scores", **key)[0] == 200, 60, "scores are back")
        wait_until(lambda: person.call("/health/")[0] == 200, 60, "pages are back")
