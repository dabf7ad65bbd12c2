"""Recording what is known of a customer, from the page of the customer, and taking it back."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from interactions.models import Customer
from interactions.rejection import EventRejected
from interactions.selectors import Viewer, viewer_for
from promises.forms.customers import CUSTOMER_FORMS, CustomerForm, KnownOf
from promises.models import Promise
from promises.selectors.acts import fact_to_take_back
from promises.selectors.memory import described_now
from promises.selectors.visibility import NotVisible, customer_visible
from promises.services.customer_facts import say_of_customer, take_back_of_customer
from promises.services.making import event_id
from promises.services.promises import AnotherFact
from promises.views.customers import Sayable, customer_page
from promises.views.numbers import number_in


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def say(request: HttpRequest, name: str, reference: str) -> HttpResponse:
    """The form by which something of a customer is recorded; sent, it shows what is known then.

    Shape: what cannot be taken shows the page again with the reason beside the field.
    Raises: Http404 where there is no such customer for this viewer, or nothing of this name.
    """
    if name not in CUSTOMER_FORMS:
        raise Http404
    viewer = viewer_for(request.user)
    customer = _seen(viewer, reference)
    if request.method != "POST":
        return _form(request, customer, CUSTOMER_FORMS[name])
    # Sent twice, a form is held against what was known when it was sent first.
    own = event_id(request.POST.get("key", ""), viewer.user_id)
    known = KnownOf(described=described_now(customer, without=own))
    form = CUSTOMER_FORMS[name](request.POST, known=known)
    is_new = _recorded(viewer, customer, form) if form.is_valid() else None
    if is_new is None:
        return customer_page(request, viewer, reference, QueryDict(""), sent=form)
    later = _("For a day it can be taken back in the timeline.")
    said = f"{form.done} {later}" if is_new else _("That was recorded already.")
    messages.success(request, said)
    return redirect("customer", reference)


def _form(request: HttpRequest, customer: Customer, kind: type[CustomerForm]) -> HttpResponse:
    """The form alone, where the page asks for it."""
    if not request.headers.get("HX-Request"):
        return redirect(f"{reverse('customer', args=[customer.reference])}?say={kind.name}")
    broken = number_in(request.GET.get("promise", "")) or None
    form = kind(known=KnownOf(broken, described_now(customer, without="")))
    say = Sayable(str(form.title), customer.reference, request.path, request.path, form)
    return render(request, "promises/_customer_form.html", {"say": say})


@require_POST
@login_required
def unsay(request: HttpRequest, reference: str) -> HttpResponse:
    """Take back what was recorded about a customer on their page.

    Raises: Http404 where there is no such customer for this viewer.
    """
    viewer, now = viewer_for(request.user), timezone.now()
    customer = _seen(viewer, reference)
    seq = number_in(request.POST.get("event", ""))
    event = fact_to_take_back(viewer, customer, seq, now) if seq else None
    if event is not None and take_back_of_customer(event, now=now, actor_id=viewer.user_id):
        messages.success(request, _("Taken back. Both events stay in the ledger."))
    else:
        messages.error(
            request, _("Nothing was taken back: somebody did already, or it is too late.")
        )
    return redirect(f"{reverse('customer', args=[reference])}#timeline")


def _seen(viewer: Viewer, reference: str) -> Customer:
    try:
        return customer_visible(viewer, reference)
    except NotVisible as error:
        raise Http404 from error


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
