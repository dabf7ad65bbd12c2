"""A row becomes the events that it tells of, or is rejected under its column."""

import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest

from interactions.decode import NewEvent
from promises.services.imports.mapping import mapping_parse
from promises.services.imports.refusals import RowRejected
from tests.promises.services.imports.files import MAPPING, builder, mapping, row

NOW = datetime(2026, 11, 22, tzinfo=UTC)
CANCELED = '[withdrawn]\ncolumn = "words"\nvalues = ["canceled"]\nby = "customer"\nat = "made_at"\n'


def built(cells: list[str], more: str = "", *, first: str = "") -> list[NewEvent]:
    return builder(mapping(more, first=first)).build(cells, now=NOW)


def data(event: NewEvent) -> dict[str, object]:
    loaded: dict[str, object] = json.loads(event.data)
    return loaded


def test_a_row_tells_of_a_promise_and_its_outcome() -> None:
    made, fulfilled = built(row(due="2026-03-06 18:00:00", done="2026-03-05 11:00:00"))
    assert (made.type, made.subject, made.source) == ("promise.made", "o-1", "/import/orders")
    assert made.occurred_at == datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
    assert data(made) == {
        "kind": "delivery",
        "customer": {"id": "c-9"},
        "due_at": "2026-03-06T17:00:00+00:00",
        "statement": "Arrives soon",
        "team": "fulfilment",
    }
    assert (fulfilled.type, fulfilled.subject) == ("promise.fulfilled", "o-1")
    assert fulfilled.occurred_at == datetime(2026, 3, 5, 10, tzinfo=UTC)


def test_a_due_date_ends_in_the_mappings_zone_which_is_not_said_to_be_the_customers() -> None:
    (made,) = built(row(due="2026-03-06"))
    assert data(made)["due_at"] == "2026-03-06T23:59:59.999999+01:00"
    assert data(made)["customer"] == {"id": "c-9"}


def test_a_due_date_is_a_day_of_the_customers_zone_where_a_column_gives_it() -> None:
    text = MAPPING + 'zone = { column = "team" }\n'
    build = builder(mapping_parse(text, name="orders.toml"))
    (made,) = build.build(row(due="2026-03-06", team="Asia/Tokyo"), now=NOW)
    assert data(made)["due_at"] == "2026-03-06"
    assert data(made)["customer"] == {"id": "c-9", "zone": "Asia/Tokyo"}
    (made,) = build.build(row(due="2026-03-06", team=""), now=NOW)
    assert data(made)["due_at"] == "2026-03-06T23:59:59.999999+01:00"
    assert data(made)["customer"] == {"id": "c-9"}


def test_the_id_of_a_promise_due_on_a_day_is_as_ever() -> None:
    """A file imported when the mapping's zone stood with the customer changes nothing now."""
    (made,) = built(row(due="2026-03-06"))
    was = {
        "customer": {"id": "c-9", "zone": "Europe/Berlin"},
        "due_at": "2026-03-06",
        "kind": "delivery",
        "statement": "Arrives soon",
        "team": "fulfilment",
    }
    text = json.dumps(was, separators=(",", ":")) + "2026-03-02T08:30:00+00:00"
    assert made.id == f"o-1:made:{sha256(text.encode()).hexdigest()[:12]}"


def test_a_due_date_may_mean_its_midnight() -> None:
    (made,) = built(row(due="2026-03-06"), first='date_only = "midnight"\n')
    assert data(made)["due_at"] == "2026-03-05T23:00:00+00:00"
    assert data(made)["customer"] == {"id": "c-9"}


def test_columns_of_dates_print_midnight_for_no_time() -> None:
    (made,) = built(row(due="2026-03-06 00:00:00"), first='dates = ["due"]\n')
    assert data(made)["due_at"] == "2026-03-06T23:59:59.999999+01:00"


