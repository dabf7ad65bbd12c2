"""The import pages: who may, what is shown, and that nothing of a file is a 500."""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from interactions.models import Event, Team
from promises.models import Upload
from promises.services.counting import count_pending
from promises.services.uploads.toml import mapping_toml
from tests.promises.views.test_pages import words
from tests.promises.views.world import HOSTILE, World, build_world
from tests.uploads import BAD, HEADER, described, finished, mapping, order, orders, uploaded, worked

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.fixture
def world() -> World:
    return build_world()


@pytest.fixture
def alice(client: Client, world: World) -> Client:
    client.force_login(world.alice)
    return client


def bring(client: Client, content: bytes, name: str = "orders.csv") -> Any:
    return client.post("/imports/", {"file": SimpleUploadedFile(name, content)})


def form(**changes: str) -> dict[str, str]:
    fields = {
        "encoding": "utf-8",
        "delimiter": ",",
        "kind": "=delivery",
        "reference": "col:order",
        "statement": "col:words",
        "made_at": "col:ordered",
        "due_at": "col:promised",
        "fulfilled_at": "col:delivered",
        "customer_id": "col:customer",
        "dates": "iso",
        "zone": "Europe/Berlin",
        "date_only": "end of day",
        "source": "/import/orders",
    }
    return fields | changes


def test_agents_and_strangers_find_nothing(client: Client, world: World) -> None:
    upload = uploaded()
    paths = ["/imports/", f"/imports/{upload.pk}/", f"/imports/{upload.pk}/state"]
    for path in paths:
        assert client.get(path).status_code == 302
    client.force_login(world.bob)
    for path in (*paths, f"/imports/{upload.pk}/rejects.csv", f"/imports/{upload.pk}/mapping.toml"):
        assert client.get(path).status_code == 404
    for name in ("run", "undo", "delete"):
        assert client.post(f"/imports/{upload.pk}/act/{name}").status_code == 404
    assert bring(client, orders(1)).status_code == 404


def test_from_the_file_to_the_ledger_and_back(alice: Client) -> None:
    before = Event.objects.count()
    answer = bring(alice, orders(4, BAD))
    assert answer.status_code == 302
    page = alice.get(answer["Location"]).content.decode()
    assert "As it would be read" in page
    assert "1 row cannot be read" in page
    pk = Upload.objects.get().pk
    shown = alice.post(f"/imports/{pk}/preview", form(zone="Asia/Tokyo")).content.decode()
    assert "Times are shown in Asia/Tokyo" in shown
    assert alice.post(f"/imports/{pk}/describe", form())["Location"] == f"/imports/{pk}/"
    assert "Waiting for a worker" in alice.get(f"/imports/{pk}/").content.decode()
    finished(pk)
    assert "Checked: 4 promises can be imported" in alice.get(f"/imports/{pk}/").content.decode()
    assert Event.objects.count() == before
    alice.post(f"/imports/{pk}/act/run")
    finished(pk)
    page = alice.get(f"/imports/{pk}/").content.decode()
    assert "Imported: 4 promises" in page
    assert Event.objects.count() == before + 8
    assert b"rejected_line" in alice.get(f"/imports/{pk}/rejects.csv").content
    toml = alice.get(f"/imports/{pk}/mapping.toml").content.decode()
    assert 'source = "/import/orders"' in toml
    alice.post(f"/imports/{pk}/act/undo")
    finished(pk)
    assert "8 facts were taken back" in alice.get(f"/imports/{pk}/").content.decode()
    answer = alice.post(f"/imports/{pk}/act/run", follow=True)
    assert "undone" in answer.content.decode()
    assert "undone" in alice.get("/imports/").content.decode()


