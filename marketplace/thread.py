"""The thread of a proposal's terms as people read it: each version beside the one before."""

from collections.abc import Iterable
from dataclasses import dataclass

from accounts.models import Role
from marketplace.models import Proposal, Terms


@dataclass(frozen=True)
class Version:
    """One version of the terms: what became of it, and what is different from the one before.

    States: `accepted`; `standing`, what the student may accept now; `waiting` for the coach; `agreed` and `declined`,
    what the coach answered; `replaced` by a newer one; `last`, where the proposal ended without an agreement.
    """

    terms: Terms
    before: Terms | None
    state: str

    @property
    def is_counter(self) -> bool:
        return self.terms.offered_by == Role.STUDENT

    @property
    def has_new_rate(self) -> bool:
        return bool(self.changed & {"payment_model", "rate_cents"})

    @property
    def has_new_sessions(self) -> bool:
        return bool(self.changed & {"session_count", "session_minutes"})

    @property
    def has_new_total(self) -> bool:
        return self.before is not None and self.before.expected_total_cents != self.terms.expected_total_cents

    @property
    def changed(self) -> set[str]:
        """The figures that are different from the version before."""
        old = self.before.figures if self.before else self.terms.figures
        return {name for name, value in self.terms.figures.items() if old[name] != value}


def versions_of(proposal: Proposal, thread: Iterable[Terms]) -> list[Version]:
    """Every version, oldest first."""
    known = list(thread)
    pairs = zip([None, *known], known, strict=False)
    return [Version(terms, before, _state(proposal, terms, known[-1])) for before, terms in pairs]


def counter_in(versions: Iterable[Version]) -> Terms | None:
    """The counter-offer that waits for the coach, if one does."""
    return next((version.terms for version in versions if version.state == "waiting"), None)


def _state(proposal: Proposal, terms: Terms, newest: Terms) -> str:
    if terms.number == proposal.terms_number:
        return {Proposal.State.OPEN: "standing", Proposal.State.ACCEPTED: "accepted"}.get(proposal.state, "last")
    if terms.declined_at:
        return "declined"
    if terms.agreed_at:
        return "agreed"
    return "waiting" if proposal.is_open and terms == newest else "replaced"