def test_the_same_row_has_the_same_ids_and_a_changed_one_others() -> None:
    first = [event.id for event in built(row(done="2026-03-05 11:00:00"))]
    again = [event.id for event in built(row(done="2026-03-05 11:00:00"))]
    later = [event.id for event in built(row(done="2026-03-05 12:00:00"))]
    other = [event.id for event in built(row(done="2026-03-05 11:00:00", team="other"))]
    assert first == again
    assert first[0] == later[0]
    assert first[1] != later[1]
    assert first[0] != other[0]
    assert first[0].startswith("o-1:made:")
    assert len(first[0].removeprefix("o-1:made:")) == 12


def test_keys_of_several_columns_cannot_be_mixed_up() -> None:
    text = MAPPING.replace('["order"]', '["order", "team"]')
    build = builder(mapping_parse(text, name="orders.toml")).build
    one = build(row(order="a/b", team="c"), now=NOW)[0].subject
    other = build(row(order="a", team="b/c"), now=NOW)[0].subject
    assert one == "a%2Fb/c"
    assert other == "a/b%2Fc"


def test_blank_cells_are_not_stated() -> None:
    (made,) = built(row(team="  ", customer=" ", due="2026-03-06 18:00:00"))
    assert data(made)["customer"] == {"id": ""}
    assert "team" not in data(made)


def test_a_template_spells_times_out() -> None:
    text = 'statement = { template = "{words}: {due:moment}, {made:date} {{x}}" }'
    wanted = mapping_parse(
        MAPPING.replace('statement = { column = "words" }', text), name="orders.toml"
    )
    (made,) = builder(wanted).build(row(due="2026-03-06 08:05:00"), now=NOW)
    assert data(made)["statement"] == "Arrives soon: Fri 6 March 2026, 08:05, Mon 2 March 2026 {x}"


def test_values_of_a_column_mean_withdrawn() -> None:
    made, withdrawn = built(row(words="canceled"), CANCELED)
    assert (withdrawn.type, withdrawn.occurred_at) == ("promise.withdrawn", made.occurred_at)
    assert data(withdrawn) == {"by": "customer"}
    assert len(built(row(words="fine"), CANCELED)) == 1


def test_the_time_of_an_ending_may_have_its_own_column() -> None:
    failed = '[failed]\nat = { column = "done" }\nreason = { column = "words" }\n'
    text = MAPPING.replace('fulfilled_at = { column = "done" }\n', "") + failed
    wanted = mapping_parse(text, name="orders.toml")
    made, gone = builder(wanted).build(row(done="2026-03-05 11:00:00"), now=NOW)
    assert (gone.type, gone.occurred_at.hour) == ("promise.failed", 10)
    assert data(gone) == {"reason": "Arrives soon"}
    assert made.type == "promise.made"
    assert len(builder(wanted).build(row(), now=NOW)) == 1


def test_an_ending_and_an_outcome_are_both_recorded_and_counted() -> None:
    build = builder(mapping(CANCELED))
    events = build.build(row(words="canceled", done="2026-03-05 11:00:00"), now=NOW)
    assert [event.type for event in events] == [
        "promise.made",
        "promise.withdrawn",
        "promise.fulfilled",
    ]
    assert build.remarks == {"ended_and_fulfilled": 1}


def test_a_mapping_may_prefer_the_fulfilment_to_the_ending() -> None:
    build = builder(mapping(CANCELED + "unless_fulfilled = true\n"))
    events = build.build(row(words="canceled", done="2026-03-05 11:00:00"), now=NOW)
    assert [event.type for event in events] == ["promise.made", "promise.fulfilled"]
    assert build.remarks == {"ended_and_fulfilled": 1}
    assert len(build.build(row(words="canceled"), now=NOW)) == 2


@pytest.mark.parametrize(
    ("cells", "remarks"),
    [
        (row(due="2026-03-01"), {"due_before_made": 1}),
        (row(due="2026-03-02"), {}),
        (row(done="2026-03-02 09:29:59"), {"outcome_before_made": 1}),
        (row(done="2026-03-02 09:30:00"), {}),
    ],
)
def test_it_counts_what_is_odd_and_keeps_it(cells: list[str], remarks: dict[str, int]) -> None:
    build = builder(mapping())
    assert build.build(cells, now=NOW)
    assert build.remarks == remarks


