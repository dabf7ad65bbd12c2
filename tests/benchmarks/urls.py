"""The product's addresses, and two that do nothing: what the server and the framework cost."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView


class EmptyView(APIView):
    """A view of Django REST framework that checks nobody, reads nothing and says nothing."""

    authentication_classes = ()
    permission_classes = ()
    throttle_classes = ()

    def post(self, request: Request) -> Response:
        """Answer at once."""
        return Response({}, status=202)


@csrf_exempt
def plain(request: HttpRequest) -> HttpResponse:
    """The same without the framework."""
    return HttpResponse(b"{}", status=202, content_type="application/json")


urlpatterns = [
    path("bench/drf", EmptyView.as_view()),
    path("bench/django", plain),
    path("", include("promisegap.urls")),
]
