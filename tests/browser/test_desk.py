"""The desk in Chromium: with the keyboard alone, with a poor connection, with keys switched off."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Locator, Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from interactions.ledger import record
from interactions.models import Event, Preference, Team
from promises.models import Promise
from promises.services.counting import count_pending
from tests.browser.conftest import Reader, reader_of
from tests.browser.test_pages import barriers, is_wider_than_its_window
from tests.events import event
from tests.promises.views.world import World, promise_made

# A page asks again every ten seconds.
PATIENCE = 30_000

pytestmark = [pytest.mark.browser]


@pytest.fixture
def owed(world: World) -> list[Promise]:
    """What bob still owes: one a day late, one due tomorrow."""
    now = timezone.now()
    events = [
        promise_made(
            name,
            now - timedelta(days=4),
            kind="delivery",
            team="fulfilment",
            customer={"id": "c-1"},
            made_by="bob",
            due_at=(now + timedelta(days=days)).isoformat(),
        )
        for name, days in (("kettle", -1), ("teapot", 1))
    ]
    record(events, recorded_at=now)
    count_pending()
    return list(Promise.objects.filter(made_by="bob").order_by("matures_at"))


@pytest.fixture
def plain_reader(browser: Browser, live_server: LiveServer, world: World) -> Iterator[Reader]:
    """Somebody whose browser runs no scripts."""
    context = browser.new_context(java_script_enabled=False)
    yield reader_of(context, live_server)
    context.close()


def keys(page: Page, *pressed: str) -> None:
    for key in pressed:
        page.keyboard.press(key)


def said() -> list[str]:
    people = Event.objects.filter(source__name="promise-gap/people")
    return list(people.order_by("pk").values_list("type", flat=True))


def log_by_keyboard(page: Page, words: str, *, then: Locator | None = None) -> None:
    """c, the customer, Enter, the words, Enter: then the proposal is there to be confirmed, or what
    it says nothing of is filled in."""
    keys(page, "c")
    expect(page.get_by_label("Customer", exact=True)).to_be_focused()
    page.keyboard.type("ada")
    keys(page, "Enter")
    expect(page.get_by_label("What was said")).to_be_focused()
    page.keyboard.type(words)
    keys(page, "Enter")
    expect(then or page.get_by_role("button", name="Log it")).to_be_focused()


def test_outcomes_take_at_most_five_keys(reader: Reader, owed: list[Promise]) -> None:
    page = reader.page
    reader.sign_in("bob")
    reader.open("/desk/")
    keys(page, "j", "o")
    expect(page.get_by_label("Late")).to_be_focused()
    keys(page, "Enter")
    expect(page.locator("#toasts")).to_contain_text("it was fulfilled, late")
    expect(page.locator("[data-row]")).to_have_count(1)
    expect(page.locator("[data-row] th a")).to_be_focused()
    keys(page, "o")
    expect(page.get_by_label("Kept")).to_be_focused()
    keys(page, "p")
    expect(page.get_by_label("Share so far")).to_be_focused()
    page.keyboard.type("50")
    keys(page, "Enter")
    expect(page.locator("#toasts")).to_contain_text("a part of it")
    assert sorted(Promise.objects.filter(made_by="bob").values_list("state", flat=True)) == [
        "late",
        "partial",
    ]
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#toasts")).to_contain_text("Taken back.")
    expect(page.locator("[data-row]")).to_have_count(1)
    assert said()[-1] == "event.retracted"
    assert reader.complaints == []


def test_a_toast_stays_while_it_holds_the_focus(reader: Reader, owed: list[Promise]) -> None:
    page = reader.page
    page.clock.install()
    reader.sign_in("bob")
    reader.open("/desk/")
    keys(page, "j", "o")
    expect(page.get_by_label("Late")).to_be_focused()
    keys(page, "Enter")
    undo = page.locator("#toasts").get_by_role("button", name="Undo")
    undo.focus()
    undo.hover()
    page.mouse.move(0, 0)
    page.clock.run_for(30_000)
    expect(undo).to_be_focused()
    undo.blur()
    page.clock.run_for(11_000)
    expect(undo).to_have_count(0)
    assert reader.complaints == []


def test_what_was_kept_in_time_is_recorded_with_its_moment(
    reader: Reader, owed: list[Promise]
) -> None:
    page = reader.page
    reader.sign_in("bob")
    reader.open(f"/promises/{owed[0].pk}")
    keys(page, "o")
    expect(page.get_by_label("Late")).to_be_focused()
    keys(page, "k")
    expect(page.locator("#sheet").get_by_label("When it happened")).to_be_focused()
    keys(page, "Enter")
    expect(page.locator("#toasts")).to_contain_text("it was fulfilled.")
    expect(page.locator(".lead-sentence")).to_contain_text("Kept: fulfilled in full")


def test_a_double_click_and_a_lost_answer_make_one_event(reader: Reader, world: World) -> None:
    page = reader.page
    reader.sign_in("bob")
    reader.open("/desk/")
    lost = [True, True]

    def lose(route: Route) -> None:
        """The first request never arrives, the second does but its answer is lost."""
        if len(lost) == 2:
            lost.pop()
            route.abort()
        elif lost:
            lost.pop()
            route.fetch()
            route.abort()
        else:
            route.continue_()

    log_by_keyboard(page, "I'll ship it tomorrow")
    page.route("**/desk/new", lose)
    page.get_by_role("button", name="Log it").dblclick()
    expect(page.locator("[data-fault]")).to_contain_text("Your words are kept")
    expect(page.get_by_label("What was said")).to_have_value("I'll ship it tomorrow")
    expect(page.locator("#toasts")).to_contain_text("logged")
    assert said() == ["promise.made"]


def test_words_survive_a_dialog_closed_by_accident(reader: Reader, world: World) -> None:
    page = reader.page
    reader.sign_in("bob")
    keys(page, "c")
    expect(page.get_by_label("Customer", exact=True)).to_be_focused()
    page.get_by_label("What was said").fill("we answer within four hours")
    keys(page, "Escape")
    expect(page.locator("dialog#sheet")).to_be_hidden()
    keys(page, "c")
    expect(page.get_by_label("What was said")).to_have_value("we answer within four hours")
    expect(page.locator("#sheet").get_by_label("Kind")).to_have_value("response")


def test_what_somebody_chose_themselves_stays(reader: Reader, world: World) -> None:
    page = reader.page
    reader.sign_in("bob")
    reader.open("/desk/new?customer=c-1")
    page.get_by_label("Kind").select_option("response")
    page.get_by_label("What was said").fill("It arrives by Friday")
    expect(page.locator(".proposal")).to_contain_text("Friday")
    expect(page.get_by_label("Kind")).to_have_value("response")
    expect(page.get_by_label("Due")).not_to_have_value("")
    expect(page.locator(".advice")).to_contain_text("too few like it")
    page.get_by_role("button", name="Log it").click()
    page.wait_for_url("**/desk/?done=*")
    expect(page.locator("[data-row]")).to_have_count(1)


def test_of_several_teams_one_is_chosen_with_one_key_more(reader: Reader, world: World) -> None:
    page = reader.page
    reader.sign_in("alice")
    log_by_keyboard(page, "I'll ship it tomorrow", then=page.locator("#promise-team"))
    expect(page.locator(".proposal")).to_contain_text("for a team that is still to be chosen")
    keys(page, "f")
    expect(page.locator(".proposal")).to_contain_text("for the team fulfilment")
    keys(page, "Control+Enter")
    expect(page.locator("#toasts")).to_contain_text("logged")
    assert Promise.objects.get(made_by="alice").team.reference == "fulfilment"
    assert reader.complaints == []


def test_without_a_team_a_promise_is_proposed_and_the_way_to_one_is_shown(
    reader: Reader, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "promises.views.desk.teams_to_promise_for", lambda _viewer: Team.objects.none()
    )
    page = reader.page
    reader.sign_in("alice")
    way = page.locator("#sheet").get_by_role("link", name="Make a team")
    log_by_keyboard(page, "I'll ship it tomorrow", then=way)
    expect(page.locator("#sheet .proposal")).to_contain_text("Proposed Delivery, by tomorrow")
    expect(page.locator("#sheet").get_by_label("Kind")).to_have_value("delivery")
    page.get_by_role("button", name="Log it").click()
    expect(page.locator("#sheet [role=alert]:visible")).to_contain_text(
        "It was not logged. There is no team yet"
    )
    expect(way).to_be_focused()
    assert barriers(reader) == []
    assert said() == []


def test_the_palette_finds_pages_actions_promises_and_customers(
    reader: Reader, world: World
) -> None:
    page = reader.page
    reader.sign_in("alice")
    keys(page, "Control+k")
    palette = page.get_by_role("combobox", name="Pages, actions")
    expect(palette).to_be_focused()
    expect(page.get_by_role("option", name="My desk")).to_be_visible()
    assert barriers(reader) == []
    for typed, name, url in (
        ("desk", "My desk", "**/desk/"),
        ("ada love", "Ada Lovelace", "**/customers/c-1"),
        ("order-9", "order-9 arrives", f"**/promises/{world.moved.pk}"),
        ("fulfil", "fulfilment", "**/teams/fulfilment"),
    ):
        palette.fill(typed)
        expect(page.locator("#palette-list [aria-selected=true]")).to_contain_text(name)
        keys(page, "Enter")
        page.wait_for_url(url)
        keys(page, "Control+k")
    palette.fill("log a")
    expect(page.locator("#palette-list [aria-selected=true]")).to_contain_text("Log a promise")
    keys(page, "Enter")
    expect(page.get_by_role("heading", name="Log a promise")).to_be_visible()
    assert reader.complaints == []


def test_keys_never_fire_where_one_types_and_can_be_switched_off(
    reader: Reader, owed: list[Promise], world: World
) -> None:
    page, sheet = reader.page, reader.page.locator("dialog#sheet")
    reader.sign_in("bob")
    reader.open("/search/")
    keys(page, "/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("c?gd")
    expect(page.get_by_role("searchbox")).to_have_value("c?gd")
    expect(sheet).to_be_hidden()
    page.get_by_role("searchbox").blur()
    keys(page, "?")
    expect(page.get_by_role("heading", name="Keyboard")).to_be_visible()
    assert barriers(reader) == []
    page.get_by_role("link", name="Switch single keys").click()
    page.get_by_label("Single keys do something").uncheck()
    page.locator("#id_theme").select_option("dark")
    page.get_by_role("button", name="Keep").click()
    expect(page.get_by_text("Your preferences are kept.")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    reader.open("/desk/")
    keys(page, "c", "?", "j", "g", "o")
    assert page.url.endswith("/desk/")
    expect(sheet).to_be_hidden()
    keys(page, "Control+k")
    expect(page.get_by_role("combobox", name="Pages, actions")).to_be_focused()
    keys(page, "Escape")
    page.get_by_role("button", name="Light").click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "light")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "light")
    assert Preference.objects.get(user=world.bob).single_keys is False
    assert reader.complaints == []


def test_it_works_without_scripts(plain_reader: Reader, owed: list[Promise]) -> None:
    page = plain_reader.page
    plain_reader.sign_in("bob")
    plain_reader.open("/desk/")
    page.get_by_role("link", name="Log a promise").first.click()
    page.get_by_label("Customer", exact=True).fill("ada")
    page.get_by_label("What was said").fill("I'll ship it by Friday")
    page.get_by_role("button", name="Log it").click()
    expect(page.get_by_label("Kind")).to_have_value("delivery")
    expect(page.locator(".proposal")).to_contain_text("Friday")
    page.get_by_label("Ada Lovelace").check()
    page.get_by_role("button", name="Log it").click()
    expect(page.get_by_text("The promise is logged.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Taken back.")).to_be_visible()
    page.get_by_role("link", name="Outcome of kettle").click()
    page.get_by_label("Failed").check()
    page.get_by_role("button", name="Record it").click()
    expect(page.get_by_text("Recorded: it failed.")).to_be_visible()


def test_the_pages_are_clean_for_everybody(any_reader: Reader, owed: list[Promise]) -> None:
    page = any_reader.page
    any_reader.open("/desk/?of=teams")
    assert barriers(any_reader) == []
    assert not is_wider_than_its_window(any_reader)
    page.get_by_role("link", name="Log a promise").first.click()
    page.get_by_label("Customer", exact=True).fill("ada")
    expect(page.get_by_role("option").first).to_be_visible()
    assert barriers(any_reader) == []
    assert any_reader.complaints == []


def test_the_desk_follows_and_the_focus_stays_on_its_promise(
    reader: Reader, owed: list[Promise]
) -> None:
    reader.sign_in("bob")
    reader.open("/desk/")
    page, now = reader.page, timezone.now()
    keys(page, "j", "j")
    teapot = owed[1].pk
    here = page.locator(f'[data-row="{teapot}"] th a')
    expect(here).to_be_focused()
    # What is due before it comes above it.
    made = promise_made(
        "cup",
        now - timedelta(days=4),
        kind="delivery",
        team="fulfilment",
        customer={"id": "c-1"},
        made_by="bob",
        due_at=(now - timedelta(days=2)).isoformat(),
    )
    record([made], recorded_at=now)
    count_pending()
    expect(page.locator("#standing")).to_contain_text("2 are overdue", timeout=PATIENCE)
    expect(page.locator("#desk-tabs a").first).to_contain_text("3")
    expect(page.locator("[data-row]")).to_have_count(3)
    expect(here).to_be_focused()
    assert reader.complaints == []


def test_the_rest_of_what_was_fulfilled_in_part_is_one_key_away(
    reader: Reader, owed: list[Promise]
) -> None:
    page = reader.page
    reader.sign_in("bob")
    reader.open("/desk/")
    keys(page, "j", "j", "o")
    expect(page.get_by_label("Kept")).to_be_focused()
    keys(page, "p")
    page.keyboard.type("40")
    keys(page, "Enter")
    rests = page.locator("#desk-rests")
    expect(rests).to_contain_text("teapot")
    expect(rests).to_contain_text("40\N{NO-BREAK SPACE}% on")
    expect(page.locator("#toasts")).to_contain_text("a part of it")

    reader.open("/desk/")
    expect(page.locator("#desk-list [data-row]")).to_have_count(1)
    keys(page, "j", "j")
    expect(rests.locator("[data-row] th a")).to_be_focused()
    keys(page, "k")
    expect(page.locator("#desk-list [data-row] th a")).to_be_focused()
    keys(page, "j", "o")
    sheet = page.locator("#sheet")
    expect(sheet).to_contain_text("40\N{NO-BREAK SPACE}% of it was fulfilled on")
    expect(page.get_by_label("Kept")).to_be_focused()
    assert barriers(reader) == []
    keys(page, "Enter")
    expect(page.locator("#toasts")).to_contain_text("it was fulfilled")
    expect(rests.locator("[data-row]")).to_have_count(0)
    assert Promise.objects.get(reference="teapot").state == "kept"
    assert reader.complaints == []


def test_the_outcome_of_a_rest_is_told_from_its_page_and_from_lists(
    reader: Reader, owed: list[Promise]
) -> None:
    page = reader.page
    happened = event("promise.fulfilled", "kettle", timezone.now(), {"fraction": 0.4})
    record([happened], recorded_at=timezone.now())
    count_pending()
    kettle = Promise.objects.get(reference="kettle")
    reader.sign_in("bob")
    for path, pressed in (("promises/?stands=rest_owed", "jo"), (f"promises/{kettle.pk}", "o")):
        reader.open(f"/{path}")
        expect(page.locator("#page")).to_contain_text("day over")
        keys(page, *pressed)
        expect(page.locator("#sheet")).to_contain_text("the rest is still owed")
        expect(page.locator("#sheet [name=outcome]:focus")).to_have_count(1)
    keys(page, "Enter")
    expect(page.locator("#toasts")).to_contain_text("it was fulfilled")
    expect(page.locator(".lead-sentence")).to_contain_text("fulfilled in full")
    assert reader.complaints == []


def test_a_page_that_stays_open_shows_a_rest_and_its_end(
    reader: Reader, owed: list[Promise]
) -> None:
    page = reader.page
    reader.sign_in("bob")
    reader.open("/desk/")
    rests = page.locator("#desk-rests")
    expect(rests).to_be_empty()
    for share, rows in ((0.5, 1), (1.0, 0)):
        happened = event("promise.fulfilled", "kettle", timezone.now(), {"fraction": share})
        record([happened], recorded_at=timezone.now())
        count_pending()
        expect(rests.locator("[data-row]")).to_have_count(rows, timeout=PATIENCE)
    expect(page.locator("[data-row]")).to_have_count(1)
    assert reader.complaints == []
