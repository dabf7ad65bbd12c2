"""What the four pages say, and to whom."""

import re
from datetime import timedelta
from html import unescape
from urllib.parse import quote

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from interactions.ledger import record
from interactions.models import Source
from promises.domain.loss import DEFAULT_PARAMETERS, time_loss
from promises.models import Promise
from promises.services.counting import count_pending
from promises.templatetags.promise_format import term
from tests.opened import opened
from tests.promises.views.world import DAY, HOSTILE, PASSWORD, World, build_world, promise_made

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return build_world()


def read(client: Client, who: User, path: str) -> str:
    """The words of a page, without its tags."""
    client.force_login(who)
    return words(opened(client, path))


def words(html: str) -> str:
    text = unescape(re.sub(r"<[^>]+>", " ", html)).replace("\N{NO-BREAK SPACE}", " ")
    return re.sub(r"\s+", " ", text)


def paths(world: World) -> list[str]:
    return [
        reverse("overview"),
        reverse("team", args=["fulfilment"]),
        reverse("customer", args=["c-1"]),
        reverse("promise", args=[world.moved.pk]),
    ]


def test_nobody_signed_out_sees_anything(client: Client, world: World) -> None:
    for path in [*paths(world), reverse("team", args=["no such team"])]:
        answer = client.get(path)
        assert (answer.status_code, answer["Location"]) == (
            302,
            f"{reverse('login')}?next={quote(path)}",
        )
    answer = client.post(reverse("sample-remove"))
    assert answer["Location"].startswith(reverse("login"))


def test_what_is_foreign_is_not_there(client: Client, world: World) -> None:
    client.force_login(world.charlie)
    for path in paths(world)[1:]:
        assert client.get(path).status_code == 404, path
    client.force_login(world.bob)
    assert client.get(reverse("team", args=["support"])).status_code == 404
    assert client.get(reverse("promise", args=[world.foreign.pk])).status_code == 404
    assert client.get(reverse("customer", args=["c-2"])).status_code == 404


def test_what_is_unknown_is_not_there_either(client: Client, world: World) -> None:
    client.force_login(world.alice)
    for path in ("/teams/nobody", "/customers/nobody", "/promises/0", f"/promises/{10**30}"):
        answer = client.get(path)
        assert answer.status_code == 404
        assert "This page is not here" in answer.content.decode()


def test_the_overview_says_how_it_stands(client: Client, world: World) -> None:
    page = read(client, world.alice, reverse("overview"))
    assert (
        "11 of 15 promises that fell due in the last 90 days were kept; "
        "delivery in fulfilment costs the most."
    ) in page
    assert "73.3 %" in page
    assert "Overdue now 1 past their date and still open" in page
    assert "0 events being counted" in page
    assert "as of" in page
    assert "Times are in UTC." in page


def test_an_agent_sees_the_figures_of_their_own_team(client: Client, world: World) -> None:
    page = read(client, world.bob, reverse("overview"))
    assert "9 of 12 promises" in page
    assert "support" not in page
    assert "Eve" not in page


def test_too_few_promises_are_called_too_few(client: Client, world: World) -> None:
    page = read(client, world.charlie, reverse("overview"))
    assert "2 of 3 promises" in page
    assert "not enough promises yet" in page


def test_no_promises_are_no_score_and_not_0(client: Client, world: World) -> None:
    page = read(client, world.alice, reverse("overview") + "?kind=quality")
    assert "No quality promises fell due in the last 90 days." in page
    assert "no score" in page
    assert "no rate" in page


def test_somebody_without_a_team_is_told_what_to_do(client: Client, world: World) -> None:
    stranger = User.objects.create_user("stranger")
    page = read(client, stranger, reverse("overview"))
    assert "an admin can add you to one." in page
    assert "fulfilment" not in page


def test_a_team_shows_its_figures_and_its_promises(client: Client, world: World) -> None:
    page = read(client, world.bob, reverse("team", args=["fulfilment"]))
    assert "9 of 12 promises" in page
    assert "delivery" in page
    assert "order-11 arrives in time" in page
    assert "overdue for 17 d" in page


def test_a_customer_shows_all_that_happened(client: Client, world: World) -> None:
    page = read(client, world.bob, reverse("customer", args=["c-1"]))
    assert "Ada Lovelace" in page
    assert "likes to be called Ada" in page
    assert "segment gold" in page
    assert "The promise got another date" in page
    assert "The van broke down" in page
    assert "The customer gave feedback" in page
    assert "I waited all day." in page
    assert "source /shop" in page
    assert "heard 16 d later" in page


