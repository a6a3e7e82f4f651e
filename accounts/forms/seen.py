"""Lists are written whole, so a page says which list it showed: another window may have added to it."""

from typing import Any

from accounts.documents import digest_of, in_order, tidy, wanted_document
from accounts.models import CoachProfile
from core.refused import Refused


class SeenList:
    """A step that is one list; `seen` is the digest of the list on the page, sent with it and kept when refused."""

    section = ""
    refusal: Refused | None = None
    data: Any
    is_bound: bool
    profile: CoachProfile

    @property
    def seen(self) -> str | None:
        if self.refusal or not self.is_bound:
            return digest_of(wanted_document(self.profile)[self.section])
        return self.data.get("seen")

    @property
    def is_as_seen(self) -> bool:
        """Whether nothing was typed on this page, whatever another one did."""
        return digest_of(in_order(tidy(self.written()))[self.section]) == self.data.get("seen")

    def refuse(self, refusal: Refused, *, stored: CoachProfile) -> None:
        """Say so where the list stands; who saves again has been told, and means it."""
        self.refusal, self.profile = refusal, stored
        self.say(refusal.sentence)
