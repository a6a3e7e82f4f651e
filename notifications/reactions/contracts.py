from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from contracts.events import (
    CONTRACT_ACCEPTED,
    CONTRACT_ACTIVATED,
    CONTRACT_CANCELLED,
    CONTRACT_COMPLETED,
    CONTRACT_DECLINED,
    CONTRACT_EXPIRED,
    CONTRACT_SENT,
    REVIEW_WRITTEN,
)
from contracts.models import Contract, Review
from core.events import telling_of
from core.models import Event
from notifications.operations import tell
from notifications.words import amount, say


@telling_of(CONTRACT_SENT)
def tell_coach_of_contract(contract: Contract, event: Event) -> None:
    _tell(contract.coach, contract, event, _("{student} sent you the contract “{title}”."), _("A contract for you"))


@telling_of(CONTRACT_ACCEPTED)
def tell_student_to_pay(contract: Contract, event: Event) -> None:
    text = _("{coach} accepted “{title}”. Pay {total} to begin; it is held until your sessions are done.")
    _tell(contract.student, contract, event, text, _("Your contract can be paid"))


@telling_of(CONTRACT_DECLINED)
def tell_student_of_refusal(contract: Contract, event: Event) -> None:
    _tell(contract.student, contract, event, _("{coach} declined “{title}”."), _("Contract declined"))


@telling_of(CONTRACT_ACTIVATED)
def tell_both_of_beginning(contract: Contract, event: Event) -> None:
    _tell(contract.student, contract, event, _("“{title}” has begun: pick times for your sessions."))
    _tell(contract.coach, contract, event, _("{student} has paid for “{title}”."), _("A contract begins"))


@telling_of(CONTRACT_COMPLETED)
def tell_both_of_completion(contract: Contract, event: Event) -> None:
    _tell(contract.student, contract, event, _("“{title}” is completed. How was learning with {coach}?"), _("All done"))
    _tell(contract.coach, contract, event, _("“{title}” with {student} is completed."))


@telling_of(CONTRACT_CANCELLED)
def tell_both_of_cancellation(contract: Contract, event: Event) -> None:
    for person in _others(contract, event):
        _tell(person, contract, event, _("The contract “{title}” was cancelled."), _("Contract cancelled"))


@telling_of(CONTRACT_EXPIRED)
def tell_both_of_expiry(contract: Contract, event: Event) -> None:
    text = EXPIRED.get(event.facts.get("step"), EXPIRED["awaiting_payment"])
    unseen = event.facts.get("step") == Contract.State.DRAFT  # a coach never sees a draft
    people = [contract.student] if unseen else _others(contract, event)
    for person in people:
        _tell(person, contract, event, text)


@telling_of(REVIEW_WRITTEN)
def tell_coach_of_review(review: Review, event: Event) -> None:
    text = say(_("{student} reviewed “{title}”."), student=review.author.name, title=review.contract.title)
    tell(review.coach, event, kind="reviews", text=text, url=review.contract.get_absolute_url())


def _tell(
    person: User, contract: Contract, event: Event, text: Promise | str, subject: Promise | str | None = None
) -> None:
    """A notice on a contract; with a subject also a mail."""
    sentence = say(
        text,
        coach=contract.coach.name,
        student=contract.student.name,
        title=contract.title,
        total=amount(contract.total_cents, contract.currency),
    )
    mail, url = "notice" if subject else None, contract.get_absolute_url()
    tell(person, event, kind="contracts", text=sentence, url=url, mail=mail, subject=subject)


def _others(contract: Contract, event: Event) -> list[User]:
    """The parties who did not do it themselves."""
    return [person for person in (contract.student, contract.coach) if person.pk != event.by_id]


EXPIRED = {
    "draft": _("The draft of “{title}” was not sent in time and has expired."),
    "awaiting_coach": _("“{title}” was not answered in time and has expired."),
    "awaiting_payment": _("“{title}” was not paid in time and has expired."),
}