def test_the_form_makes_the_mapping_of_the_file(alice: Client) -> None:
    bring(alice, orders(2))
    pk = Upload.objects.get().pk
    fields = form(
        reference_more="col:customer", stake="=", stake_text="2", team="=", team_text="a {team}",
        statement="=", statement_text="{words} by {promised:date}", skip="col:promised",
        withdrawn_column="col:words", withdrawn_values="off, gone", withdrawn_at="col:ordered",
        withdrawn_by="us", quality_target="", confidence="=", confidence_text="0.5",
    )  # fmt: skip
    alice.post(f"/imports/{pk}/describe", fields)
    finished(pk)
    stored = Upload.objects.get().mapping
    assert stored["reference"] == ["order", "customer"]
    assert stored["fields"]["statement"]["template"] == "{words} by {promised:date}"
    assert stored["fields"]["team"]["constant"] == "a {team}"
    assert stored["withdrawn"]["values"] == ["off", "gone"]
    assert stored["withdrawn"]["at"] == {"column": "ordered"}
    assert stored["skip"][0]["column"] == "promised"
    page = alice.get(f"/imports/{pk}/?change").content.decode()
    assert 'name="toml"' not in page
    assert "off, gone" in page


def test_the_page_says_how_a_file_is_read_and_lets_one_choose(alice: Client) -> None:
    words = "Lieferung für Müller"
    content = orders(5) + order(6).replace("Arrives by Friday", words).encode("cp1252")
    path = bring(alice, content)["Location"]
    page = alice.get(path).content.decode()
    assert "6 columns, read as Western European (Windows-1252)." in page
    # Its cells are ASCII but one, which is shown first.
    assert f"<dt>words</dt><dd><span>{words}</span><span>Arrives by Friday</span></dd>" in page
    assert '<option value="cp1252" selected>' in page
    page = alice.get(f"{path}?encoding=cp850").content.decode()
    assert "read as Western European (DOS 850)." in page
    assert "f³r M³ller" in page


def test_an_unreadable_date_is_told_what_it_should_look_like(alice: Client) -> None:
    rows = (
        orders(5, BAD).replace(b"2026-03-02", b"02.03.2026").replace(b"2026-03-06", b"06.03.2026")
    )
    bring(alice, rows.replace(b"2026-03-05", b"05.03.2026"))
    pk = Upload.objects.get().pk
    told = "cannot be read as a time; expected is one like 31.12.2026 14:30 or 31.12.2026"
    shown = alice.get(f"/imports/{pk}/").content.decode()
    assert f"Line 7: promised “soon” {told}" in shown
    shown = alice.post(f"/imports/{pk}/preview", form(dates="day first")).content.decode()
    assert f"Line 7: promised “soon” {told}" in shown
    # The mapping file, which the command takes, does have the codes.
    assert "%d" not in shown.split('<details class="how">')[0]
    alice.post(f"/imports/{pk}/describe", form(dates="day first"))
    finished(pk)
    assert told in alice.get(f"/imports/{pk}/").content.decode()
    rejects = alice.get(f"/imports/{pk}/rejects.csv").content.decode()
    assert told in rejects
    assert "%" not in rejects


def test_what_an_undone_import_leaves_behind_is_archived_in_one_click(
    alice: Client, client: Client, world: World
) -> None:
    content = orders(2).replace(b"customer\n", b"customer,shop\n")
    content = content.replace(b",c-0\n", b",c-0,New team\n").replace(
        b",c-1\n", b",c-1,fulfilment\n"
    )
    bring(alice, content)
    pk = Upload.objects.get().pk
    alice.post(f"/imports/{pk}/describe", form(team="col:shop", touchpoint="col:shop"))
    finished(pk)
    alice.post(f"/imports/{pk}/act/run")
    finished(pk)
    count_pending()
    assert '<option value="New team">' in alice.get("/").content.decode()
    alice.post(f"/imports/{pk}/act/archive")
    assert Team.objects.get(reference="New team").archived_at is None
    alice.post(f"/imports/{pk}/act/undo")
    finished(pk)
    waiting = alice.get(f"/imports/{pk}/").content.decode()
    assert 'hx-trigger="every 1s"' in waiting
    assert "has nothing left" not in waiting
    count_pending()
    page = alice.get(f"/imports/{pk}/").content.decode()
    assert "3 teams and touchpoints came with it and have nothing left:" in page
    assert "hx-trigger" not in page.partition('id="import-state"')[2].partition(">")[0]
    answer = alice.post(f"/imports/{pk}/act/archive", follow=True).content.decode()
    assert "3 are archived." in answer
    assert "Archive them" not in answer
    assert Team.objects.get(reference="fulfilment").archived_at is None
    for path in ("/", "/promises", "/at-risk", "/analysis", "/desk/new"):
        offered = alice.get(path, follow=True).content.decode()
        assert '<option value="New team"' not in offered
    asked = alice.get("/promises?team=New team", follow=True).content.decode()
    assert '<option value="New team" selected>' in asked


