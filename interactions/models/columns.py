"""Columns that Django has not."""

from typing import TypeVar

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

_ST = TypeVar("_ST")
_GT = TypeVar("_GT")


class ForeignKeyToFew(models.ForeignKey[_ST, _GT]):
    """A reference to one of few rows, in four bytes: half of what a number of theirs may take."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        """The type of the column."""
        return "integer"
