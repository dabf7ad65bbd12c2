"""The parts of `make bench-pages`: each answers with its rows."""

import gzip
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from statistics import median, quantiles

from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import Count
from django.utils import timezone
from playwright.sync_api import Browser, sync_playwright

from interactions.models import Team
from interactions.tallies import count_new
from promises.models import Crossing, CustomerScore, Message, OpenPromise, Promise
from promises.services.consequences import reckon
from promises.services.restating import cancel, restate, restate_some
from promises.services.risk import reckon_anew
from tests.addresses import addresses
from tests.benchmarks import ledgered, scoring
from tests.benchmarks.machine import Machine
from tests.benchmarks.site import Answer, Site
from tests.benchmarks.site import running_site as running_site
from tests.benchmarks.table import Row
from tests.browser.conftest import chromium_path
from tests.furnished import furnish

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "20"))
# Before a page is measured: each of the two processes makes what it keeps.
WARM_UP = 8
# The customer looked at: so many have more promises.
BUSY = 200
ONLY = os.environ.get("BENCH_PAGES", "").split()
MOST_MS, MOST_QUERIES = 60, 25
MOST_PAINT_SECONDS = 1.0
EXPORT, EXPORTED = "promises-table", 100_000
MOST_JS_KB, MOST_CSS_KB = 60, 25
# What only pages with drawings load.
CHARTS = {"charts.js", "trend.js", "bars.js", "calibration.js", "funnel.js"}
# They ask for their rest when they are shown.
IN_PARTS = {
    "overview": ("rest",),
    "team": ("rest",),
    "customer": ("trust-line", "rest"),
    "analysis": ("breakdowns", "rest"),
}
# The pages that people live on, in a browser.
PAINTED = ("overview", "teams", "team", "customer", "promises", "promise", "analysis", "at-risk",
           "desk", "reports", "health", "settings")  # fmt: skip
_OBSERVE = """
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) window.largestPaint = entry.startTime;
}).observe({type: "largest-contentful-paint", buffered: true});
"""


def prepare(name: str, promises: int) -> bool:
    """Make and fill the database, unless it is there. Shape: whether it was made now."""
    made = scoring.prepare(name, promises)
    scoring.use(name)
    if made:
        events = ledgered.write_ledger()
        scoring.say(f"  {events:,} events are in the ledger")
        while count_new():
            pass
        now = timezone.now()
        reckon(now=now)
        reckon_anew(now=now)
        admin = furnish(Team.objects.get(reference="t-1"), now=now)
        _tell(admin, now)
        # Taken back before anything was judged anew: a page to look at.
        cancel(restate("delivery", 1, now=now, by="ada", reason="looked at again").pk)
        while restate_some():
            pass
        ledgered.analyse()
    return made


def _tell(admin: User, now: datetime) -> None:
    overdue = OpenPromise.objects.filter(matures_at__lt=now).order_by("pk")[0]
    crossing = Crossing.objects.create(
        promise_id=overdue.promise_id,
        threshold=Crossing.Threshold.DUE,
        due=overdue.matures_at,
        moment=overdue.matures_at,
        noticed_at=now,
    )
    Message.objects.create(user=admin, crossing=crossing, in_inbox=True, created_at=now)


def server(site: Site) -> Iterator[Row]:
    """Each page, one request after the other, and what it asks for when it is shown; forms that
    are sent are no pages, nor is a table of all promises, which `csv` measures."""
    for name, path, headers in _asked():
        if name == EXPORT:
            continue
        answers = [site.get(path, **headers) for _ in range(WARM_UP + ROUNDS)][WARM_UP:]
        status = answers[0].status
        if status == 405:
            continue
        if status >= 400:
            yield Row(f"{_short(path)} answers", status, at_most=399)
            continue
        shown = " ".join((_short(path), *headers.values()))
        yield _timed(shown, answers)
        if max(answer.queries for answer in answers) > MOST_QUERIES:
            yield Row(f"queries {shown}", answers[0].queries, at_most=MOST_QUERIES)


def _asked() -> Iterator[tuple[str, str, dict[str, str]]]:
    """Name, path and headers of every request."""
    for (name, _), path in _paths().items():
        yield name, path, {}
        for place in IN_PARTS.get(name, ()):
            yield name, f"{path}{'&' if '?' in path else '?'}whole=1", {"HX-Target": place}


def _timed(shown: str, answers: list[Answer]) -> Row:
    took = [answer.server * 1e3 for answer in answers]
    in_queries = median(answer.in_queries for answer in answers) * 1e3
    detail = f"median {median(took):.0f}, in {answers[0].queries} queries {in_queries:.0f}"
    return Row(f"ms p95 {shown}", quantiles(took, n=20)[-1], at_most=MOST_MS, detail=detail)