def test_outcomes_still_to_come_can_be_left_out() -> None:
    build = builder(mapping(), outcomes_until=NOW - timedelta(days=400))
    assert len(build.build(row(done="2026-03-05 11:00:00"), now=NOW)) == 1
    assert build.remarks == {"outcome_in_future": 1}


@pytest.mark.parametrize(
    ("cells", "column", "value", "reason"),
    [
        (row(order=" "), "order", "", "is empty, but is needed to tell promises apart"),
        (row(order="x" * 231), "order", "x" * 60, "is longer than 230 characters"),
        (row(order="a\tb"), "order", "a\tb", "contains a control character"),
        (row(words=" "), "words", "", "is empty"),
        (row(made=""), "made", "", "is empty, but a time is needed"),
        (row(due=""), "due", "", "is empty, but a time is needed"),
        (row(due="soon"), "due", "soon", "is neither a time"),
        (row(due="2026-02-30"), "due", "2026-02-30", "is no time"),
        (row(due="2300-01-01"), "due", "2300-01-01", "must lie between 1990 and 2200"),
        (row(made="2027-01-01"), "made", "2027-01-01", "more than 5 minutes in the future"),
        (
            row(done=" 2027-01-01 09:00"),
            "done",
            "2027-01-01 09:00",
            "more than 5 minutes in the future",
        ),
        (row(team="x" * 256), "team", "x" * 256, "has more than 255 characters"),
        (row(team="x", words="y" * 4_001), "words", "y", "has more than 4,000 characters"),
        (row(words="a\0b"), "words", "a\0b", "NUL"),
        (row(customer="a\0b"), "customer", "a\0b", "contains a control character"),
        (row(customer="a\nb"), "customer", "a\nb", "contains a control character"),
        (row(customer=".."), "customer", "..", "which no address can name"),
        (row(team="a\u2028b"), "team", "a\u2028b", "a line break"),
    ],
)
def test_it_rejects_a_row_under_its_column(
    cells: list[str], column: str, value: str, reason: str
) -> None:
    with pytest.raises(RowRejected) as rejected:
        built(cells)
    assert rejected.value.column == column
    assert rejected.value.value.startswith(value)
    assert reason in rejected.value.reason


EXTRA = {
    "stake": ('stake = { column = "team" }', "2", 2),
    "paid_in_advance": ('paid_in_advance = { column = "team" }', "Yes", True),
    "explicit": ('explicit = { column = "team" }', "n", False),
    "confidence": ('confidence = { column = "team" }', "0.25", 0.25),
    "claim_source": ('claim_source = { column = "team", map = { x = "shop" } }', "x", "shop"),
    "made_by": ('made_by = { constant = "the shop" }', "", "the shop"),
}


def extra(name: str) -> str:
    return MAPPING.replace('team = { column = "team" }', EXTRA[name][0])


@pytest.mark.parametrize("name", EXTRA)
def test_it_reads_every_field(name: str) -> None:
    wanted = mapping_parse(extra(name), name="orders.toml")
    (made,) = builder(wanted).build(row(team=EXTRA[name][1]), now=NOW)
    assert data(made)[name] == EXTRA[name][2]


@pytest.mark.parametrize(
    ("name", "cell", "reason"),
    [
        ("stake", "3", "must be 0.5, 1, 2 or 4"),
        ("stake", "1,5", "is no number"),
        ("stake", "nan", "is no number"),
        ("paid_in_advance", "perhaps", "is neither yes nor no"),
        ("confidence", "7", "at most 1"),
        ("claim_source", "y", "is not in the mapping's map"),
    ],
)
def test_it_rejects_what_a_field_cannot_hold(name: str, cell: str, reason: str) -> None:
    wanted = mapping_parse(extra(name), name="orders.toml")
    with pytest.raises(RowRejected) as rejected:
        builder(wanted).build(row(team=cell), now=NOW)
    assert rejected.value.column == "team"
    assert rejected.value.value == cell
    assert reason in rejected.value.reason


