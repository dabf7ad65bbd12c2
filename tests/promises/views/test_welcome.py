"""The first run: the link that opens it, the first admin, the company, and the first steps."""

import re
from collections.abc import Iterator
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client

from interactions.changes import NOBODY
from interactions.first_admin import make_first_admin, new_setup_token, token_opens
from interactions.installation import forget_installed, installation_zone, installed
from interactions.models import Change, Membership, Source
from promisegap.welcome import assume_an_account
from promises.models import Promise
from promises.projection import facts
from promises.selectors.glossary import WORDS
from promises.services.counting import count_pending
from promises.services.installing import InstallationRefused, sample_is_due, store_zone
from promises.services.sample import SOURCE
from tests.events import made, store
from tests.promises.views.world import World, build_world

pytestmark = [pytest.mark.django_db(transaction=True)]
SECRET = "a good long pass phrase"


@pytest.fixture(autouse=True)
def nobody_is_known() -> Iterator[None]:
    assume_an_account(False)
    forget_installed()
    yield
    assume_an_account()


def form(token: str, **changes: str) -> dict[str, str]:
    given = {"username": "ada", "email": "", "password": SECRET, "again": SECRET}
    given |= {"company": "Lovelace & Co", "zone": "Europe/Berlin", "begin": "own"}
    return given | {"token": token} | changes


def setup(**options: bool) -> str:
    out = StringIO()
    call_command("setup", stdout=out, **options)
    return out.getvalue()


def test_without_an_account_every_page_leads_to_welcome(client: Client) -> None:
    for path in ("/", "/accounts/login/", "/imports/", "/settings/sources/", "/nothing"):
        answer = client.get(path)
        assert (answer.status_code, answer["Location"]) == (302, "/welcome/"), path
    assert client.get("/livez").status_code == 200
    assert client.get("/api/v1/scores").status_code == 401
    page = client.get("/welcome/").content.decode()
    assert "manage.py setup" in page
    assert "password" not in page


def test_only_the_newest_link_opens_it(client: Client) -> None:
    old, new = new_setup_token(), new_setup_token()
    assert not token_opens("")
    for wrong in (old, "x", "\0", "a" * 9_000):
        answer = client.get("/welcome/", {"token": wrong})
        assert answer.status_code == 403
        assert client.post("/welcome/", form(wrong)).status_code == 403
    assert 'name="password"' in client.get("/welcome/", {"token": new}).content.decode()
    assert not User.objects.exists()


def test_the_link_makes_one_admin_and_is_over(client: Client) -> None:
    said = setup()
    path = re.search(r"(/welcome/\?token=\S+)", said)
    assert path is not None
    token = path[1].partition("=")[2]
    answer = client.post("/welcome/", form(token))
    assert (answer.status_code, answer["Location"]) == (302, "/welcome/next")
    user = User.objects.get()
    assert (user.username, user.is_superuser) == ("ada", True)
    assert Membership.objects.get().role == "admin"
    page = client.get("/").content.decode()
    assert "Lovelace &amp; Co" in page
    assert "First steps" in page
    assert str(installation_zone()) == "Europe/Berlin"
    assert client.get("/welcome/next").status_code == 200
    other = Client()
    assert other.post("/welcome/", form(token, username="eve"))["Location"] == "/"
    assert User.objects.count() == 1
    assert "already" in setup()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"again": "another"}, "The two passwords differ."),
        ({"password": "12345678", "again": "12345678"}, "entirely numeric"),
        ({"password": "short", "again": "short"}, "too short"),
        ({"username": "a b"}, "valid username"),
        ({"username": ""}, "This field is required."),
        ({"zone": "Mars/Olympus"}, "Select a valid choice"),
        ({"email": "nobody"}, "valid email"),
        ({"company": "x" * 200}, "at most 80"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    client: Client, changes: dict[str, str], sentence: str
) -> None:
    answer = client.post("/welcome/", form(new_setup_token(), **changes))
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert SECRET not in answer.content.decode()
    assert not User.objects.exists()


def test_the_sample_is_loaded_by_a_worker(client: Client) -> None:
    answer = client.post("/welcome/", form(new_setup_token(), begin="sample"))
    assert answer["Location"] == "/"
    assert sample_is_due()
    asked = Change.objects.get(area=Change.Area.SOURCE)
    assert (asked.by, asked.subject, asked.action) == ("ada", SOURCE, "sample asked for")
    assert client.get("/settings/changes/").content.decode().count("sample asked for") == 1


def test_the_zone_holds_from_the_first_promise_on() -> None:
    store_zone("Asia/Tokyo", by=NOBODY)
    assert str(facts.installation_zone(fresh=True)) == "Asia/Tokyo"
    store(made("order-1", due_at="2026-03-06"))
    count_pending()
    # The day of a promise ends where the installation is.
    assert Promise.objects.get().first_due.isoformat() == "2026-03-06T14:59:59.999999+00:00"
    with pytest.raises(InstallationRefused, match="It stays"):
        store_zone("Europe/Berlin", by=NOBODY)
    with pytest.raises(InstallationRefused, match="of the list"):
        store_zone("Mars/Olympus", by=NOBODY)
    assert installed(fresh=True).zone == "Asia/Tokyo"


def test_pages_speak_the_stored_zone(client: Client) -> None:
    store_zone("Asia/Tokyo", by=NOBODY)
    client.force_login(make_first_admin("ada", SECRET))
    assert "Asia/Tokyo" in client.get("/").content.decode()


def test_an_admin_can_be_made_without_questions(settings: object) -> None:
    said = setup(noinput=True)
    password = re.search(r"The password is (\S+);", said)
    assert password is not None
    assert User.objects.get(username="admin").check_password(password[1])


def test_a_weak_password_of_the_environment_is_refused(settings: object) -> None:
    settings.ADMIN_PASSWORD = "password"  # type: ignore[attr-defined]
    with pytest.raises(CommandError, match="ADMIN_PASSWORD"):
        setup(noinput=True)
    assert not User.objects.exists()


def test_the_first_steps_go_one_by_one_and_can_be_dismissed(client: Client) -> None:
    world: World = build_world()
    Membership.objects.filter(user=world.alice).update(role=Membership.Role.ADMIN)
    client.force_login(world.bob)
    assert "First steps" not in client.get("/").content.decode()
    client.force_login(world.alice)
    page = client.get("/").content.decode()
    assert page.count('class="is-done"') == 2
    # Who never had the sample is not told that it is gone.
    assert "sample" not in page.partition('class="first-steps-list"')[2].partition("</ol>")[0]
    Source.objects.create(name="/sample", door=Source.Door.IMPORT, is_sample=True)
    assert "The sample is gone" in client.get("/").content.decode()
    answer = client.post("/settings/installation/", {"company": "Ada", "zone": ""}, follow=True)
    assert "It is stored." in answer.content.decode()
    assert "It stays." in answer.content.decode()
    named = Change.objects.get(area=Change.Area.INSTALLATION)
    assert (named.by, named.before, named.after) == ("alice", {"company": ""}, {"company": "Ada"})
    assert client.get("/").content.decode().count('class="is-done"') == 4
    client.post("/welcome/dismiss")
    assert "First steps" not in client.get("/").content.decode()


def test_the_page_of_words_has_every_word(client: Client) -> None:
    client.force_login(make_first_admin("ada", SECRET))
    page = client.get("/help/words").content.decode()
    for word in WORDS:
        assert f'id="{word.slug}"' in page
    assert len({word.slug for word in WORDS}) == len(WORDS)
