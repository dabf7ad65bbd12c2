"""`make fuzz`: Schemathesis with all its checks against the published schema of a live product.

The seed is printed; FUZZ_SEED repeats a run. FUZZ_SECONDS is a budget for the whole run, as CI has
it; without it every operation gets FUZZ_CASES (500) cases at least. FUZZ_PATHS, a pattern, picks
operations. What the examples of the API speak of is there from the start.
"""

import json
import os
import secrets
import subprocess
import sys
from collections import Counter
from contextlib import suppress
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from tests.faults.drill import DRAINED_SECONDS, say
from tests.faults.fuzz_hooks import COUNTS, OWN_KEYS
from tests.faults.product import ROOT, SOURCE, Product, wait_until

SEED = int(os.environ.get("FUZZ_SEED", secrets.randbelow(1_000_000)))
SECONDS = os.environ.get("FUZZ_SECONDS", "")
CHECKS = os.environ.get("FUZZ_CHECKS", "all")
PATHS = os.environ.get("FUZZ_PATHS", "")
CASES = int(os.environ.get("FUZZ_CASES", "500"))
BUDGET = f"{SECONDS} s" if SECONDS else f"{CASES} cases an operation"
SCHEMA = "/api/schema"
CONFIG = Path(__file__).with_name("schemathesis.toml")
_NEXT_KEY = "SELECT setval(pg_get_serial_sequence('interactions_apikey', 'id'), %s)"
_WORLD = "from tests.examples_world import examples_world; examples_world()"
_REVOKED = "SELECT count(*) FROM interactions_apikey WHERE id > %s AND revoked_at IS NOT NULL"


def command(product: Product, key: str, *, only: str = "") -> list[str]:
    """The command line of Schemathesis, for all operations or one by its method and path."""
    found = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(CONFIG)]
    found += ["run", product.url + SCHEMA]
    found += ["--header", f"Authorization: Bearer {key}", "--seed", str(SEED)]
    # One worker: CPython 3.11 counts the depth of ast.parse() for all threads together, and two of
    # them at once, in Hypothesis, may end in a SystemError. More would send little faster anyway.
    found += ["--checks", CHECKS, "--mode", "all", "--continue-on-failure", "--workers", "1"]
    found += ["--request-timeout", "20", "--suppress-health-check", "all"]
    if only:
        return [*found, "--include-name", only, "--phases", "fuzzing", "--max-examples", str(CASES)]
    if PATHS:
        found += ["--include-path-regex", PATHS]
    if SECONDS:
        return [*found, "--max-time", SECONDS]
    return [*found, "--max-examples", str(CASES)]


def main() -> int:
    """Fuzz one product; answer the exit status."""
    say(f"fuzzing with seed {SEED}, {BUDGET}; again with FUZZ_SEED={SEED}")
    with Product(durable=False) as product:
        if not _is_served(product):
            say(f"nothing to fuzz: the product serves no {SCHEMA}")
            return 1
        product.manage("shell", "-c", _WORLD)
        key = _key(product)
        status, counts = _run(product, command(product, key))
        # It tries what deletes a thing only a little while others need the thing: alone, it tries
        # it as often as all else.
        for label, ended in [] if SECONDS else list(counts.items()):
            if sum(ended.values()) < CASES:
                alone, more = _run(product, command(product, key, only=label))
                status = status or alone
                counts[label] = dict(Counter(ended) + Counter(more.get(label, {})))
        wait_until(lambda: product.pending() == 0, DRAINED_SECONDS, "everything is counted")
        check = product.ledger_check()
        revoked = product.number(_REVOKED, (OWN_KEYS,))
        enough = say_counts(counts)
        say(f"{check['received']:,} events stored; ledger_check {'ok' if check['ok'] else check}")
        if revoked:
            say("the run revoked its own key: what came after it was answered 401")
        return status or int(not check["ok"] or bool(revoked) or not enough)


def _run(product: Product, words: list[str]) -> tuple[int, dict[str, dict[str, int]]]:
    """Run Schemathesis; answer its exit status, and the cases of each operation by how they
    ended."""
    counts = product.folder / "cases.json"
    environment = product.environment() | {
        "HYPOTHESIS_STORAGE_DIRECTORY": str(product.folder),
        "SCHEMATHESIS_HOOKS": "tests.faults.fuzz_hooks",
        "PYTHONPATH": str(ROOT),
        COUNTS: str(counts),
    }
    done = subprocess.run(words, cwd=product.folder, env=environment, check=False)
    return done.returncode, json.loads(counts.read_text(encoding="utf-8"))


def _key(product: Product) -> str:
    """A key that may do everything, with a number that no case guesses."""
    newest = product.number("SELECT max(id) FROM interactions_apikey")
    product.sql(_NEXT_KEY, (OWN_KEYS,))
    words = [f"--scope={one}" for one in ("events:write", "events:write:any", "read", "admin")]
    key = product.manage("make_key", *words, f"--source={SOURCE}").strip()
    product.sql(_NEXT_KEY, (newest,))
    return key


def say_counts(counts: dict[str, dict[str, int]]) -> bool:
    """How many cases each operation got and how they ended, the fewest first; answers whether
    each got as many as it should."""
    cases = {label: sum(ended.values()) for label, ended in counts.items()}
    classes = ("2xx", "3xx", "4xx", "5xx")
    say(f"{'cases':>7}" + "".join(f"{name:>8}" for name in classes) + "  operation")
    for label, count in sorted(cases.items(), key=lambda item: item[1]):
        ended = "".join(f"{counts[label].get(name, 0):>8,}" for name in classes)
        say(f"{count:>7,}{ended}  {label}")
    fewest = min(cases.values(), default=0)
    reached = sum("2xx" in ended or "3xx" in ended for ended in counts.values())
    say(
        f"seed {SEED}, {BUDGET}: {len(cases)} operations, {reached} of them did what they are for; "
        f"{sum(cases.values()):,} cases, at least {fewest:,} an operation"
    )
    return bool(SECONDS) or fewest >= CASES


def _is_served(product: Product) -> bool:
    with suppress(URLError), urlopen(product.url + SCHEMA, timeout=30) as answer:  # noqa: S310
        return bool(answer.status == 200)
    return False


if __name__ == "__main__":
    sys.exit(main())
