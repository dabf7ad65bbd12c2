"""Every address of the site."""

from django.contrib import admin
from django.contrib.auth.views import LogoutView
from django.urls import include, path, re_path

from interactions.admin import looked_at
from interactions.problems import unknown_path
from interactions.views.signing_in import SignIn, to_the_one_door
from promisegap.health import livez, readyz

handler400 = "promisegap.errors.bad_request"
handler403 = "promisegap.errors.permission_denied"
handler404 = "promisegap.errors.not_found"
handler500 = "promisegap.errors.server_error"

urlpatterns = [
    path("livez", livez, name="livez"),
    path("readyz", readyz, name="readyz"),
    path("accounts/login/", SignIn.as_view(), name="login"),
    path("accounts/logout/", LogoutView.as_view(), name="logout"),
    path("admin/login/", to_the_one_door),
    path("admin/", (looked_at(), "admin", admin.site.name)),
    path("", include("interactions.urls")),
    path("", include("promises.urls")),
    re_path(r"^api/", unknown_path),
]
