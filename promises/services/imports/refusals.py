"""What cannot be imported: a whole mapping or file, or one row of it."""


class ImportRefused(Exception):
    """A mapping or a file that cannot be used; the message is one sentence for a person."""


class RowRejected(Exception):
    """One row that cannot be taken: where, what stands there, and why."""

    def __init__(self, column: str, value: str, reason: str) -> None:
        super().__init__(f"{column}: {reason}")
        self.column = column
        self.value = value
        self.reason = reason
