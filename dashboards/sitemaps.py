"""What search engines may find: the pages that everybody reads, and each public coach."""

from datetime import datetime

from django.contrib.sitemaps import Sitemap
from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse

from accounts.events import COACH_APPROVED
from accounts.models import CoachProfile
from core.models import Event

PER_FILE = 5000


class PagesSitemap(Sitemap):
    def items(self) -> list[str]:
        return ["home", "coaches"]

    def location(self, item: str) -> str:
        return reverse(item)


class CoachesSitemap(Sitemap):
    """Coaches to be found, the first ones first, so that a file that is full stays as it is."""

    limit = PER_FILE

    def items(self) -> QuerySet[CoachProfile]:
        approved = Event.objects.filter(
            subject_kind=CoachProfile._meta.label_lower, subject_id=OuterRef("pk"), name=COACH_APPROVED
        )
        changed = Coalesce(Subquery(approved.order_by("-at").values("at")[:1]), "approved_at")
        return CoachProfile.objects.listed().only("user_id").annotate(changed_at=changed).order_by("pk")

    def lastmod(self, item: CoachProfile) -> datetime:
        """When staff last approved what is public."""
        changed: datetime = item.changed_at  # type: ignore[attr-defined]
        return changed

    def get_latest_lastmod(self) -> datetime | None:
        """Asked of one row and not of every coach."""
        return Event.objects.filter(name=COACH_APPROVED).order_by("-at").values_list("at", flat=True).first()


SITEMAPS = {"pages": PagesSitemap, "coaches": CoachesSitemap}
