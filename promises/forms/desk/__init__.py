"""The forms of the desk: a promise that is given, and what came of one."""

from promises.forms.desk.outcomes import OutcomeForm
from promises.forms.desk.promises import PromiseForm

__all__ = ["OutcomeForm", "PromiseForm"]
