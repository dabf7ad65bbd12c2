"""Environment variables: what is understood, and the one sentence for what is not."""

import ipaddress
from collections.abc import Callable
from pathlib import Path

import pytest

from promisegap import env
from promisegap.env import BadSetting


def no_default() -> str:
    raise AssertionError("the default was asked for")


@pytest.fixture(autouse=True)
def unset(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("IT", "IT_FILE"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("read", "value", "expected"),
    [
        (lambda: env.boolean("IT", default=False), "On", True),
        (lambda: env.boolean("IT", default=True), "0", False),
        (lambda: env.boolean("IT", default=True), "", True),
        (lambda: env.integer("IT", 7, low=0, high=9), "9", 9),
        (lambda: env.integer("IT", 7, low=0, high=9), " ", 7),
        (lambda: env.words("IT", ["a"]), "b, c,,", ["b", "c"]),
        (lambda: env.host_names("IT", []), "a.example,[::1],*", ["a.example", "[::1]", "*"]),
        (lambda: env.origins("IT"), "https://a.example:8443", ["https://a.example:8443"]),
        (
            lambda: env.hosts_and_ports("IT"),
            "Hooks.Example:9000,a.b.,[::1]:80",
            [("hooks.example", 9000), ("a.b", None), ("::1", 80)],
        ),
        (lambda: env.networks("IT"), "10.0.0.0/8", [ipaddress.ip_network("10.0.0.0/8")]),
        (lambda: env.networks("IT"), "", []),
        (lambda: env.zone("IT", "UTC"), "Asia/Kathmandu", "Asia/Kathmandu"),
        (lambda: env.language("IT", "en"), "pt-br", "pt-br"),
        (lambda: env.log_level("IT", "INFO"), "warning", "WARNING"),
        (lambda: env.email_address("IT", "a@b"), "me+x@mail.example", "me+x@mail.example"),
        (
            lambda: env.site_url("IT", "http://h"),
            "https://a.example:8443/",
            "https://a.example:8443",
        ),
        (lambda: env.site_url("IT", "http://h:1"), "", "http://h:1"),
        (lambda: env.email_server("IT"), "", {}),
        (lambda: env.email_server("IT")["port"], "smtps://mail.example", 465),
        (lambda: env.email_server("IT")["starttls"], "smtp+starttls://u:p@h", True),
        (lambda: env.email_server("IT")["password"], "smtp://u:p%40ss@h:26", "p@ss"),
        (lambda: env.redis_url("IT", no_default), "rediss://h:1/0", "rediss://h:1/0"),
        (lambda: env.redis_url("IT", no_default), "unix:///r.sock", "unix:///r.sock"),
        (lambda: env.redis_url("IT", lambda: "unix:///d"), "", "unix:///d"),
    ],
)
def test_it_reads(
    monkeypatch: pytest.MonkeyPatch, read: Callable[[], object], value: str, expected: object
) -> None:
    monkeypatch.setenv("IT", value)
    assert read() == expected


@pytest.mark.parametrize(
    ("read", "value", "wanted"),
    [
        (lambda: env.boolean("IT", default=False), "maybe", "on or off"),
        (lambda: env.integer("IT", 7, low=1, high=9), "10", "a whole number from 1 to 9"),
        (lambda: env.integer("IT", 7, low=1, high=9), "1.5", "a whole number from 1 to 9"),
        (lambda: env.integer("IT", 7, low=1, high=9), "9" * 5000, "a whole number from 1 to 9"),
        (lambda: env.integer("IT", 7, low=1, high=9), "٣", "a whole number from 1 to 9"),
        (lambda: env.host_names("IT", []), "https://a.example", "a list of host names"),
        (lambda: env.hosts_and_ports("IT"), "http://a.example", "a list of hosts"),
        (lambda: env.hosts_and_ports("IT"), "a.example:0", "a list of hosts"),
        (lambda: env.hosts_and_ports("IT"), "a.example:65536", "a list of hosts"),
        (lambda: env.networks("IT"), "10.0.0.1/8", "a list of networks"),
        (lambda: env.networks("IT"), "all", "a list of networks"),
        (lambda: env.origins("IT"), "a.example", "a list of origins"),
        (lambda: env.origins("IT"), "https://[", "a list of origins"),
        (lambda: env.zone("IT", "UTC"), "Mars/Olympus", "a time zone"),
        (lambda: env.zone("IT", "UTC"), "../etc/passwd", "a time zone"),
        (lambda: env.language("IT", "en"), "English!", "a language tag"),
        (lambda: env.log_level("IT", "INFO"), "LOUD", "one of DEBUG, INFO"),
        (lambda: env.email_address("IT", "a@b"), "Ann <a@b>", "one address"),
        (lambda: env.email_address("IT", "a@b"), "nobody", "one address"),
        (lambda: env.site_url("IT", "http://h"), "promises.example", "an origin such as"),
        (lambda: env.site_url("IT", "http://h"), "https://a.example/app", "an origin such as"),
        (lambda: env.email_server("IT"), "mail.example", "an address such as smtp+starttls"),
        (lambda: env.email_server("IT"), "smtp://", "an address such as smtp+starttls"),
        (lambda: env.email_server("IT"), "smtp://h:x", "an address such as smtp+starttls"),
        (lambda: env.email_server("IT"), "smtp://h/path", "an address such as smtp+starttls"),
        (lambda: env.redis_url("IT", no_default), "localhost:6379", "an address such as"),
        (lambda: env.redis_url("IT", no_default), "redis://", "an address such as"),
        (lambda: env.redis_url("IT", no_default), "unix:/run/r.sock", "an address such as"),
        (lambda: env.database("IT", no_default), "sqlite:///db", "an address such as postgresql"),
        (lambda: env.database("IT", no_default), "postgresql://h", "an address such as"),
        (lambda: env.database("IT", no_default), "postgresql://h:x/d", "an address such as"),
        (lambda: env.folder("IT", Path("/")), "/dev/null", "the path of a folder"),
    ],
)
def test_it_refuses_with_one_sentence(
    monkeypatch: pytest.MonkeyPatch, read: Callable[[], object], value: str, wanted: str
) -> None:
    monkeypatch.setenv("IT", value)
    with pytest.raises(BadSetting) as refused:
        read()
    sentence = str(refused.value)
    assert sentence.startswith(f"IT is {value!r}, but {wanted}")
    assert sentence.endswith("is wanted.")
    assert "\n" not in sentence


def test_an_address_is_taken_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IT", "postgresql://us%40er:p%2Fw@db.example:6432/gap?sslmode=require")
    assert env.database("IT", no_default) == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "gap",
        "USER": "us@er",
        "PASSWORD": "p/w",
        "HOST": "db.example",
        "PORT": "6432",
        "OPTIONS": {"sslmode": "require"},
    }


