"""One event a request, against views that do nothing, on the same server."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from statistics import median

from tests.benchmarks.machine import Machine
from tests.benchmarks.table import Row, quiet
from tests.faults.product import SOURCE, Product

SECONDS = int(os.environ.get("BENCH_SINGLE_SECONDS", "5"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "5"))
CONNECTIONS = 16

# Every request brings an event that nobody has seen.
_SCRIPT = """
local head = '{"specversion":"1.0","source":"%(source)s","type":"promise.made","id":"'
local tail = '"time":"2026-03-02T09:30:00Z","data":{"kind":"delivery","customer":{"id":"c-9"},' ..
  '"team":"team-1","due_at":"2026-03-06","statement":"Arrives within two days"}}'
local number, name = 0, ""
function setup(thread)
  counter = (counter or 0) + 1
  thread:set("place", counter)
end
function init(args)
  math.randomseed(os.time() + place)
  name = string.format("%%08x-%%d-%%d-", math.random(0, 2147483647), os.time(), place)
end
wrk.method = "POST"
wrk.headers["Authorization"] = "Bearer %(key)s"
wrk.headers["Content-Type"] = "application/cloudevents+json"
function request()
  number = number + 1
  local id = name .. number
  return wrk.format(nil, nil, nil, head .. id .. '","subject":"o-' .. id .. '",' .. tail)
end
"""
_RATE = re.compile(r"Requests/sec:\s+([\d.]+)")
_BAD = re.compile(r"Non-2xx or 3xx responses: (\d+)")


def against_empty_views(product: Product) -> list[Row]:
    """Rounds of single events, an empty view of DRF, and an empty view of Django."""
    assert shutil.which("wrk"), "wrk is needed (Debian: apt-get install wrk)"
    script = product.folder / "single.lua"
    script.write_text(_SCRIPT % {"source": SOURCE, "key": product.key}, encoding="utf-8")
    rates: dict[str, list[float]] = {"/api/v1/events": [], "/bench/drf": [], "/bench/django": []}
    machine = Machine()
    with quiet(product):
        for _ in range(ROUNDS):
            for path, found in rates.items():
                found.append(_wrk(product, script, path))
    single, drf, django = (median(found) for found in rates.values())
    detail = f"{single:,.0f}/s; empty DRF view {drf:,.0f}/s, empty Django view {django:,.0f}/s"
    usage = machine.usage()
    return [
        Row(
            "single POSTs / empty DRF view", single / drf, at_least=0.24, detail=detail, usage=usage
        )
    ]


def _wrk(product: Product, script: Path, path: str) -> float:
    command = ["wrk", "-t2", f"-c{CONNECTIONS}", f"-d{SECONDS}s", "-s", str(script)]
    done = subprocess.run(
        [*command, product.url + path], capture_output=True, text=True, check=True
    )
    bad, rate = _BAD.search(done.stdout), _RATE.search(done.stdout)
    assert rate is not None, done.stdout
    assert bad is None, f"{path}: {bad and bad[0]}"
    return float(rate[1])
