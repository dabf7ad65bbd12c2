"""Progress on the terminal: a moving line for people, a line now and then for logs."""

import time
from typing import Protocol

from django.utils.translation import gettext as _

from promises.services.imports.report import Progress

# A log should show that it goes on, and not much more.
LOG_SECONDS = 2.0


class Output(Protocol):
    """What a command writes to."""

    def write(self, msg: str = "", style_func: None = None, ending: str | None = None) -> None:
        """Write one message."""

    def flush(self) -> None:
        """Bring out what was written without a line's end."""


class ProgressLine:
    """Shows how far an import is."""

    def __init__(self, output: Output, *, moving: bool) -> None:
        self._output = output
        self._moving = moving
        self._width = 0
        self._counting = False
        self._shown = time.monotonic()

    def show(self, progress: Progress) -> None:
        """Say how far it is, if it is time to."""
        if self._moving:
            if progress.counting != self._counting:
                self.end()
            text = progress_text(progress)
            self._output.write("\r" + text.ljust(self._width), ending="")
            self._output.flush()
            self._width = len(text)
        elif time.monotonic() - self._shown >= LOG_SECONDS:
            self._shown = time.monotonic()
            self._output.write(progress_text(progress))
        self._counting = progress.counting

    def end(self) -> None:
        """Leave the moving line."""
        if self._width:
            self._output.write("")
        self._width = 0


def progress_text(progress: Progress) -> str:
    """Such as "reading: 12,000 of 30,000 lines (40 %), 15,000/s, 2 s left"."""
    share = 100 * progress.done // progress.total if progress.total else 100
    template = (
        _("counting: %(done)s of %(total)s events (%(share)d %%), %(rate)s/s")
        if progress.counting
        else _("reading: %(done)s of %(total)s lines (%(share)d %%), %(rate)s/s")
    )
    text = template % {
        "done": f"{progress.done:,}",
        "total": f"{progress.total:,}",
        "share": share,
        "rate": f"{progress.rate:,.0f}",
    }
    left = progress.seconds_left
    if left is not None and progress.done < progress.total:
        text += _(", %(seconds)d s left") % {"seconds": round(left)}
    return text
