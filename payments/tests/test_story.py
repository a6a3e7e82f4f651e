"""Any story of money: whatever is done, fails or is told late, the books balance and Stripe agrees with them."""

from collections import defaultdict
from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from core.refused import Refused
from payments import gateway, operations, tasks
from payments.models import ConnectAccount, LedgerEntry, Payment, Transfer
from payments.tests.factories import DECLINED, GOOD, REFUND_FAILS, broken, make_escrow, onboard, open_page, pay

SWEEPS = [
    tasks.apply_due_events,
    tasks.ask_about_open_payments,
    tasks.learn_unknown_fees,
    tasks.release_due_portions,
    tasks.send_due_refunds,
    tasks.send_due_transfers,
]
PATHS = ["checkout/sessions", "/v1/transfers", "/v1/refunds", "/v1/charges"]
FAILURES = ["timeout_before", "timeout_after", "500_before", "500_after", "429"]


class Story(RuleBasedStateMachine):
    """Students pay, sessions end, staff decide, Stripe fails, clocks move. `standin` and `clock` are the real ones."""

    escrows = Bundle("escrows")
    pages = Bundle("pages")

    def __init__(self):
        super().__init__()
        self.standin.reset()
        self.clock.reset()
        self.client = Client()
        self.example = transaction.atomic()
        self.example._from_testcase = True  # as the test's own transaction: no lock of ours is held
        self.example.__enter__()

    @initialize(target=escrows, card=st.sampled_from([GOOD, REFUND_FAILS]), total=st.integers(400, 50_000))
    def begin(self, card, total):
        """The first student has paid, and the first coach can be paid."""
        escrow = make_escrow(total=total, parts=3)
        onboard(escrow.payee, self.standin, now=self.clock.now())
        pay(escrow, self.standin, now=self.clock.now(), card=card)
        return escrow

    @rule(
        target=escrows,
        total=st.integers(400, 50_000),
        parts=st.integers(1, 4),
        fee=st.sampled_from([0, 1000, 3333, 10_000]),
        currency=st.sampled_from(["usd", "eur", "jpy"]),
    )
    def agree(self, total, parts, fee, currency):
        return make_escrow(total=total, parts=parts, fee=fee, currency=currency)

    @rule(target=pages, escrow=escrows, parts=st.integers(1, 4), card=st.sampled_from([GOOD, DECLINED, REFUND_FAILS]))
    def buy(self, escrow, parts, card):
        """A tranche, on a page of its own, which may be given up by us and paid all the same."""
        unfunded = escrow.portions.filter(state="unfunded").order_by("number")[:parts]
        amount = sum(portion.gross_cents for portion in unfunded)
        page = amount and quietly(lambda: open_page(escrow, now=self.clock.now(), amount_cents=amount))
        if not page:
            return multiple()
        self.pay_on(page, card)
        return page

    @rule(target=pages, escrow=escrows)
    def leave_a_page_and_buy_on_another(self, escrow):
        """The first one is forgotten by us as if it had expired, and is paid late."""
        unfunded = escrow.portions.filter(state="unfunded")
        amount = sum(portion.gross_cents for portion in unfunded)
        late = amount and quietly(lambda: open_page(escrow, now=self.clock.now(), amount_cents=amount))
        if not late:
            return multiple()
        Payment.objects.filter(pk=late.pk).update(state="failed")
        page = quietly(lambda: open_page(escrow, now=self.clock.now(), amount_cents=amount))
        for each in filter(None, [page, late]):
            self.pay_on(each, GOOD)
        return late

    def pay_on(self, page, card):
        """As long as Stripe shows it."""
        session = quietly(lambda: gateway.get_checkout(page.checkout_session_id))
        if session and session.status == "open":
            self.standin.pay(page.checkout_session_id, card)

    @rule(page=pages)
    def come_back(self, page):
        quietly(lambda: operations.settle_checkout(page.checkout_session_id, now=self.clock.now()))

    @rule(escrow=escrows)
    def drop(self, escrow):
        operations.close_checkout(escrow, now=self.clock.now())

    @rule(escrow=escrows, which=st.integers(0, 5), hours=st.sampled_from([0, 24, 72]))
    def plan_release(self, escrow, which, hours):
        due_at = self.clock.now() + timedelta(hours=hours)
        quietly(lambda: operations.schedule_release(one(escrow, which), due_at=due_at, now=self.clock.now()))

    @rule(escrow=escrows, which=st.integers(0, 5))
    def release(self, escrow, which):
        quietly(lambda: operations.release(one(escrow, which), by=escrow.payer, now=self.clock.now()))

    @rule(escrow=escrows, which=st.sets(st.integers(0, 5), min_size=1, max_size=2))
    def refund(self, escrow, which):
        portions = {one(escrow, index) for index in which}
        quietly(lambda: operations.refund(portions, reason="story", by=None, now=self.clock.now()))

    @rule(escrow=escrows, which=st.integers(0, 5), percent=st.integers(1, 99))
    def divide(self, escrow, which, percent):
        portion = one(escrow, which)
        kept = portion.gross_cents * percent // 100
        if 0 < kept < portion.gross_cents:
            quietly(lambda: operations.divide(portion, kept_cents=kept, now=self.clock.now()))

    @rule(escrow=escrows, which=st.integers(0, 5), frozen=st.booleans())
    def freeze(self, escrow, which, frozen):
        (operations.freeze if frozen else operations.unfreeze)(one(escrow, which), now=self.clock.now())

    @rule(escrow=escrows, restricted=st.booleans())
    def onboard(self, escrow, restricted):
        account = quietly(lambda: onboard(escrow.payee, self.standin, now=self.clock.now()))
        if account and restricted:
            self.standin.post("restrict", account=account.stripe_id)

    @rule(path=st.sampled_from(PATHS), mode=st.sampled_from(FAILURES), count=st.integers(1, 3))
    def break_stripe(self, path, mode, count):
        self.standin.post("fail", mode=mode, path_contains=path, count=count, seconds=0.01)

    @rule(step=st.sampled_from([{"minutes": 3}, {"hours": 2}, {"hours": 25}, {"days": 8}]))
    def wait(self, step):
        self.clock.advance(**step)

    @rule(order=st.permutations(SWEEPS))
    def sweep(self, order):
        now = self.clock.now()
        for work in order:
            work(now)

    @rule(twice=st.booleans())
    def hear_from_stripe(self, twice):
        answers = self.standin.deliver_to(self.client, order="shuffled", twice=twice)
        assert {answer.status_code for answer in answers} <= {200}

    @invariant()
    def the_books_are_true(self):
        assert broken() == {}

    @invariant()
    def nobody_is_paid_twice(self):
        made = Transfer.objects.filter(state="made").values_list("portion", flat=True)
        assert len(made) == len(set(made))

    def teardown(self):
        """In the end everything is healed, and Stripe's balance is our cash to the cent."""
        try:
            self.heal()
            self.seen.update(LedgerEntry.objects.values_list("kind", flat=True))
            assert broken() == {}
            assert cash() == balance_at_stripe()
        finally:
            transaction.set_rollback(True)
            self.example.__exit__(None, None, None)

    def heal(self):
        use_up_failures()
        for account in ConnectAccount.objects.filter(stripe_id__isnull=False):
            self.standin.onboard(account.stripe_id)
        for _round in range(8):
            self.clock.advance(hours=25)
            self.hear_from_stripe(twice=False)
            self.sweep(SWEEPS)


