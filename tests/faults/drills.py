"""`make drills`: faults under 50 events a second, each with the set checker's line.

Exits with 1 unless lost = unexpected = duplicated = 0 in each, and each fault was recovered from in
its time. DRILL_SECONDS (60) is how long Redis is away, DRILL_TIMES (20) how often workers are
killed; names of drills as arguments pick some.
"""

import os
import random
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable

from tests.faults import clocks, histories, importing, nemesis, poison
from tests.faults.drill import Drill, drilling, say
from tests.faults.product import ROOT, Product

SECONDS = float(os.environ.get("DRILL_SECONDS", "60"))
TIMES = int(os.environ.get("DRILL_TIMES", "20"))
SEED = int(os.environ.get("DRILL_SEED", secrets.randbelow(10_000)))


def f1(product: Product) -> None:
    """Pool processes killed in the middle of a task."""
    with drilling("F1 pool processes killed", product) as drill:
        nemesis.kill_pool_children(drill, TIMES)


def f2(product: Product) -> None:
    """The worker killed in the middle of a task."""
    with drilling("F2 worker killed", product) as drill:
        nemesis.kill_the_worker(drill, TIMES)


def f4(product: Product, *, times: int = 6) -> None:
    """Web processes killed in the middle of batches, then the web server."""
    with drilling("F4 web killed", product, size=50) as drill:
        nemesis.kill_web_workers(drill, times, chance=random.Random(SEED))
        nemesis.kill_the_web_server(drill)
        time.sleep(1)


def f5(product: Product) -> None:
    """Redis gone, killed, frozen, emptied."""
    with drilling("F5a Redis gone", product) as drill:
        time.sleep(3)
        nemesis.redis_stopped(drill, SECONDS)
    with drilling("F5b Redis killed", product) as drill:
        nemesis.redis_killed(drill, min(TIMES, 10))
    with drilling("F5c Redis frozen", product) as drill:
        time.sleep(3)
        nemesis.redis_frozen(drill, SECONDS / 2)
    with drilling("F5e Redis emptied", product) as drill:
        flush_redis(drill, min(TIMES, 10))


def f6(product: Product, *, outage: float = 3.0, short: bool = False) -> None:
    """PostgreSQL restarted in four ways, and its connections ended."""
    with drilling("F6 PostgreSQL restarted", product) as drill:
        time.sleep(1)
        restart = nemesis.postgres_restarted
        restart(drill, signal.SIGINT, away=0, what="stopped fast")
        restart(drill, signal.SIGQUIT, away=outage, what="stopped immediately")
        if not short:
            restart(drill, signal.SIGKILL, away=0, what="killed")
            nemesis.backends_ended(drill, 5, every=2)


def f10(product: Product) -> None:
    """Each event sent three times over: at once, and within one batch."""
    with drilling("F10 everything sent three times", product) as drill:
        histories.send_thrice(drill, 200, seed=SEED)


def f11(product: Product) -> None:
    """Events of promises in random order; then every permutation that the property test draws."""
    with drilling("F11 any order", product) as drill:
        histories.send_shuffled(drill, 100, seed=SEED)
    path = "tests/promises/projection/test_any_order.py"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:randomly", path]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    say(f"{'':<6}{path}: {done.stdout.strip().splitlines()[-1]}")
    assert done.returncode == 0, done.stdout[-3000:]


def f12(product: Product) -> None:
    """Facts heard late, after the outcome and after the month was frozen, and taken back."""
    with drilling("F12 late facts and retractions", product) as drill:
        histories.send_late(drill)


def f13(product: Product) -> None:
    """Poison: an event that cannot be counted, one that kills its process, rubbish in Redis."""
    with drilling("F13 poison", product) as drill:
        poison.rubbish_in_redis(drill)
        poison.large_event(drill)
        poison.uncountable_event(drill)
        poison.killing_event(drill)


def f17(product: Product, *, promises: int = 1_500, seconds: float = 20.0) -> None:
    """Two clocks and four worker processes, one of them killed; then nobody for a while."""
    with drilling("F17 two clocks, four workers", product, load=False) as drill:
        clocks.each_threshold_once(drill, promises=promises, seconds=seconds)


def f18(product: Product, *, rows: int = 30_000) -> None:
    """The worker killed in the middle of an import of a table, and of its undo."""
    with drilling("F18 import killed", product) as drill:
        importing.killed_again_and_again(drill, rows=rows, times=min(TIMES, 4))


def flush_redis(drill: Drill, times: int) -> None:
    """F5 (e): everything in Redis is dropped, under load."""
    for _ in range(times):
        with poison.redis_of(drill.product) as client:
            client.flushall()
        time.sleep(0.7)
    took = drill.wait_for_counting()
    drill.note(f"emptied {times} times; counting again within {took:.1f} s")
    drill.expect_within(30, took, "counting after Redis was emptied")


DRILLS: dict[str, Callable[[Product], None]] = {
    "F1": f1,
    "F2": f2,
    "F4": f4,
    "F5": f5,
    "F6": f6,
    "F10": f10,
    "F11": f11,
    "F12": f12,
    "F13": f13,
    "F17": f17,
    "F18": f18,
}


def main(names: list[str]) -> int:
    """Run the drills that are named, or all; answer the exit status."""
    failed = []
    load = " ".join(f"{n:.1f}" for n in os.getloadavg())
    say(f"{len(names or DRILLS)} drills, seed {SEED}, load of the machine before: {load}")
    with Product() as product:
        for name in names or DRILLS:
            try:
                DRILLS[name](product)
            except AssertionError as error:
                say(f"{'':<6}{error}")
                failed.append(name)
    say(f"failed: {', '.join(failed)}" if failed else "nothing lost, invented or counted twice")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
