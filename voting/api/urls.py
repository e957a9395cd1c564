from __future__ import annotations

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView
from rest_framework.routers import SimpleRouter

from voting.api import views as api
from voting.api.version import VersionView

router = SimpleRouter()
router.register("elections", api.ElectionViewSet, basename="api-election")
router.register("voters", api.VoterViewSet, basename="api-voter")

urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("version/", VersionView.as_view(), name="api-version"),
    path("", include(router.urls)),
]