def one(escrow, which):
    """One of its portions; one that is held, where there is any."""
    portions = list(escrow.portions.order_by("number"))
    held = [portion for portion in portions if portion.state == "held"] or portions
    return held[which % len(held)]


def quietly(work):
    """People may ask for anything; what may not be is refused."""
    try:
        return work()
    except Refused:
        return None


def use_up_failures():
    client = gateway.client().v1
    for listed in (client.checkout.sessions.list, client.transfers.list, client.refunds.list, client.charges.list):
        while quietly(lambda listed=listed: gateway._ask(listed)) is None:
            pass


def cash():
    """What the books say we have at Stripe, by currency."""
    sums = defaultdict(int)
    for entry in LedgerEntry.objects.select_related("debit", "credit"):
        if "cash" in {entry.debit.kind, entry.credit.kind}:
            sums[entry.debit.currency] += entry.amount_cents if entry.debit.kind == "cash" else -entry.amount_cents
    return {currency: cents for currency, cents in sums.items() if cents}


def balance_at_stripe():
    """What Stripe says we have, available or not yet, by currency."""
    sums, balance = defaultdict(int), gateway._ask(lambda: gateway.client().v1.balance.retrieve())
    for part in balance["available"] + balance["pending"]:
        sums[part["currency"]] += part["amount"]
    return {currency: cents for currency, cents in sums.items() if cents}


def tell(standin, clock, *, examples, steps, **how):
    how.setdefault("phases", [Phase.generate])  # a story takes a second: making it shorter would take minutes
    facts = {"standin": standin, "clock": clock, "seen": set()}
    sizes = settings(max_examples=examples, stateful_step_count=steps, deadline=None, database=None, **how)
    told = type("Told", (Story,), facts)
    run_state_machine_as_test(told, settings=settings(sizes, suppress_health_check=list(HealthCheck)))
    return told.seen


@pytest.mark.django_db
def test_any_short_story_balances(standin, clock):
    seen = tell(standin, clock, examples=15, steps=20, derandomize=True)
    assert seen == set(LedgerEntry.Kind), "the stories must reach every kind of entry"


@pytest.mark.deep
@pytest.mark.django_db
def test_any_long_story_balances(standin, clock):
    tell(standin, clock, examples=500, steps=50)


@pytest.mark.django_db
def test_control_a_story_with_a_forgetful_refund_is_found_out(standin, clock, monkeypatch):
    """A machine that cannot find a mistake proves nothing: one step of the books is left out."""
    from payments.operations import refunds

    monkeypatch.setattr(refunds, "_post", lambda *facts: None)
    with pytest.raises(AssertionError):
        tell(standin, clock, examples=20, steps=20, derandomize=True)
