"""Whether words read in an older encoding are words of a language that is written in it."""

import re
from itertools import islice
from typing import Final

# Distinct words that are looked at; more would say the same.
MOST_WORDS = 2_000
_OPENING = "“„«‹‘‚¿¡"
_CLOSING = "“”‘’»›…®™©–—\xa0"
# What may stand between two words without a blank.
_JOINING = "’·–—…\xa0"
_SIGNS = _OPENING + _CLOSING + "€£¥¢§°±µ×÷•²³¹½¼¾ªº‰†·"
# Letters beside a to z, language by language. The same bytes are read as letters of two languages
# in two encodings, but seldom as letters of one language.
_WESTERN = (
    *("äöüß", "àâæçéèêëîïôœùûüÿ", "áéíñóúü", "áâãàçéêíóôõú", "àèéìòù"),
    *("åäöé", "æøåé", "áéíóúýþðæö", "éèëïöüá", "àçèéíïòóúü"),
)
_CENTRAL = (
    *("ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž"),
    *("áéíóöőúüű", "čćđšž", "ăâîşţ"),
)
_CYRILLIC = ("\u0400-\u042f\u0490", "\u0430-\u045f\u0491")
_GREEK = ("\u0386-\u038f\u0391-\u03ab", "\u0390\u03ac-\u03ce")
_ASIAN = "\u3001-\u30ff\u3400-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff01-\uffee“”‘’…—·×"
_WORD = re.compile(r"[0-9A-Za-z\u0080-\U0010ffff]+")
Words = frozenset[str]


def _latin(letters: str) -> re.Pattern[str]:
    """Words in one case or with a capital, and what is usual beside figures."""
    capitals = "".join(letter for letter in letters.upper() if not letter.isascii())
    word = f"(?:[A-Z{capitals}]+|[A-Z{capitals}]?[a-z{letters}]+)"
    return re.compile(
        f"[{_OPENING}]*{word}(?:[{_JOINING}]{word})*[{_CLOSING}]*"
        f"|[0-9{_SIGNS}]+|[0-9]*[ckmd]?m[²³]|°[CF]|[Øø][0-9]+|[A-Za-z]{{1,2}}[ºª°][0-9]*"
    )


def _script(capitals: str, letters: str) -> re.Pattern[str]:
    word = f"(?:[{capitals}]+|[{capitals}]?[{letters}]+)"
    return re.compile(f"[{_OPENING}]*{word}[{_CLOSING}]*|[0-9{_SIGNS}№]+")


_WEST: Final = [_latin(letters) for letters in _WESTERN]
# One sign beside Latin letters is what an umlaut becomes; two are words of somebody who mixes them.
_EAST: Final = [
    re.compile(f"[0-9]*[{_ASIAN}]+[0-9]*|[0-9A-Za-z]*[{_ASIAN}]{{2,}}[0-9A-Za-z{_ASIAN}]*")
]
LANGUAGES: Final = {
    "cp1252": _WEST,
    "iso8859_15": _WEST,
    "mac_roman": _WEST,
    "cp850": _WEST,
    "cp1250": [_latin(letters) for letters in _CENTRAL],
    "cp1254": [_latin("âçğıîöşüûİ")],
    "cp1251": [_script(*_CYRILLIC)],
    "cp1253": [_script(*_GREEK)],
    "cp932": _EAST,
    "gb18030": _EAST,
    "big5": _EAST,
    "cp949": _EAST,
}


def telling_words(text: str) -> Words:
    """The words that are not ASCII: only they say anything about an encoding."""
    found = (word for word in _WORD.findall(text) if not word.isascii())
    return frozenset(islice(dict.fromkeys(found), MOST_WORDS))


def fitting(words: Words, encoding: str) -> int:
    """How many are words of one language that is written in the encoding: of the best one."""
    return max(sum(map(bool, map(one.fullmatch, words))) for one in LANGUAGES[encoding])


def are_western(words: Words) -> bool:
    """Whether there is no good reason to doubt that they are of Western languages.

    A few odd words are in every file, and names come from everywhere.
    """
    odd = sum(not any(one.fullmatch(word) for one in _WEST) for word in words)
    apart = len(words) - fitting(words, "cp1252")
    is_odd = 0 < odd == len(words) or (odd >= 2 and odd * 10 >= len(words))
    # Where every word is of some Western language, but many are not of the same one.
    is_mixed = apart >= 6 and apart * 10 >= len(words)
    return not (is_odd or is_mixed)
