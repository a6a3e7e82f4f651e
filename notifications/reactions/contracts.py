from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Role, User
from contracts.events import (
    CHANGES_AGREED,
    CHANGES_ASKED,
    CHANGES_DECLINED,
    CHANGES_WITHDRAWN,
    CONTRACT_ACCEPTED,
    CONTRACT_ACTIVATED,
    CONTRACT_CANCELLED,
    CONTRACT_COMPLETED,
    CONTRACT_DECLINED,
    CONTRACT_EXPIRED,
    CONTRACT_SENT,
    EXTENSION_PROPOSED,
    REVIEW_WRITTEN,
    STEP_ENDING,
)
from contracts.models import Contract, Review
from core.events import telling_of
from core.models import Event
from notifications.operations import tell
from notifications.words import amount, moment, say


@telling_of(CONTRACT_SENT)
def tell_coach_of_contract(contract: Contract, event: Event) -> None:
    _tell(contract.coach, contract, event, _("{student} sent you the contract “{title}”."), _("A contract for you"))


@telling_of(CONTRACT_ACCEPTED)
def tell_that_it_is_agreed(contract: Contract, event: Event) -> None:
    if contract.is_coachs_idea:
        text = _("{student} agreed to more sessions of “{title}” and is asked to pay {total} now.")
        _tell(contract.coach, contract, event, text, _("Your contract is agreed to"))
    else:
        text = _("{coach} accepted “{title}”. Pay {total} to begin; it is held until your sessions are done.")
        _tell(contract.student, contract, event, text, _("Your contract can be paid"))


@telling_of(CONTRACT_DECLINED)
def tell_of_refusal(contract: Contract, event: Event) -> None:
    if contract.is_coachs_idea:
        _tell(contract.coach, contract, event, _("{student} declined more sessions of “{title}”."), _("Declined"))
    else:
        _tell(contract.student, contract, event, _("{coach} declined “{title}”."), _("Contract declined"))


@telling_of(CHANGES_ASKED)
def tell_student_of_other_terms(contract: Contract, event: Event) -> None:
    text = _("{coach} asks for other terms for “{title}”: {wanted} instead of {total}.")
    _tell(contract.student, contract, event, text, _("Other terms for your contract"))


@telling_of(CHANGES_AGREED)
def tell_coach_of_agreement(contract: Contract, event: Event) -> None:
    text = _("{student} agreed to your terms for “{title}” and is asked to pay {total} now.")
    _tell(contract.coach, contract, event, text, _("Your terms are agreed to"))


@telling_of(CHANGES_DECLINED)
def tell_coach_that_terms_stay(contract: Contract, event: Event) -> None:
    text = _("{student} keeps the terms of “{title}” as they are: agree to {total}, ask again or decline.")
    _tell(contract.coach, contract, event, text, _("The terms stay as they are"))


@telling_of(CHANGES_WITHDRAWN)
def tell_student_that_terms_stay(contract: Contract, event: Event) -> None:
    _tell(contract.student, contract, event, _("{coach} no longer asks for other terms for “{title}”."))


@telling_of(EXTENSION_PROPOSED)
def tell_of_more_sessions(contract: Contract, event: Event) -> None:
    if contract.is_coachs_idea:
        text = _("{coach} proposes more sessions of “{title}” for {total}.")
        _tell(contract.student, contract, event, text, _("More sessions?"))
    else:
        text = _("{student} would like more sessions of “{title}” for {total}.")
        _tell(contract.coach, contract, event, text, _("More sessions?"))


@telling_of(STEP_ENDING)
def tell_whoever_is_to_act(contract: Contract, event: Event) -> None:
    step = event.facts["step"]
    person = contract.coach if event.facts["role"] == Role.COACH else contract.student
    drafted = step == Contract.State.DRAFT and not contract.is_coachs_idea
    text = ENDING[step if drafted or step == Contract.State.AWAITING_PAYMENT else "agreement"]
    _tell(person, contract, event, text, _("Little time left for your contract"))


@telling_of(CONTRACT_ACTIVATED)
def tell_both_of_beginning(contract: Contract, event: Event) -> None:
    if contract.kind in Contract.HELD_KINDS:
        return  # the session with its time says it all
    _tell(contract.student, contract, event, _("“{title}” has begun: pick times for your sessions."))
    _tell(contract.coach, contract, event, _("{student} has paid for “{title}”."), _("A contract begins"))


@telling_of(CONTRACT_COMPLETED)
def tell_both_of_completion(contract: Contract, event: Event) -> None:
    _tell(contract.student, contract, event, _("“{title}” is completed. How was learning with {coach}?"), _("All done"))
    _tell(contract.coach, contract, event, _("“{title}” with {student} is completed."))


@telling_of(CONTRACT_CANCELLED)
def tell_both_of_cancellation(contract: Contract, event: Event) -> None:
    if contract.kind in Contract.SINGLE_KINDS and event.facts.keys() & {"step", "reason"}:
        return  # given back before it was paid, or said of the request already
    for person in _who_knew(contract, event):
        _tell(person, contract, event, _("The contract “{title}” was cancelled."), _("Contract cancelled"))


@telling_of(CONTRACT_EXPIRED)
def tell_both_of_expiry(contract: Contract, event: Event) -> None:
    step = event.facts.get("step")
    step = Contract.State.AWAITING_COACH if contract.is_coachs_idea and step == Contract.State.DRAFT else step
    text = EXPIRED.get(step, EXPIRED["awaiting_payment"])
    for person in _who_knew(contract, event):
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
        wanted=amount(event.facts.get("total_cents"), contract.currency),
        until=moment(contract.expires_at),
    )
    mail, url = "notice" if subject else None, contract.get_absolute_url()
    tell(person, event, kind="contracts", text=sentence, url=url, mail=mail, subject=subject)


def _who_knew(contract: Contract, event: Event) -> list[User]:
    """The parties who did not do it themselves; a coach never sees what a student has not sent or paid."""
    unseen = event.facts.get("step") == Contract.State.DRAFT and not contract.is_coachs_idea
    unseen = unseen or (contract.kind in Contract.HELD_KINDS and contract.paid_at is None)
    return [person for person in _others(contract, event) if not (unseen and person.pk == contract.coach_id)]


def _others(contract: Contract, event: Event) -> list[User]:
    """The parties who did not do it themselves."""
    return [person for person in (contract.student, contract.coach) if person.pk != event.by_id]


ENDING = {
    "draft": _("The draft of “{title}” waits for you: send it until {until}, or it expires."),
    "agreement": _("“{title}” waits for your answer until {until}, then it expires."),
    "awaiting_payment": _("“{title}” can be paid until {until}, then it expires."),
}
EXPIRED = {
    "draft": _("The draft of “{title}” was not sent in time and has expired."),
    "awaiting_coach": _("“{title}” was not answered in time and has expired."),
    "awaiting_payment": _("“{title}” was not paid in time and has expired."),
}
