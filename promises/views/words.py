"""The page of words."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from interactions.selectors import viewer_for
from promises.selectors.glossary import WORDS


@require_safe
@login_required
def words(request: HttpRequest) -> HttpResponse:
    """What every word means."""
    context = {"viewer": viewer_for(request.user), "words": WORDS}
    return render(request, "promises/words.html", context)