def browser(site: Site) -> Iterator[Row]:
    """The largest contentful paint of the main pages, in a browser that loads everything."""
    paths = _paths()
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=chromium_path(), args=["--no-sandbox", "--disable-gpu"]
        )
        for name in PAINTED:
            path = next((path for (page, _), path in paths.items() if page == name), None)
            if path is not None:
                yield _painted(chromium, site, path)
        chromium.close()


def _painted(chromium: Browser, site: Site, path: str) -> Row:
    """A new browser each time: nothing of the site is in its cache."""
    took = []
    for _ in range(max(3, ROUNDS // 4)):
        context = chromium.new_context(viewport={"width": 1280, "height": 900})
        context.add_cookies([{"name": "sessionid", "value": site.cookie, "url": site.url}])
        page = context.new_page()
        page.add_init_script(_OBSERVE)
        page.goto(site.url + path, wait_until="load")
        page.wait_for_timeout(400)
        took.append(float(page.evaluate("window.largestPaint")) / 1e3)
        context.close()
    detail = f"median of {len(took)}; slowest {max(took):.2f}"
    return Row(f"s largest paint {_short(path)}", median(took), at_most=MOST_PAINT_SECONDS,
               detail=detail)  # fmt: skip


def csv(site: Site) -> list[Row]:
    """A table of at least 100,000 promises, and the largest web process meanwhile."""
    day = _first_day_of(EXPORTED)
    path = f"/promises/table.csv?from={day}"
    for _ in range(WARM_UP):
        site.get("/promises/table.csv?window=1d")
    before, machine = site.memory(), Machine()
    with _watched(site) as samples:
        answers = [site.get(path) for _ in range(2)]
    peak = max(samples)
    usage = machine.usage()
    size = answers[0].size / 1e6
    detail = f"{size:.1f} MB since {day}; all of it in {answers[0].took:.1f} s"
    grown = f"before {before:.0f} MB, at the peak of two {peak:.0f} MB, after {site.memory():.0f}"
    return [
        Row("s until the CSV begins", max(one.began for one in answers), at_most=1, detail=detail,
            usage=usage),
        Row("MB that a web process grew by", peak - before, at_most=20, detail=grown),
    ]  # fmt: skip


@contextmanager
def _watched(site: Site) -> Iterator[list[float]]:
    samples, ended = [site.memory()], threading.Event()

    def watch() -> None:
        while not ended.wait(0.1):
            samples.append(site.memory())

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield samples
    finally:
        ended.set()
        watcher.join()


def sizes(site: Site) -> list[Row]:
    """What a browser loads once and keeps, compressed as it is served."""
    static = settings.BASE_DIR / "static"
    scripts = [*static.glob("js/*.js"), static / "vendor" / "htmx" / "htmx.min.js"]
    plain = [path for path in scripts if path.name not in CHARTS]
    styles = list(static.glob("css/*.css"))
    raw = sum(path.stat().st_size for path in styles) / 1e3

    def kilobytes(paths: list[os.PathLike[str]]) -> float:
        return sum(len(gzip.compress(open(path, "rb").read(), 9)) for path in paths) / 1e3

    return [
        Row("kB of JavaScript without charts, gzip", kilobytes(plain), at_most=MOST_JS_KB,
            detail=f"{len(plain)} files"),
        Row("kB of own CSS, gzip", kilobytes(styles), at_most=MOST_CSS_KB,
            detail=f"{len(styles)} files, {raw:.0f} kB before"),
    ]  # fmt: skip


def _paths() -> dict[tuple[str, int], str]:
    """By name and number: the addresses of all pages, about one of the customers with most promises
    and about a team."""
    busy = CustomerScore.objects.filter(kind="").order_by("-n_365d")[BUSY]
    about = Promise.objects.filter(customer_id=busy.customer_id, state="late").order_by("pk")[0]
    day = f"{timezone.now() - timedelta(days=30):%Y-%m-%d}"
    found = enumerate(addresses(about, day=day))
    return {(name, at): path for at, (name, path) in found if not ONLY or name in ONLY}


def _first_day_of(promises: int) -> str:
    """The day since which at least so many promises have matured."""
    today = timezone.localdate()
    counts = dict(
        Promise.objects.filter(day__lt=today)
        .order_by("day")
        .values_list("day")
        .annotate(n=Count("pk"))
    )
    total, day = 0, today
    for day in sorted(counts, reverse=True):
        total += counts[day]
        if total >= promises:
            break
    return day.isoformat()


def _short(path: str) -> str:
    return path if len(path) <= 60 else path[:57] + "..."