def test_a_socket_folder_is_the_host(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IT", "postgresql://me@/gap?host=%2Frun%2Fpg")
    found = env.database("IT", no_default)
    assert (found["HOST"], found["PORT"], found["OPTIONS"]) == ("/run/pg", "", {})


def test_a_refused_address_does_not_show_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IT", "mysql://me:hunter2@h/d")
    with pytest.raises(BadSetting) as refused:
        env.database("IT", no_default)
    assert "hunter2" not in str(refused.value)
    assert "mysql://me:***@h/d" in str(refused.value)


def test_a_secret_may_stand_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("s3cret\n", encoding="utf-8")
    monkeypatch.setenv("IT_FILE", str(tmp_path / "secret"))
    assert env.secret("IT") == "s3cret"


def test_a_missing_secret_file_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("IT_FILE", str(tmp_path / "none"))
    with pytest.raises(BadSetting, match=r"^IT_FILE is .*, but the path of a readable text file"):
        env.secret("IT")


def test_a_key_is_made_once_and_closed_to_others(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    first = env.secret_key("IT", folder, generate=True)
    assert len(first) >= env.SECRET_KEY_MINIMUM
    assert env.secret_key("IT", folder, generate=True) == first
    assert (folder / "secret_key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in folder.iterdir()] == ["secret_key"]


def test_a_key_is_required_where_none_may_be_made(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="IT is not set"):
        env.secret_key("IT", tmp_path, generate=False)
    assert list(tmp_path.iterdir()) == []


def test_a_short_key_is_refused_unseen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("IT", "letmein")
    with pytest.raises(BadSetting) as refused:
        env.secret_key("IT", tmp_path, generate=True)
    assert "letmein" not in str(refused.value)


def test_an_unusable_folder_is_one_sentence() -> None:
    with pytest.raises(BadSetting, match=r"^The folder /proc/nowhere cannot be used: .*\.$"):
        env.secret_key("IT", Path("/proc/nowhere"), generate=True)