def refused(text: str, cells: list[str]) -> tuple[str, str, str]:
    """The column, what is quoted of it, and the reason."""
    with pytest.raises(RowRejected) as rejected:
        builder(mapping_parse(text, name="orders.toml")).build(cells, now=NOW)
    return rejected.value.column, rejected.value.value, rejected.value.reason


def test_a_time_is_quoted_as_it_stands_in_the_file() -> None:
    german = 'formats = ["%d.%m.%Y %H:%M"]\n' + MAPPING
    cells = row(made="15.12.2026 09:00", due="20.12.2026 09:00")
    reason = "lies more than 5 minutes in the future"
    assert refused(german, cells) == ("made", "15.12.2026 09:00", reason)
    cells = row(made="02.03.2026 09:00", due="06.03.2300 09:00")
    column, value, _reason = refused(german, cells)
    assert (column, value) == ("due", "06.03.2300 09:00")


def test_a_number_is_quoted_as_it_stands_and_its_limit_as_people_write_it() -> None:
    text = MAPPING.replace("team = {", "fraction = {")
    cells = row(done="2026-03-05 11:00:00", team="0")
    assert refused(text, cells) == ("team", "0", "must be above 0")
    cells = row(done="2026-03-05 11:00:00", team="1.50")
    assert refused(text, cells) == ("team", "1.50", "must be at most 1")


def test_what_a_map_makes_of_a_cell_is_not_quoted() -> None:
    text = MAPPING.replace(
        'team = { column = "team" }', 'stake = { column = "team", map = { high = "3", low = "x" } }'
    )
    assert refused(text, row(team="high")) == ("team", "high", "must be 0.5, 1, 2 or 4")
    assert refused(text, row(team="low")) == ("team", "low", "is no number such as 12.5")


def test_a_reference_of_several_columns_is_quoted_as_it_stands() -> None:
    text = MAPPING.replace('["order"]', '["order", "team"]')
    column, value, _reason = refused(text, row(order="a/1", team="b\tc"))
    assert (column, value) == ("order, team", "a/1, b\tc")


def test_an_ending_is_quoted_as_it_stands() -> None:
    off = CANCELED.replace("made_at", "due_at") + 'reason = { column = "team" }\n'
    column, value, reason = refused(MAPPING + off, row(words="canceled", due="2027-01-01"))
    assert (column, value) == ("words", "canceled")
    assert reason == "means that the promise ended when it was due, but that is still to come"
    failed = '[failed]\nat = { column = "team" }\n'
    column, value, reason = refused(MAPPING + failed, row(team="2027-01-01"))
    assert (column, value) == ("team", "2027-01-01")
    assert reason == "lies more than 5 minutes in the future"
    long = MAPPING.replace('team = { column = "team" }\n', "") + off
    column, value, _reason = refused(long, row(words="canceled", team="y" * 5_000))
    assert (column, value) == ("team", "y" * 5_000)


def test_quality_promises_have_a_target_and_a_value() -> None:
    text = MAPPING.replace('{ constant = "delivery" }', '{ constant = "quality" }') + (
        '[fields.quality]\ntarget = { constant = 99.9 }\ncomparator = { constant = ">=" }\n'
        'scale = { constant = 1 }\nunit = { constant = "%" }\nvalue = { column = "team" }\n'
    )
    wanted = mapping_parse(text, name="orders.toml")
    made, reached = builder(wanted).build(row(team="99.5", done="2026-03-05 11:00:00"), now=NOW)
    assert data(made)["quality"] == {"target": 99.9, "comparator": ">=", "scale": 1, "unit": "%"}
    assert data(reached) == {"value": 99.5}


def test_a_word_that_is_none_is_told_the_ones_that_are() -> None:
    wanted = MAPPING.replace('{ constant = "delivery" }', '{ column = "team" }')
    with pytest.raises(RowRejected) as rejected:
        builder(mapping_parse(wanted, name="orders.toml")).build(row(team="gift"), now=NOW)
    assert (rejected.value.column, rejected.value.value) == ("team", "gift")
    assert rejected.value.reason == "must be one of delivery, response, quality"
