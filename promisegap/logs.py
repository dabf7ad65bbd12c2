"""How a log record is written."""

import logging


class OneLineFormatter(logging.Formatter):
    """One line for a record, so that nothing a client sends can forge a second one."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record, traceback included, without line breaks."""
        line = super().format(record)
        return line.replace("\\", "\\\\").replace("\r", "\\r").replace("\n", "\\n")
