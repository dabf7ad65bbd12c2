"""Typed readers of environment variables; a bad value stops the start with one sentence."""

import ipaddress
import os
import re
import secrets
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Never
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

TRUE_WORDS = frozenset({"1", "true", "yes", "on"})
FALSE_WORDS = frozenset({"0", "false", "no", "off"})
POSTGRESQL_SCHEMES = frozenset({"postgres", "postgresql"})
REDIS_SCHEMES = frozenset({"redis", "rediss", "unix"})
# Scheme -> its usual port.
EMAIL_SCHEMES = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
SECRET_KEY_MINIMUM = 32
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class BadSetting(SystemExit):
    """A setting that cannot be used. Every entry point (web, worker, commands) then prints only its
    sentence and ends with status 1, because it is a SystemExit."""


def refuse(name: str, value: str, wanted: str) -> Never:
    """Stop the start, naming the variable, its value and what is wanted."""
    raise BadSetting(f"{name} is {value!r}, but {wanted} is wanted.")


def text(name: str, default: str) -> str:
    """Return the variable, or the default where it is unset or empty."""
    return os.environ.get(name, "").strip() or default


def secret(name: str) -> str:
    """Return a secret from NAME, or from the file that NAME_FILE names; empty where unset."""
    path = os.environ.get(f"{name}_FILE", "").strip()
    if not path:
        return os.environ.get(name, "").strip()
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        refuse(f"{name}_FILE", path, "the path of a readable text file")


def boolean(name: str, *, default: bool) -> bool:
    """Return the variable as a truth value."""
    value = text(name, "on" if default else "off")
    if value.lower() in TRUE_WORDS:
        return True
    if value.lower() in FALSE_WORDS:
        return False
    refuse(name, value, "on or off")


def integer(name: str, default: int, *, low: int, high: int) -> int:
    """Return the variable as a whole number between low and high, both included."""
    value = text(name, str(default))
    wanted = f"a whole number from {low} to {high}"
    if not re.fullmatch(r"-?[0-9]{1,18}", value):
        refuse(name, value, wanted)
    if not low <= int(value) <= high:
        refuse(name, value, wanted)
    return int(value)


def words(name: str, default: Sequence[str]) -> list[str]:
    """Return the variable as a list; commas separate its items."""
    value = text(name, ",".join(default))
    return [item.strip() for item in value.split(",") if item.strip()]


def host_names(name: str, default: Sequence[str]) -> list[str]:
    """Return a list of host names, each without scheme, port or path."""
    found = words(name, default)
    for host in found:
        if not re.fullmatch(r"\*|\.?[A-Za-z0-9_.-]+|\[[0-9A-Fa-f:.]+\]", host):
            refuse(name, host, "a list of host names without scheme, port or path")
    return found


def origins(name: str) -> list[str]:
    """Return a list of origins, each with its scheme."""
    found = words(name, ())
    for origin in found:
        parts = _split(name, origin, "a list of origins such as https://promises.example")
        if parts.scheme not in {"http", "https"} or not parts.netloc or parts.path.strip("/"):
            refuse(name, origin, "a list of origins such as https://promises.example")
    return found


def hosts_and_ports(name: str) -> list[tuple[str, int | None]]:
    """Return a list of hosts, each with its port or None where it names none."""
    wanted = "a list of hosts, each with or without a port, such as hooks.example:9000"
    found: list[tuple[str, int | None]] = []
    for item in words(name, ()):
        parts = re.fullmatch(r"([A-Za-z0-9_.-]+|\[[0-9A-Fa-f:.]+\])(?::([0-9]{1,5}))?", item)
        if parts is None or not 0 < int(parts[2] or 1) < 65536:
            refuse(name, item, wanted)
        host = parts[1].strip("[]").rstrip(".").lower()
        found.append((host, int(parts[2]) if parts[2] else None))
    return found


def networks(name: str) -> list[Network]:
    """Return a list of networks, in the form 10.0.0.0/8 or fd00::/8."""
    found: list[Network] = []
    for item in words(name, ()):
        try:
            found.append(ipaddress.ip_network(item))
        except ValueError:
            refuse(name, item, "a list of networks such as 10.0.0.0/8")
    return found


def zone(name: str, default: str) -> str:
    """Return the name of an existing time zone."""
    value = text(name, default)
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        refuse(name, value, "a time zone such as Europe/Berlin")
    return value