QUOTE = HEADER + 'o-1,"Arrives by Friday,2026-03-02 09:30,2026-03-06,,c-1\n'
SKIPPED = {"skip": "col:delivered"}
KNOWN = "Everything in this file is known already"


@pytest.mark.parametrize(
    ("content", "changes", "sentence"),
    [
        (QUOTE.encode(), {}, "No row of it can be imported."),
        (orders(2), {}, KNOWN),
        (orders(2, BAD), {}, "What can be read of this file is known already"),
        ((HEADER + order(8, delivered="")).encode(), SKIPPED, "Every row is left out"),
    ],
)
def test_a_file_that_would_change_nothing_says_why(
    alice: Client, content: bytes, changes: dict[str, str], sentence: str
) -> None:
    worked(described(orders(2)).pk)
    bring(alice, content)
    pk = Upload.objects.latest("pk").pk
    alice.post(f"/imports/{pk}/describe", form(**changes))
    finished(pk)
    page = alice.get(f"/imports/{pk}/").content.decode()
    assert sentence in page
    assert (KNOWN in page) == (sentence == KNOWN)


def test_the_fold_of_rarer_fields_says_how_many_are_chosen_and_opens_for_what_is_wrong(
    alice: Client,
) -> None:
    bring(alice, orders(2))
    pk = Upload.objects.get().pk
    fold = re.compile(r'<details class="map-more"( open)?><summary>More columns:(.*?)</summary>')

    def folded(html: str) -> tuple[bool, str]:
        found = fold.search(html)
        assert found is not None
        return found[1] is not None, words(found[2]).rpartition("measured targets")[2].strip()

    assert folded(alice.get(f"/imports/{pk}/").content.decode()) == (False, "")
    wrong = form(touchpoint="col:words", stake="=", fraction="col:nowhere")
    answer = alice.post(f"/imports/{pk}/describe", wrong)
    assert answer.status_code == 422
    assert folded(answer.content.decode()) == (True, "3 chosen")
    right = form(touchpoint="col:words", reference="")
    answer = alice.post(f"/imports/{pk}/describe", right)
    assert answer.status_code == 422
    assert folded(answer.content.decode()) == (False, "1 chosen")


def test_a_row_that_is_no_csv_names_its_line_once(alice: Client) -> None:
    bring(alice, QUOTE.encode())
    pk = Upload.objects.get().pk
    shown = alice.post(f"/imports/{pk}/preview", form()).content.decode()
    assert "Line 2: cannot be read as CSV: a quote is opened and never closed." in shown
    assert "<span>It cannot be read as CSV: a quote is opened and never closed.</span>" in shown


def test_a_preview_has_one_style_of_dates_and_says_what_was_fulfilled(alice: Client) -> None:
    page = alice.get(bring(alice, orders(1))["Location"]).content.decode()
    assert '<time datetime="2026-03-06">6 Mar 2026</time>' in page
    assert "fulfilled on <time" in page
    assert "If a name or a letter is wrong here" in page


def test_a_preview_says_which_share_was_fulfilled(alice: Client) -> None:
    delivered = ("2026-03-05 12:00", "2026-03-05 12:00", "2026-03-05 12:00", "")
    shares = zip(delivered, ("0.5", "0.9999", "1", ""), strict=True)
    rows = [
        order(n, delivered=at).replace("\n", f",{share}\n") for n, (at, share) in enumerate(shares)
    ]
    content = HEADER.replace("\n", ",share\n") + "".join(rows)
    bring(alice, content.encode())
    pk = Upload.objects.get().pk
    shown = alice.post(f"/imports/{pk}/preview", form(fraction="col:share")).content.decode()
    cells = [words(cell) for cell in re.findall(r'<td data-label="outcome">(.*?)</td>', shown)]
    assert [cell.partition(" on ")[0].replace("\xa0", " ").strip() for cell in cells] == [
        "50 % fulfilled",
        "99.9 % fulfilled",
        "fulfilled",
        "open",
    ]