def test_a_promise_shows_its_words_dates_events_and_arithmetic(
    client: Client, world: World
) -> None:
    page = read(client, world.bob, reverse("promise", args=[world.moved.pk]))
    assert "order-9 arrives in time" in page
    assert "Late: fulfilled in full, but 1 d late." in page
    assert "First date given" in page
    assert "Moved by us, announced before the old date" in page
    assert "Slips: 1 announced, 0 not." in page
    parameters = DEFAULT_PARAMETERS["delivery"]
    late = time_loss(
        timedelta(days=1).total_seconds(),
        base_loss=parameters.base_loss,
        half_life_seconds=parameters.half_life_seconds,
    )
    assert term(late) in page
    assert term(1 - (1 - late) * 0.9) in page
    assert "These are the very terms that the score adds up." in page
    assert '"promise.rescheduled"' in page


def test_the_past_is_shown_as_the_past(client: Client, world: World) -> None:
    then = world.now - timedelta(days=18)
    query = "?as_of=" + then.strftime("%Y-%m-%dT%H:%M:%SZ")
    page = read(client, world.alice, reverse("overview") + query)
    assert "These are the figures of" in page
    assert "No promises fell due in the 90 days up to then." in page
    page = read(client, world.alice, reverse("promise", args=[world.moved.pk]) + query)
    assert "This is how it stood at" in page
    assert "will count from" in page


def test_what_cannot_be_read_in_the_address_is_named(client: Client, world: World) -> None:
    page = read(client, world.alice, reverse("overview") + "?window=9y&kind=%3Cb%3E&as_of=soon")
    assert "A part of this address could not be read and was left out." in page
    assert "“9y”" in page
    assert "11 of 15 promises" in page


def test_words_of_strangers_stay_words(client: Client, world: World) -> None:
    client.force_login(world.alice)
    for path in (
        reverse("overview"),
        reverse("customer", args=["c-2"]),
        reverse("promise", args=[world.foreign.pk]),
        reverse("team", args=["support"]),
        f"{reverse('overview')}?window={HOSTILE}",
    ):
        html = opened(client, path)
        assert HOSTILE not in html, path
        assert "&lt;script&gt;" in html or path == reverse("overview"), path


def test_links_keep_what_was_asked(client: Client, world: World) -> None:
    client.force_login(world.alice)
    html = client.get(reverse("overview") + "?window=all&kind=delivery").content.decode()
    assert 'href="/teams/fulfilment?window=all&amp;kind=delivery"' in html


def test_a_page_is_not_kept_by_others(client: Client, world: World) -> None:
    client.force_login(world.alice)
    for path in paths(world):
        assert "private" in client.get(path)["Cache-Control"], path


@pytest.fixture
def sample(world: World) -> None:
    Source.objects.filter(name="/shop").update(is_sample=True)


def test_the_sample_is_announced_and_only_managers_may_remove_it(
    client: Client, world: World, sample: None
) -> None:
    assert "These are sample promises:" in read(client, world.alice, reverse("overview"))
    assert "Remove the sample" in read(client, world.alice, reverse("overview"))
    assert "Remove the sample" not in read(client, world.bob, reverse("overview"))
    assert client.post(reverse("sample-remove")).status_code == 403
    assert client.get(reverse("sample-remove")).status_code == 405


def test_signing_in_tells_what_is_wrong(client: Client, world: World) -> None:
    answer = client.post(reverse("login"), {"username": "alice", "password": "wrong"})
    assert answer.status_code == 200
    assert 'role="alert"' in answer.content.decode()
    answer = client.post(reverse("login"), {"username": "alice", "password": PASSWORD})
    assert answer["Location"] == reverse("start")


def test_a_point_of_the_trend_opens_its_promises(client: Client, world: World) -> None:
    client.force_login(world.alice)
    html = client.get(reverse("overview") + "?window=28d&kind=delivery").content.decode()
    table = html.partition('id="trend"')[2].partition("</table>")[0]
    rows = re.findall(r'<td class="num"><a href="([^"]+)">(\d+)</a>', table)
    assert rows
    for address, count in rows:
        assert "from=" in address
        assert "kind=delivery" in address
        page = words(client.get(unescape(address)).content.decode())
        assert f"{count} delivery promise" in page or f"{count} promise" in page, address


def test_a_touchpoint_that_nobody_stated_is_not_named(client: Client, world: World) -> None:
    assert "through webshop" in read(client, world.alice, f"/promises/{world.moved.pk}")
    made = world.now - DAY
    plain = promise_made("plain", made, kind="delivery", customer={"id": "c-1"}, touchpoint="")
    record([plain], recorded_at=world.now)
    count_pending()
    page = read(client, world.alice, f"/promises/{Promise.objects.get(reference='plain').pk}")
    assert "through" not in page.partition("facts-line")[2].partition("</p>")[0]
