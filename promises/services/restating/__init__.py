"""How kinds are judged: versions of their parameters, and judging anew what was made before (R18).

`versions.py` makes a version, `previews.py` shows the figures under it beside those that stand,
`asking.py` asks for a restatement or takes it back, `running.py` is the job.
"""

from promises.services.restating.asking import (
    AlreadyRestating,
    NotRunning,
    cancel,
    restate,
)
from promises.services.restating.previews import Preview, kept_figures, preview
from promises.services.restating.running import is_due, restate_some
from promises.services.restating.versions import (
    AlreadyChanged,
    Draft,
    ParametersRefused,
    add_version,
    checked,
    checked_reason,
)

__all__ = [
    "AlreadyChanged",
    "AlreadyRestating",
    "Draft",
    "NotRunning",
    "ParametersRefused",
    "Preview",
    "add_version",
    "cancel",
    "checked",
    "checked_reason",
    "is_due",
    "kept_figures",
    "preview",
    "restate",
    "restate_some",
]
