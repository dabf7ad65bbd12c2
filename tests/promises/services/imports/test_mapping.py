"""A mapping says what it means or is refused with a sentence that names the place."""

from pathlib import Path

import pytest

from promises.services.imports.mapping import mapping_parse, mapping_read
from promises.services.imports.planning import import_plan
from promises.services.imports.refusals import ImportRefused
from tests.promises.services.imports.files import MAPPING, row, table, written

SAMPLES = Path(__file__).parents[4] / "promises" / "samples"


@pytest.mark.parametrize("name", ["boston311", "olist_delivery", "olist_handover"])
def test_it_reads_every_mapping_of_the_project(name: str) -> None:
    assert mapping_read(SAMPLES / f"{name}.toml").reference


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (("source =", "sauce ="), "has an unknown field `sauce`"),
        (('source = "/import/orders"\n', ""), "lacks the field `source`"),
        (('"Europe/Berlin"', '"Europe/Atlantis"'), "'Europe/Atlantis' is no time zone"),
        (('["order"]', "[]"), "reference (Number of the promise): must not be empty"),
        (('["order"]', '"order"'), "reference (Number of the promise): must be a list, not a text"),
        (
            ('{ column = "made" }', "{ }"),
            "fields.made_at (When it was promised): needs exactly one",
        ),
        (
            ('{ column = "made" }', '{ column = "made", constant = "x" }'),
            "fields.made_at (When it was promised): needs exactly one of column, constant",
        ),
        (
            ('{ column = "team" }', '{ colunm = "team" }'),
            "fields.team (Team that promised): has an unknown field `colunm`",
        ),
        (('{ column = "words" }', '{ template = "by {due:hour}" }'), "{due} in the template may"),
        (('{ column = "words" }', '{ template = "by {}" }'), "{} without a column"),
        (('{ column = "words" }', '{ template = "by {due" }'), "the template cannot be read"),
        (
            ("[fields]", "[fields"),
            "cannot be used: it is no TOML at line 6, character 8: a bracket is opened",
        ),
        (('"Europe/Berlin"', '"Europe'), "a text has no end: a quotation mark is missing."),
        (("source = ", "source "), "at line 2, character 8: a name stands there without ="),
        (("source = ", "source = oops"), "character 10: a value is expected there; texts stand"),
        (("zone = ", 'source = "b"\nzone = '), "character 13: something is said there twice."),
        (('{ constant = "delivery" }', '{ constant = "d", map = {} }'), "a map needs a column"),
        (
            ('zone = "E', 'date_only = "noon"\nzone = "E'),
            "date_only: is none of the words that are known here: 'noon'",
        ),
    ],
)
def test_it_names_the_place_of_a_mistake(change: tuple[str, str], sentence: str) -> None:
    assert change[0] in MAPPING
    with pytest.raises(ImportRefused) as refused:
        mapping_parse(MAPPING.replace(*change, 1), name="orders.toml")
    assert sentence in str(refused.value)
    assert str(refused.value).startswith("The mapping orders.toml cannot be used: ")
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ('[withdrawn]\nby = "customer"\nat = "made_at"', "needs column and values"),
        ('[withdrawn]\nby = "us"\nat = "made_at"\ncolumn = "done"', "column and values belong"),
        ('[failed]\nby = "us"\nat = { column = "done" }', "has an unknown field `by`"),
        (
            '[withdrawn]\nat = "noon"\nby = "us"',
            "withdrawn.at: is none of the words that are known here: 'noon'",
        ),
        ('[[skip]]\ncolumn = "due"\nreason = "none"', "needs either empty = true or values"),
        (
            '[[join]]\nname = "a b"\nfile = "x"\nleft = ["order"]\nright = ["id"]',
            "join[0].name: must match",
        ),
        (
            '[[join]]\nname = "a"\nfile = "x"\nleft = ["order"]\nright = ["a", "b"]',
            "left and right",
        ),
    ],
)
def test_it_refuses_parts_that_do_not_belong_together(more: str, sentence: str) -> None:
    with pytest.raises(ImportRefused) as refused:
        mapping_parse(MAPPING + more, name="orders.toml")
    assert sentence in str(refused.value)


def test_it_names_a_missing_column_the_closest_one_and_all_others(tmp_path: Path) -> None:
    orders = written(tmp_path, "orders.csv", table(row()).replace("team", "Teams", 1))
    chart = written(tmp_path, "orders.toml", MAPPING)
    with pytest.raises(ImportRefused) as refused:
        import_plan([orders], chart)
    assert str(refused.value) == (
        'fields.team (Team that promised) names the column "team", which orders.csv does not '
        'have. Did you mean "Teams"? It has: order, words, made, due, done, Teams, customer.'
    )


def test_it_does_not_print_a_thousand_columns(tmp_path: Path) -> None:
    names = ",".join(f"x{number}" for number in range(1000))
    orders = written(tmp_path, "orders.csv", f"{names}\n{names}\n")
    with pytest.raises(ImportRefused, match="and 960 more"):
        import_plan([orders], written(tmp_path, "orders.toml", MAPPING))


def test_it_refuses_a_column_that_the_file_has_twice(tmp_path: Path) -> None:
    text = "made,words,order,team,due,team,done,customer\n1,2,3,4,5,6,7,8\n"
    chart = written(tmp_path, "orders.toml", MAPPING)
    with pytest.raises(ImportRefused, match=r'"team", which orders\.csv has 2 times'):
        import_plan([written(tmp_path, "orders.csv", text)], chart)


def test_it_asks_for_the_joined_file(tmp_path: Path) -> None:
    join = '[[join]]\nname = "a"\nfile = "lines*"\nleft = ["order"]\nright = ["id"]\n'
    chart = written(tmp_path, "orders.toml", MAPPING + join)
    orders = written(tmp_path, "orders.csv", table(row()))
    with pytest.raises(ImportRefused, match=r"joins one file lines\*; name it too"):
        import_plan([orders], chart)
    with pytest.raises(ImportRefused, match="only files to be joined"):
        import_plan([written(tmp_path, "lines.csv", "id\n1\n")], chart)
    with pytest.raises(ImportRefused, match=r'join a\.right names the column "id", which lines'):
        import_plan([orders, written(tmp_path, "lines.csv", "key\n1\n")], chart)


def test_it_says_why_a_mapping_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match="cannot be read: No such file"):
        mapping_read(tmp_path / "none.toml")
    (tmp_path / "latin.toml").write_bytes(b'source = "/caf\xe9"')
    with pytest.raises(ImportRefused, match="is no UTF-8 text"):
        mapping_read(tmp_path / "latin.toml")
