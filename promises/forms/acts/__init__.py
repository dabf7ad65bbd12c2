"""The small forms on the page of a promise, one for each thing that can be done to it."""

from promises.domain.acts import Act
from promises.forms.acts.base import ActForm
from promises.forms.acts.dates import RepeatForm, RescheduleForm
from promises.forms.acts.outcomes import FailForm, FulfilForm, ReopenForm, WithdrawForm
from promises.forms.acts.waits import PauseForm, ResumeForm

__all__ = ["FORMS", "ActForm"]

FORMS: dict[Act, type[ActForm]] = {
    form.act: form
    for form in (
        FulfilForm,
        RescheduleForm,
        PauseForm,
        ResumeForm,
        WithdrawForm,
        FailForm,
        ReopenForm,
        RepeatForm,
    )
}
