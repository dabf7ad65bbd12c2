"""`make fuzz`: Schemathesis with all its checks against the published schema of a live product.

The seed is printed; FUZZ_SEED repeats a run. FUZZ_SECONDS is a budget for the whole run, as CI has
it; without it every operation gets FUZZ_CASES (500) cases, or as many as there are.
"""

import json
import os
import secrets
import subprocess
import sys
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
CASES = int(os.environ.get("FUZZ_CASES", "500"))
SCHEMA = "/api/schema"
CONFIG = Path(__file__).with_name("schemathesis.toml")
_NEXT_KEY = "SELECT setval(pg_get_serial_sequence('interactions_apikey', 'id'), %s)"
_REVOKED = "SELECT count(*) FROM interactions_apikey WHERE id > %s AND revoked_at IS NOT NULL"


def command(product: Product, key: str) -> list[str]:
    """The command line of Schemathesis."""
    found = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(CONFIG)]
    found += ["run", product.url + SCHEMA]
    found += ["--header", f"Authorization: Bearer {key}", "--seed", str(SEED)]
    # One worker: CPython 3.11 counts the depth of ast.parse() for all threads together, and two of
    # them at once, in Hypothesis, may end in a SystemError. More would send little faster anyway.
    found += ["--checks", CHECKS, "--mode", "all", "--continue-on-failure", "--workers", "1"]
    found += ["--request-timeout", "20", "--suppress-health-check", "all"]
    if SECONDS:
        return [*found, "--max-time", SECONDS]
    return [*found, "--max-examples", str(CASES)]


def main() -> int:
    """Fuzz one product; answer the exit status."""
    budget = f"{SECONDS} s" if SECONDS else f"{CASES} cases an operation"
    say(f"fuzzing with seed {SEED}, {budget}; again with FUZZ_SEED={SEED}")
    with Product(durable=False) as product:
        if not _is_served(product):
            say(f"nothing to fuzz: the product serves no {SCHEMA}")
            return 1
        product.sql(_NEXT_KEY, (OWN_KEYS,))
        scopes = ("events:write", "events:write:any", "read", "admin")
        words = [f"--scope={scope}" for scope in scopes]
        key = product.manage("make_key", *words, f"--source={SOURCE}").strip()
        product.sql(_NEXT_KEY, (1,))
        environment = product.environment() | {
            "HYPOTHESIS_STORAGE_DIRECTORY": str(product.folder),
            "SCHEMATHESIS_HOOKS": "tests.faults.fuzz_hooks",
            "PYTHONPATH": str(ROOT),
            COUNTS: str(product.folder / "cases.json"),
        }
        done = subprocess.run(
            command(product, key), cwd=product.folder, env=environment, check=False
        )
        wait_until(lambda: product.pending() == 0, DRAINED_SECONDS, "everything is counted")
        check = product.ledger_check()
        say(f"{check['received']:,} events stored; ledger_check {'ok' if check['ok'] else check}")
        _say_counts(product.folder / "cases.json")
        revoked = product.number(_REVOKED, (OWN_KEYS,))
        if revoked:
            say("the run revoked its own key: what came after it was answered 401")
        return done.returncode or int(not check["ok"] or revoked)


def _say_counts(path: Path) -> None:
    """How many cases each operation got, the fewest first."""
    counts: dict[str, int] = json.loads(path.read_text(encoding="utf-8"))
    say(f"{sum(counts.values()):,} cases of {len(counts)} operations:")
    for label, count in sorted(counts.items(), key=lambda item: item[1]):
        say(f"{count:>7,}  {label}")


def _is_served(product: Product) -> bool:
    with suppress(URLError), urlopen(product.url + SCHEMA, timeout=30) as answer:  # noqa: S310
        return bool(answer.status == 200)
    return False


if __name__ == "__main__":
    sys.exit(main())
