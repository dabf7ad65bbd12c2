"""Which encoding a file is read in: the usual one, unless another is clearly better."""

import codecs

import pytest
from django.utils import timezone

from promises.services.uploads.decoding import ENCODINGS, HEAD_BYTES, UTF8, found_encoding
from promises.services.uploads.languages import LANGUAGES, are_western, telling_words
from promises.services.uploads.previewing import preview, sample_of
from tests.uploads import HEADER, described, mapping, order, uploaded

WESTERN = {
    "one umlaut": ["für Müller"],
    "Spanish": ["mañana"],
    "money": ["£20"],
    "French": ["Préparé à l'entrepôt", "naïf"],
    "Portuguese": ["Entrega até amanhã, São Paulo", "Informação não disponível"],
    "Swedish": ["Återkommer på måndag, Göteborg", "före klockan två"],
    "Finnish": ["Pääkaupunki", "Jyväskylä"],
    "Icelandic": ["Þórður Ægisson", "Reykjavík"],
    "capitals": ["MÜLLER GRÖSSE", "DÉLAI PRÉVU À NOËL"],
    "figures": ["20 m²", "22 °C", "Nº 5", "5 €", "±3", "Ø20", "20µm", "½"],
    "signs": ["It’s “here” – now…", "nord–sud", "Foo™", "«\xa0mot\xa0»", "Mme\xa0Dupont"],
    "names from everywhere": [
        *("Jürgen Groß", "Zoë", "Søren Åkesson", "José Núñez", "François Léger"),
        *("Zürich", "Málaga", "Besançon", "São João", "Malmö", "Ærø", "Nicolò"),
    ],
    "one stranger": ["Lieferung für Müller", "Grüße aus Köln", "Stück", "Škoda", "Žižkov"],
}
OTHERS = [
    ("cp1250", ["Dostawa do piątku, Łódź, Kraków", "Święta są w grudniu, źródło"]),
    ("cp1250", ["Dodání do pátku, Příbram", "Zákazník čeká na odpověď, děkuji"]),
    ("cp1250", ["Šimunić, Čakovec", "Šarić, Đurđevac", "Žarković, ćevapi"]),
    ("cp1250", ["Wałęsa, Łódź"]),
    ("cp850", ["für Müller"]),
    ("cp850", ["Préparé à l'entrepôt", "été à Noël"]),
    ("cp850", ["MÜLLER GRÖSSE ÄRGER"]),
    ("cp850", ["mañana, España, señor"]),
    ("mac_roman", ["Préparé à l'entrepôt", "naïf, été"]),
    ("mac_roman", ["Müller wünscht Grüße für Köln"]),
    ("cp1251", ["Доставка заказа до пятницы"]),
    ("cp1251", ["Пётр Иванов"]),
    ("cp1253", ["Παράδοση μέχρι την Παρασκευή το πρωί"]),
    (
        "cp1254",
        ["Cuma gününe kadar teslim, İstanbul", "müşteri, değişiklik, Beşiktaş", "çağrı, sipariş"],
    ),
    ("cp949", ["금요일까지 배송합니다 고객님"]),
    ("big5", ["我們承諾週五之前把您的訂單送到"]),
]


def table(words: list[str]) -> str:
    """A file in which few rows are not ASCII."""
    rows = words + ["Arrives by Friday"] * (40 - len(words))
    lines = (order(n).replace("Arrives by Friday", f'"{text}"') for n, text in enumerate(rows))
    return HEADER + "".join(lines)


@pytest.mark.parametrize("words", WESTERN.values(), ids=WESTERN.keys())
def test_western_files_are_read_as_most_programs_write_them(words: list[str]) -> None:
    assert found_encoding(table(words).encode("cp1252")) == "cp1252"
    for one in words:
        assert found_encoding(table([one]).encode("cp1252")) == "cp1252"


@pytest.mark.parametrize(("encoding", "words"), OTHERS)
def test_other_encodings_are_found_where_they_are_clear(encoding: str, words: list[str]) -> None:
    text = table(words)
    assert text.encode(encoding).decode(found_encoding(text.encode(encoding))) == text


@pytest.mark.parametrize("encoding", [UTF8, "utf_8_sig", "utf_16"])
def test_unicode_is_found_whatever_the_words(encoding: str) -> None:
    wanted = "utf_16" if encoding == "utf_16" else UTF8
    for words in (*WESTERN.values(), *(words for _other, words in OTHERS)):
        assert found_encoding(table(words).encode(encoding)) == wanted


def test_bytes_that_read_alike_are_western() -> None:
    assert found_encoding("Köln, Müller".encode("cp1252") * 20) == "cp1252"
    assert found_encoding(b"plain") == UTF8
    assert found_encoding(b"\xff\x81\x00" * 50) in ENCODINGS


def test_every_encoding_has_its_languages() -> None:
    assert {codecs.lookup(name).name for name in LANGUAGES} == {
        codecs.lookup(name).name for name in ENCODINGS if name not in (UTF8, "utf_16")
    }
    assert are_western(telling_words("plain text"))
    assert not are_western(telling_words("f³r M³ller h„tte"))


def test_a_long_head_takes_no_time() -> None:
    head = "".join(f"{n};Müllér{n % 7}ß³x{n}\n" for n in range(20_000)).encode("cp1252")
    began = timezone.now()
    found_encoding(head[:HEAD_BYTES])
    assert (timezone.now() - began).total_seconds() < 30


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("encoding", "words"),
    [
        ("cp1252", "Müller wünscht Grüße – für 5 €"),
        ("utf_8_sig", "Müller"),
        ("utf_16", "Müller"),
        ("cp1251", "Доставка заказа до пятницы клиент ждёт ответа"),
        ("cp932", "お届けは金曜日までにお約束します"),
        ("gb18030", "我们承诺周五之前把您的订单送到"),
    ],
)
def test_encodings_are_found_out_and_read(encoding: str, words: str) -> None:
    lines = "".join(order(n).replace("Arrives by Friday", words) for n in range(30))
    upload = described((HEADER + lines).encode(encoding))
    found = preview(upload, mapping(), now=timezone.now())
    assert found.problem == ""
    assert found.rows[0].statement == words


@pytest.mark.django_db
def test_cells_that_show_a_wrong_encoding_are_shown_first() -> None:
    content = table(["a", "b", "c", "d", "x" * 60 + "é", "für Müller"]).encode("cp1252")
    examples = sample_of(uploaded(content)).examples["words"]
    assert examples == ["für Müller", "a", "b"]