def test_a_promise_on_two_rows_is_one_on_the_button_and_in_the_result(alice: Client) -> None:
    other = order(3).replace("Arrives", "Comes").replace("03-02", "03-03")
    content = orders(5, order(4), other)
    page = alice.get(bring(alice, content)["Location"]).content.decode()
    pk = Upload.objects.get().pk
    shown = alice.post(f"/imports/{pk}/preview", form()).content.decode()
    for said in (page, shown):
        assert "1 row says the same as an earlier row, and is taken once: line 7 as line 6." in said
        assert "line 5 counts, line 8 does not." in said
        assert "the same as line 6; taken once" in said
        assert "the number of line 5 again; that row counts, this one does not" in said
    alice.post(f"/imports/{pk}/describe", form())
    finished(pk)
    page = alice.get(f"/imports/{pk}/").content.decode()
    assert "Checked: 5 promises can be imported" in page
    assert "Import 5 promises" in page
    assert "<dt>known already</dt><dd>0</dd>" in page
    assert "taken once: line 7 as line 6." in page
    alice.post(f"/imports/{pk}/act/run")
    finished(pk)
    page = alice.get(f"/imports/{pk}/").content.decode()
    assert "Imported: 5 promises" in page
    assert "<dt>known already</dt><dd>0</dd>" in page
    assert "taken once: line 7 as line 6." in page


def test_a_refusal_quotes_the_cell_of_the_file(alice: Client) -> None:
    rows = orders(2).replace(b"2026-03-02 09:30", b"15.12.2099 09:00", 1)
    rows = rows.replace(b"2026-03-02 09:30", b"02.03.2026 09:30").replace(b"2026-03-0", b"0")
    rows = rows.replace(b",06,", b",06.03.2026,").replace(b",05 12:00,", b",05.03.2026 12:00,")
    bring(alice, rows)
    pk = Upload.objects.get().pk
    told = "lies more than 5 minutes in the future"
    shown = alice.post(f"/imports/{pk}/preview", form(dates="day first")).content.decode()
    assert f"Line 2: ordered “15.12.2099 09:00” {told}." in shown
    alice.post(f"/imports/{pk}/describe", form(dates="day first"))
    finished(pk)
    rejects = alice.get(f"/imports/{pk}/rejects.csv").content.decode()
    assert f"2,ordered,15.12.2099 09:00,{told}," in rejects


def test_dates_in_two_orders_are_warned_of(alice: Client) -> None:
    rows = [
        f"o-{n},Arrives,{ordered} 09:30,{due},,c-1\n"
        for n, ordered, due in (
            (1, "25/02/2026", "03/04/2026"),
            (2, "26/02/2026", "04/25/2026"),
            (3, "27/02/2026", "05/04/2026"),
        )
    ]
    page = alice.get(bring(alice, (HEADER + "".join(rows)).encode())["Location"]).content.decode()
    assert "Day and month do not stand in one order." in page
    assert "Only “day first” fits line 2, ordered: 25/02/2026 09:30; line 3, ordered" in page
    assert "Only “month first” fits line 3, promised: 04/25/2026." in page
    pk = Upload.objects.get().pk
    alice.post(f"/imports/{pk}/describe", form(dates="day first"))
    finished(pk)
    page = alice.get(f"/imports/{pk}/").content.decode()
    assert "1 of them has a date that fits only the other order of day and month." in page
    assert "this one fits only with the month first" in page


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"made_at": ""}, "Choose the column."),
        ({"made_at": "col:nothing"}, "Select a valid choice"),
        (
            {"statement": "=", "statement_text": "{a"},
            "The template cannot be read: a brace is opened",
        ),
        ({"statement": "=", "statement_text": "{gone}"}, "does not have"),
        ({"statement": "=", "statement_text": ""}, "Write the text"),
        ({"withdrawn_column": "col:words"}, "Write the words"),
        ({"source": "has spaces"}, "The name of the source must be a URI reference"),
        ({"source": "/desk"}, None),
        ({"zone": "Mars/Olympus"}, "Select a valid choice"),
        ({"source": "a\0b"}, "Null characters"),
    ],
)
def test_what_does_not_fit_is_said_beside_its_field(
    alice: Client, changes: dict[str, str], sentence: str | None
) -> None:
    bring(alice, orders(2))
    pk = Upload.objects.get().pk
    preview = alice.post(f"/imports/{pk}/preview", form(**changes))
    assert preview.status_code == 200
    answer = alice.post(f"/imports/{pk}/describe", form(**changes))
    if sentence is not None:
        assert answer.status_code == 422
        assert sentence in answer.content.decode()
        assert Upload.objects.get().state == "draft"


