"""Recording what is known of a customer, from the page of the customer."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from interactions.models import Customer
from interactions.rejection import EventRejected
from interactions.selectors import Viewer, viewer_for
from promises.forms.customers import CUSTOMER_FORMS, CustomerForm
from promises.models import Promise
from promises.selectors.visibility import NotVisible, customer_visible
from promises.services.customer_facts import say_of_customer
from promises.services.promises import AnotherFact
from promises.views.customers import customer_page


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def say(request: HttpRequest, name: str, reference: str) -> HttpResponse:
    """Record something of a customer, and show the customer as known then.

    Shape: what cannot be taken shows the page again with the reason beside the field.
    Raises: Http404 where there is no such customer for this viewer, or nothing of this name.
    """
    if name not in CUSTOMER_FORMS:
        raise Http404
    if request.method != "POST":
        return redirect("customer", reference)
    viewer = viewer_for(request.user)
    try:
        customer = customer_visible(viewer, reference)
    except NotVisible as error:
        raise Http404 from error
    form = CUSTOMER_FORMS[name](request.POST)
    is_new = _recorded(viewer, customer, form) if form.is_valid() else None
    if is_new is None:
        return customer_page(request, viewer, reference, QueryDict(""), sent=form)
    messages.success(request, form.done if is_new else _("That was recorded already."))
    return redirect(f"{reverse('customer', args=[reference])}#memory")


def _recorded(viewer: Viewer, customer: Customer, form: CustomerForm) -> bool | None:
    """Whether it is new; None where it was refused, and the form says why."""
    try:
        return say_of_customer(
            customer,
            form.type(),
            form.event_data(viewer, customer),
            key=form.cleaned_data["key"],
            now=timezone.now(),
            actor_id=viewer.user_id,
        )
    except Promise.DoesNotExist:
        form.add_error(None, _("There is no such promise, or you may not see it."))
    except EventRejected as rejected:
        form.refuse(rejected.pointer, rejected.reason)
    except AnotherFact:
        form.start_anew()
        form.add_error(
            None, _("This form was sent already, with other words. Send it again to record both.")
        )
    return None
