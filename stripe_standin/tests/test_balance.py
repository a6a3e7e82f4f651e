"""Charges reach the balance a little later, less a fee, and are pending for two days."""

from .conftest import DAY


def test_the_fee_is_not_known_at_first(standin):
    charge = standin.paid(20000)
    assert charge.balance_transaction is None
    assert standin.balance() == (0, 0)


def test_a_little_later_the_fee_is_known_and_told(standin):
    charge = standin.paid(20000)
    standin.settle()
    found = standin.stripe.charges.retrieve(charge.id, {"expand": ["balance_transaction"]}).balance_transaction
    assert (found.amount, found.fee, found.net, found.type, found.status) == (20000, 610, 19390, "charge", "pending")
    assert found.source == charge.id
    event = standin.stripe.events.list({"type": "charge.updated"}).data[0]
    assert event.data.object["balance_transaction"] == found.id


def test_money_is_pending_for_two_days(standin):
    standin.paid(20000)
    standin.settle()
    assert standin.balance() == (0, 19390)
    standin.move_clock(2 * DAY - 100)
    assert standin.balance() == (0, 19390)
    standin.move_clock(101)
    assert standin.balance() == (19390, 0)


def test_card_0077_is_available_at_once(standin):
    standin.paid(20000, "4000000000000077")
    standin.settle()
    assert standin.balance() == (19390, 0)


def test_each_move_is_listed_by_its_source_and_type(standin):
    charge = standin.paid(20000)
    standin.paid(30000)
    standin.settle()
    list_ = standin.stripe.balance_transactions.list
    assert [found.amount for found in list_({"source": charge.id}).data] == [20000]
    assert [found.amount for found in list_({"type": "charge"}).data] == [30000, 20000]
    assert list_({"type": "refund"}).data == []
    assert standin.stripe.balance_transactions.retrieve(list_().data[0].id).net == 29100
