"""What pages say of a session to one of its people: on a card in a list, in the waiting room, on its own page."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from scheduling import policy
from scheduling.actions import Action, actions_of
from scheduling.models import Move, Participant, Session
from scheduling.operations.moving import waiting

ON_A_CARD = 2
ASIDE = {"start", "meeting", "calendar"}  # what a session's own page offers, and no card


@dataclass(frozen=True)
class Line:
    """A session as this person sees it now; asks the database nothing when the session came `with_people`."""

    session: Session
    user: User
    now: datetime

    @cached_property
    def state(self) -> str:
        return self.session.shown_state(self.now)

    @cached_property
    def places(self) -> list[Participant]:
        """Whom they meet."""
        return self.session.others(self.user)

    @property
    def others(self) -> list[User]:
        return [place.user for place in self.places]

    @cached_property
    def mine(self) -> Participant | None:
        return self.session.place_of(self.user)

    @cached_property
    def actions(self) -> list[Action]:
        return actions_of(self.session, self.user, self.now)

    @property
    def on_card(self) -> list[Action]:
        aside = ASIDE if self.session.state in Session.OVER else ASIDE | {"notes"}
        if self.session.state == Session.State.UNSCHEDULED:
            aside = aside | {"cancel"}
        return [action for action in self.actions if action.name not in aside][:ON_A_CARD]

    @property
    def wish(self) -> Move | None:
        """The other time that waits for an answer, while one counts."""
        return waiting(self.session, self.now)

    @property
    def may(self) -> set[str]:
        return {action.name for action in self.actions}

    @property
    def in_meeting(self) -> list[Action]:
        """What stands beside the way in while the session runs."""
        return [action for action in self.actions if action.name in {"start", "end"}]

    @property
    def on_page(self) -> list[Action]:
        """All but what its page shows in a place of its own."""
        return [action for action in self.actions if action.name not in {"join", "start", "end", "complete"}]

    @property
    def as_coach(self) -> bool:
        return self.session.coach_id == self.user.pk

    @property
    def lies_ahead(self) -> bool:
        return self.session.state == Session.State.SCHEDULED and self.session.span[0] > self.now

    @property
    def is_now(self) -> bool:
        return self.session.may_be_joined(self.now)

    @property
    def has_lapsed(self) -> bool:
        """Whether the time that was kept is free again, though nobody has cleared it away yet."""
        return self.session.is_spent(self.now)

    @property
    def opens_at(self) -> datetime:
        return policy.joinable_from(self.session.span[0])

    @property
    def opens_before(self) -> int:
        return policy.opens_before(self.session.span[0])

    @property
    def late_after(self) -> datetime:
        return policy.late_after(self.session.span[0], self.session.terms)

    @property
    def changes_at(self) -> datetime | None:
        """When the clock alone will change what the page says: the browser looks again then."""
        session = self.session
        if session.state == Session.State.HELD:
            moments = [session.hold_expires_at]
        elif session.state == Session.State.REQUESTED:
            moments = [session.answer_due_at]
        elif session.state in {Session.State.SCHEDULED, Session.State.IN_PROGRESS}:
            starts_at, ends_at = session.span
            moments = [self.opens_at, policy.ready_from(starts_at), starts_at, self.late_after, ends_at]
            moments += [self.wish.answer_due_at] if self.wish else []
        else:
            moments = []
        return min((moment for moment in moments if moment and moment > self.now), default=None)


def grouped(lines: Iterable[Line]) -> list[tuple[object, list[Line]]]:
    """Sessions to come under what they are: now, the next one, later, and those that wait for a yes."""
    now, later, asked = [], [], []
    for line in lines:
        waits = line.session.state == Session.State.REQUESTED
        (asked if waits else now if line.is_now else later).append(line)
    groups = [(_("Now"), now), (_("Next"), later[:1]), (_("Later"), later[1:]), (_("Waiting for a yes"), asked)]
    return [(name, rows) for name, rows in groups if rows]