def test_a_mapping_can_be_written_as_text(alice: Client) -> None:
    bring(alice, orders(2))
    pk = Upload.objects.get().pk
    assert 'name="toml"' in alice.get(f"/imports/{pk}/?text").content.decode()
    toml = mapping_toml(mapping()).replace(
        '{ column = "customer" }',
        '{ column = "customer", map = { c-0 = "zero" }, otherwise = "x" }',
    )
    shown = alice.post(f"/imports/{pk}/preview", {"toml": toml}).content.decode()
    assert "zero" in shown
    alice.post(f"/imports/{pk}/describe", {"toml": toml})
    assert finished(pk).state == "checked"
    # The form cannot say it: it stays a text.
    assert 'name="toml"' in alice.get(f"/imports/{pk}/?change").content.decode()
    for text in (
        "",
        "x = [",
        "\0",
        "a" * 70_000,
        toml + '\n[[join]]\nname="a"\nfile="b"\nleft=["order"]\nright=["order"]\n',
    ):
        answer = alice.post(f"/imports/{pk}/preview", {"toml": text})
        assert answer.status_code == 200
        assert "alert-danger" in answer.content.decode()


@pytest.mark.parametrize(
    "content",
    [
        *(b"", b"\0" * 100, b"PK\x03\x04xx", b"a,b\n", b"a,a\n1,2\n", b"\xff\xfe", b"\x1f\x8b"),
        b"x" * 300_000,
        f"{HOSTILE},b\n{HOSTILE},2026-01-01\n".encode(),
        "ä;ö\n1;2\n".encode("cp1252"),
    ],
)
def test_no_file_is_a_500(alice: Client, content: bytes) -> None:
    answer = bring(alice, content, name=HOSTILE + ".csv")
    assert answer.status_code in (302, 422)
    if answer.status_code == 302:
        page = alice.get(answer["Location"])
        assert page.status_code == 200
        assert HOSTILE not in page.content.decode()
        assert alice.get(answer["Location"] + "?encoding=utf_16&delimiter=x").status_code in (
            200,
            422,
        )
        assert alice.get(answer["Location"] + "?encoding=cp932&delimiter=|").status_code in (
            200,
            422,
        )


def test_a_request_without_a_file_and_a_file_too_large_are_told(
    alice: Client, settings: Any
) -> None:
    assert "Choose a file." in alice.post("/imports/").content.decode()
    settings.IMPORT_MAX_MB = 1
    answer = bring(alice, orders(20_000))
    assert answer.status_code == 422
    assert "larger than 1 MB" in answer.content.decode()


def test_the_live_part_says_nothing_twice(alice: Client) -> None:
    bring(alice, orders(2))
    pk = Upload.objects.get().pk
    alice.post(f"/imports/{pk}/describe", form())
    page = alice.get(f"/imports/{pk}/state").content.decode()
    seen = page.split("?seen=")[1].split('"')[0]
    assert alice.get(f"/imports/{pk}/state?seen={seen}").status_code == 204
    finished(pk)
    assert alice.get(f"/imports/{pk}/state?seen={seen}").status_code == 200
    assert alice.get("/imports/999/").status_code == 404
    assert alice.post(f"/imports/{pk}/act/nothing").status_code == 404
    assert alice.get("/imports/?before=x").status_code == 200


def test_an_upload_that_recorded_nothing_can_go(alice: Client) -> None:
    bring(alice, orders(2))
    pk = Upload.objects.get().pk
    answer = alice.post(f"/imports/{pk}/act/delete", follow=True)
    assert "The upload is deleted" in answer.content.decode()
    assert not Upload.objects.exists()


def test_many_uploads_are_paged(alice: Client) -> None:
    for n in range(51):
        uploaded(orders(1), name=f"file-{n}.csv")
    page = alice.get("/imports/").content.decode()
    before = page.split("?before=")[1].split('"')[0]
    assert "file-0.csv" not in page
    assert "file-0.csv" in alice.get(f"/imports/?before={before}").content.decode()
