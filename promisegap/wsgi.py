"""The entry point of the web server."""

import gc
import os
from typing import Any

from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application

from promisegap.connections import drop_left_open

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "promisegap.settings")

application = get_wsgi_application()

# A large batch makes 100,000 objects that all go again with its answer: looking for circles among
# them, and among all that was loaded at the start, would take a fifth of its time.
gc.collect()
gc.freeze()
gc.set_threshold(100_000, 20, 20)
# Every page leaves some hundred objects in circles. What so many are is looked for between two
# requests, when the answer has gone out, and not in the midst of one, which would take a tenth of a
# second longer.
_LEFT, _TIMES = 20_000, 20


def collect_between(**_signal: Any) -> None:
    """Look for circles once there are enough of them to be worth it."""
    young, middle, old = gc.get_count()
    if young > _LEFT:
        gc.collect(2 if old > _TIMES else 1 if middle > _TIMES else 0)


request_finished.connect(collect_between)

# A net below everything: what leaves a transaction open is a mistake.
request_started.connect(drop_left_open)
