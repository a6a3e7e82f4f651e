"""Who hears that a second person is wanted, and what became of it."""

import pytest
from django.contrib.auth.models import Group

from accounts.tests.factories import UserFactory
from contracts.operations import ask_second, quote_contract, refuse_approval
from contracts.tests.factories import active
from notifications.models import Notification

pytestmark = pytest.mark.django_db


def of(group):
    person = UserFactory(is_staff=True)
    person.groups.add(Group.objects.get(name=group))
    return person


def told(person):
    return list(Notification.objects.of(person).filter(kind="staff").order_by("pk").values_list("text", "url"))


def test_finance_are_asked_and_who_asked_hears_the_answer(standin, clock):
    contract, support, asker, finance, now = active(standin), of("support"), of("finance"), of("finance"), clock.now()
    quote = quote_contract(contract, by=asker, now=now)
    approval = ask_second(contract, quote, reason="Ill", by=asker, now=now)
    page = f"/admin/contracts/approval/{approval.pk}/change/"
    assert told(finance) == [(f"{asker.name} asks for a second person to call something off.", page)]
    assert (told(support), told(asker)) == ([], [])
    refuse_approval(approval, by=finance, now=now)
    assert told(asker) == [(f"{finance.name} did not call it off.", page)]
    again = ask_second(contract, quote, reason="Ill", by=asker, now=now)
    refuse_approval(again, by=asker, now=now)
    assert len(told(asker)) == 1
