"""Search in statements: what it finds, and by which index."""

import pytest
from django.db import connection
from hypothesis import example, given
from hypothesis import strategies as st

from interactions.selectors import EVERYTHING
from promises.models import Promise
from promises.selectors.promise_rows import (
    ORDERS,
    PromiseFilter,
    filtered_promises,
    in_order,
    promise_page,
)
from promises.selectors.words import are_rare, holding, words_of
from tests.events import NOW, made, store
from tests.promises.asking import count
from tests.real_data import the_time_of_a_worker

pytestmark = pytest.mark.django_db

STATEMENTS = {
    "friday": "Arrives by Friday, 6 March",
    "order": "order-1001 is on its way",
    "address": "See https://shop.example/orders/77?x=1 or write to ada@shop.example",
    "quoted": "“Unbreakable” – we said… it’s café-proof",
    "tagged": "<b>Bold</b> &amp; +5 ~home/file.txt key_name 12:30 3.14",
    "injected": "'a':* & !b | c\\ '' <-> \"d\"",
}
FINDS: list[tuple[str, set[str]]] = [
    ("friday", {"friday"}),
    ("FRI arr", {"friday"}),
    ("iday", set()),
    ("1001", {"order"}),
    ("order-1001", {"order"}),
    ("order 10", {"order"}),
    ("1001-order", {"order"}),
    ("shop.example", {"address"}),
    ("https://shop.example/orders/77", {"address"}),
    ("ada@shop", {"address"}),
    ("unbreak", {"quoted"}),
    ("proof café", {"quoted"}),
    ("it's", {"quoted"}),
    ("bold", {"tagged"}),
    ("5 file txt name 30 14", {"tagged"}),
    ("b", {"friday", "tagged", "injected"}),
    ("a:* | zzz", set()),
    ("'d'", {"injected"}),
    ("", set(STATEMENTS)),
]


@pytest.fixture
def promises() -> None:
    store(*(made(name, statement=text) for name, text in STATEMENTS.items()))
    count()


def found(*words: str) -> set[str]:
    asked = PromiseFilter(equal={}, words=words)
    rows, _ = promise_page(
        filtered_promises(EVERYTHING, asked, now=NOW), order="-made_at", after=None, limit=50
    )
    return {row.reference for row in rows}


@pytest.mark.usefixtures("promises")
@pytest.mark.parametrize(("asked", "expected"), FINDS)
def test_it_finds_statements_by_the_beginnings_of_words(asked: str, expected: set[str]) -> None:
    assert found(*words_of(asked)) == expected


# What the locale C, in which the embedded server runs, knows of letters.
texts = st.text("aB1 -./@:_+&<>~#'\"\\!|*()%$’“…\u00a0éß日\U0001f600", max_size=20)


@given(text=texts)
@example(text="-1e5")
@example(text="a.b/c@d")
@example(text="<a b='1'>c")
@example(text="1.2.3-4")
def test_every_word_of_a_statement_finds_it(text: str) -> None:
    with connection.cursor() as cursor:
        for word in words_of(text):
            cursor.execute(
                "SELECT promises_words(%s) @@ to_tsquery('simple', %s)", [text, f"'{word}':*"]
            )
            assert cursor.fetchone() == (True,), word


MANY = """
INSERT INTO promises_promise SELECT (jsonb_populate_record(p, jsonb_build_object(
    'id', 1000000000 + n, 'reference', 'many-' || n, 'statement', 'Arrives by day ' || n,
    'made_at', p.made_at + n * interval '1 minute', 'matures_at', p.matures_at))).*
FROM promises_promise p, generate_series(1, 20000) AS n WHERE p.reference = 'friday'
"""


def plan_of(words: tuple[str, ...], order: str) -> str:
    """What PostgreSQL does for a page, as JSON."""
    asked = PromiseFilter(equal={}, words=words)
    page = in_order(filtered_promises(EVERYTHING, asked, now=NOW), order).values("pk")[:51]
    return str(page.explain(format="json"))


def make_many() -> None:
    with the_time_of_a_worker(), connection.cursor() as cursor:
        cursor.execute(MANY)
        cursor.execute("ANALYZE promises_promise")


@pytest.mark.usefixtures("promises")
def test_a_rare_word_is_found_through_the_index_in_every_order() -> None:
    make_many()
    for order in ORDERS:
        for words in (("unbreakable",), ("nowhere",), ("arrives", "19999")):
            text = plan_of(words, order)
            assert '"Index Name": "promise_words"' in text, (order, words)
            assert "Seq Scan" not in text, (order, words)
    probe = holding(Promise.objects.all(), ("nowhere",)).order_by().values("pk")[:10_001]
    assert "promise_words" in probe.explain()


@pytest.mark.usefixtures("promises")
def test_a_common_word_is_found_along_the_order() -> None:
    make_many()
    assert (are_rare(("arrives",)), are_rare(("nowhere",))) == (False, True)
    asked = PromiseFilter(equal={}, words=("arrives",))
    page = in_order(filtered_promises(EVERYTHING, asked, now=NOW), "-made_at")
    assert str(page.query).endswith('"made_at" DESC, "promises_promise"."id" DESC')