def language(name: str, default: str) -> str:
    """Return a language tag."""
    value = text(name, default)
    if not re.fullmatch(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", value):
        refuse(name, value, "a language tag such as en or pt-br")
    return value


def log_level(name: str, default: str) -> str:
    """Return the name of a level of Python's logging."""
    value = text(name, default).upper()
    if value not in LOG_LEVELS:
        refuse(name, value, f"one of {', '.join(LOG_LEVELS)}")
    return value


def folder(name: str, default: Path) -> Path:
    """Return an absolute folder; a relative one is taken from the working folder."""
    value = text(name, str(default))
    path = Path(value).expanduser().absolute()
    if path.exists() and not path.is_dir():
        refuse(name, value, "the path of a folder")
    return path


def redis_url(name: str, default: Callable[[], str]) -> str:
    """Return the address of a Redis server.

    Shape: redis://, rediss:// or unix://.
    """
    value = secret(name)
    if not value:
        return default()
    wanted = "an address such as redis://host:6379/0 or unix:///path/to/socket"
    parts = _split(name, value, wanted)
    known = value.startswith(tuple(f"{scheme}://" for scheme in REDIS_SCHEMES))
    if not known or not (parts.netloc or parts.path):
        refuse(name, _without_password(value, parts), wanted)
    return value


def database(name: str, default: Callable[[], str]) -> dict[str, Any]:
    """Return Django's description of the PostgreSQL server that the address names.

    Shape: ENGINE, NAME, USER, PASSWORD, HOST, PORT and OPTIONS (the address's query, for libpq).
    """
    value = secret(name) or default()
    wanted = "an address such as postgresql://user:password@host:5432/database"
    parts = _split(name, value, wanted)
    try:
        port = parts.port
    except ValueError:
        refuse(name, _without_password(value, parts), wanted)
    database_name = unquote(parts.path.lstrip("/"))
    if parts.scheme not in POSTGRESQL_SCHEMES or not database_name or "/" in database_name:
        refuse(name, _without_password(value, parts), wanted)
    options = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": database_name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", "") or unquote(parts.hostname or ""),
        "PORT": str(port or ""),
        "OPTIONS": options,
    }


def email_server(name: str) -> dict[str, Any]:
    """Return the mail server that the address names; empty where unset: e-mail is off.

    Shape: host, port, user, password, starttls, tls.
    """
    value = secret(name)
    if not value:
        return {}
    wanted = "an address such as smtp+starttls://user:password@host:587"
    parts = _split(name, value, wanted)
    try:
        port = parts.port
    except ValueError:
        refuse(name, _without_password(value, parts), wanted)
    rest = parts.path.strip("/") or parts.query or parts.fragment
    if parts.scheme not in EMAIL_SCHEMES or not parts.hostname or rest:
        refuse(name, _without_password(value, parts), wanted)
    return {
        "host": parts.hostname,
        "port": port or EMAIL_SCHEMES[parts.scheme],
        "user": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "starttls": parts.scheme == "smtp+starttls",
        "tls": parts.scheme == "smtps",
    }


def email_address(name: str, default: str) -> str:
    """Return one address, without a name before it."""
    value = text(name, default)
    if not re.fullmatch(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+", value):
        refuse(name, value, "one address such as promises@example.com")
    return value


def site_url(name: str, default: str) -> str:
    """Return an origin without a slash at its end."""
    value = text(name, default).rstrip("/")
    parts = _split(name, value, "an origin such as https://promises.example")
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path or parts.query:
        refuse(name, value, "an origin such as https://promises.example")
    return value


def secret_key(name: str, data_dir: Path, *, generate: bool) -> str:
    """Return the signing key: the variable's, or one made once for this installation's folder."""
    value = secret(name)
    if value:
        if len(value) < SECRET_KEY_MINIMUM:
            refuse(name, "*" * len(value), f"a text of at least {SECRET_KEY_MINIMUM} characters")
        return value
    if not generate:
        raise BadSetting(
            f"{name} is not set, but with DATABASE_URL set a text of at least "
            f"{SECRET_KEY_MINIMUM} characters is wanted."
        )
    return _generated_key(data_dir / "secret_key")


def _generated_key(path: Path) -> str:
    try:
        if not path.exists():
            _write_once(path, secrets.token_urlsafe(48))
        return path.read_text(encoding="ascii").strip()
    except OSError as error:
        raise BadSetting(f"The folder {path.parent} cannot be used: {error.strerror}.") from error


def _write_once(path: Path, content: str) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(content, encoding="ascii")
    try:
        # A link fails where the name is taken: of two processes that start, one key remains.
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()


def _split(name: str, value: str, wanted: str) -> SplitResult:
    try:
        return urlsplit(value)
    except ValueError:
        refuse(name, value, wanted)


def _without_password(value: str, parts: SplitResult) -> str:
    return value.replace(f":{parts.password}@", ":***@") if parts.password else value
