"""Every address of the site."""

from django.contrib import admin
from django.contrib.auth.views import LoginView, LogoutView
from django.urls import include, path, re_path

from interactions.problems import unknown_path
from promisegap.health import livez, readyz

handler400 = "promisegap.errors.bad_request"
handler403 = "promisegap.errors.permission_denied"
handler404 = "promisegap.errors.not_found"
handler500 = "promisegap.errors.server_error"

urlpatterns = [
    path("livez", livez, name="livez"),
    path("readyz", readyz, name="readyz"),
    path(
        "accounts/login/",
        LoginView.as_view(template_name="account/login.html", redirect_authenticated_user=True),
        name="login",
    ),
    path("accounts/logout/", LogoutView.as_view(), name="logout"),
    path("admin/", admin.site.urls),
    path("", include("interactions.urls")),
    path("", include("promises.urls")),
    re_path(r"^api/", unknown_path),
]
