"""A step is written whole, so a page says what it showed: another window may have written meanwhile."""

from typing import Any

from accounts.documents import digest_of, in_order, sections_of, tidy, wanted_document
from accounts.models import CoachProfile
from core.refused import Refused


class SeenSections:
    """A step of some sections; `seen` is the digest of what stood on the page, sent with it and kept when refused."""

    sections: tuple[str, ...] = ()
    refusal: Refused | None = None
    data: Any
    is_bound: bool
    profile: CoachProfile

    @property
    def seen(self) -> str | None:
        if self.refusal or not self.is_bound:
            return digest_of(sections_of(wanted_document(self.profile), self.sections))
        return self.data.get("seen")

    @property
    def is_as_seen(self) -> bool:
        """Whether nothing was typed on this page, whatever another one did."""
        return digest_of(in_order(tidy(self.written()))) == self.data.get("seen")

    def refuse(self, refusal: Refused, *, stored: CoachProfile) -> None:
        """Say so where it stands; who saves again has been told, and means it."""
        self.refusal, self.profile = refusal, stored
        self.say(refusal.sentence)
