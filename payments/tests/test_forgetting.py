"""What Stripe holds and told us of somebody, once they have left."""

import time
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from djstripe import models as mirror

from accounts.tests.factories import StudentFactory
from core import clock as the_clock
from payments import gateway, operations
from payments.models import Incident, StripeCustomer, StripeEvent
from payments.models.stripe import Words, whose
from payments.operations.erasure import plan_forgetting
from payments.operations.forgetting import _empty_copies, _links
from payments.tests.factories import make_escrow, onboard, pay

pytestmark = pytest.mark.django_db
NAME, EMAIL = "Zyxwv Qmarker", "zyxwv@example.com"
TEXTS = """
SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'
AND table_name ~ '^(djstripe|payments)_' AND data_type IN ('text', 'character varying', 'json', 'jsonb')
"""


def traces():
    """Every column of ours and of the mirror in which a word of the person stands."""
    with connection.cursor() as cursor:
        cursor.execute(TEXTS)
        found = set()
        for table, column in cursor.fetchall():
            cursor.execute(f"""SELECT 1 FROM "{table}" WHERE "{column}"::text ILIKE '%%zyxwv%%' LIMIT 1""")
            if cursor.fetchone():
                found.add((table, column))
        return found


def paid(standin, name=NAME, email=EMAIL):
    """Somebody who paid with their own name and address, at Stripe and with us."""
    payer = StudentFactory(name=name, email=email)
    return pay(make_escrow(payer=payer), standin, now=the_clock.now())


def leaves(person):
    """The person's row as erasure leaves it, and what it plans."""
    plan = plan_forgetting(person, now=the_clock.now())
    person.name, person.email, person.erased_at = "", f"erased-{person.pk}@erased.invalid", the_clock.now()
    person.save()
    return plan


def forget(plan):
    return operations.forget_at_stripe(plan, now=the_clock.now())


def at_stripe(customer_id):
    return gateway.client().v1.customers.retrieve(customer_id)


class TestAtStripe:
    def test_the_customer_is_deleted_after_the_commit_and_stays_so(self, standin, drain):
        person = paid(standin).escrow.payer
        customer = person.stripe_customer.stripe_id
        plan = leaves(person)
        assert at_stripe(customer).email == EMAIL
        drain()
        plan.refresh_from_db()
        assert (at_stripe(customer).deleted, plan.done_at is not None, plan.tries) == (True, True, 1)
        assert forget(plan).tries == 1

    def test_planning_twice_is_one_plan(self):
        person = StudentFactory()
        assert plan_forgetting(person, now=the_clock.now()) == plan_forgetting(person, now=the_clock.now())

    def test_one_that_is_gone_already_is_fine(self, standin):
        person = paid(standin).escrow.payer
        gateway.delete_customer(person.stripe_customer.stripe_id)
        assert forget(leaves(person)).done_at

    @pytest.mark.parametrize("mode", ["500_before", "500_after", "timeout_after", "429"])
    def test_an_answer_that_says_nothing_is_asked_for_again(self, standin, clock, mode):
        person = paid(standin).escrow.payer
        plan = leaves(person)
        standin.post("fail", mode=mode, path_contains="/v1/customers")
        assert forget(plan).done_at is None
        assert forget(plan).tries == 1
        clock.advance(minutes=2, seconds=1)
        assert forget(plan).done_at
        assert at_stripe(person.stripe_customer.stripe_id).deleted is True

    def test_a_refusal_is_for_staff_and_tried_again(self, standin, clock, monkeypatch):
        def refuses(customer_id):
            raise gateway.SaidNo("no_permission", "This key may not.")

        person = paid(standin).escrow.payer
        plan = leaves(person)
        with monkeypatch.context() as patch:
            patch.setattr(gateway, "delete_customer", refuses)
            plan = forget(plan)
        assert (plan.done_at, plan.last_error) == (None, "no_permission This key may not.")
        assert Incident.objects.get().key == f"customer_not_deleted:{person.pk}"
        clock.advance(minutes=3)
        assert forget(plan).done_at

    def test_a_customer_whose_making_was_never_answered_is_found(self, standin, clock):
        standin.post("fail", mode="timeout_after", path_contains="/v1/customers", count=1)
        person = paid(standin).escrow.payer
        row = StripeCustomer.objects.get(user=person)
        assert (row.stripe_id, row.asked_with) == (None, EMAIL)
        [made] = gateway.find_customers(key=row.key, email=EMAIL)
        other = gateway.create_customer(key=uuid4(), email=EMAIL, name="B", user_id=person.pk)
        assert forget(leaves(person)).done_at
        assert at_stripe(made).deleted is True
        assert at_stripe(other).email == EMAIL
        assert StripeCustomer.objects.get(user=person).asked_with == ""

    def test_who_never_paid_has_nothing_there(self, standin):
        assert forget(leaves(StudentFactory())).done_at


class TestCopies:
    def test_inbox_and_mirror_lose_the_payer_and_keep_the_payment(self, standin, client, drain):
        payment = paid(standin)
        standin.deliver_to(client)
        drain()
        assert {("payments_stripeevent", "payload"), ("djstripe_charge", "stripe_data"),
                ("djstripe_customer", "email"), ("djstripe_event", "data")} <= traces()  # fmt: skip
        leaves(payment.escrow.payer)
        drain()
        assert traces() == set()
        assert mirror.Charge.objects.get(id=payment.charge_id).stripe_data["amount"] == 48000
        assert StripeEvent.objects.about([payment.charge_id]).exists()

    def test_a_payer_without_a_customer_is_found_by_the_payment(self, standin, client, drain):
        standin.post("fail", mode="500_before", path_contains="/v1/customers")
        payment = paid(standin)
        assert StripeCustomer.objects.get().stripe_id is None
        standin.deliver_to(client)
        drain()
        assert ("djstripe_paymentmethod", "stripe_data") in traces()
        leaves(payment.escrow.payer)
        drain()
        assert traces() == set()

    def test_a_coach_is_forgotten_and_the_payer_is_not(self, standin, client, drain):
        escrow = make_escrow(payer=StudentFactory(name="Ann Payer", email="ann@example.com"))
        pay(escrow, standin, now=the_clock.now())
        coach = escrow.payee
        type(coach).objects.filter(pk=coach.pk).update(email=EMAIL)
        coach.refresh_from_db()
        onboard(coach, standin, now=the_clock.now())
        standin.deliver_to(client)
        drain()
        assert ("djstripe_account", "stripe_data") in traces()
        leaves(coach)
        drain()
        assert traces() == set()
        assert mirror.Customer.objects.get().email == "ann@example.com"

    def test_words_of_stripe_stay_even_when_somebody_is_called_so(self):
        person, now = StudentFactory(name="usd"), the_clock.now()
        StripeCustomer.objects.create(user=person, stripe_id="cus_usd")
        told = {"customer": "cus_usd", "currency": "usd", "name": "usd"}
        event = StripeEvent.objects.create(
            event_id="evt_usd", type="charge.succeeded", payload={"object": told}, received_at=now, due_at=now
        )
        _empty_copies(person)
        event.refresh_from_db()
        assert event.payload == {"object": {"customer": "cus_usd", "currency": "usd", "name": None}}


def plan_of(query):
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE payments_stripeevent")
    return query.explain()


def fill_inbox(count):
    """As many events of other people as a busy month brings."""
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO payments_stripeevent
            (event_id, type, account, payload, received_at, due_at, handled_at, mirrored_at, tries, last_error)
            SELECT 'evt_' || n, 'charge.succeeded', '', jsonb_build_object('id', 'evt_' || n, 'object', 'event',
            'data', jsonb_build_object('object', jsonb_build_object('id', 'ch_' || n, 'customer', 'cus_' || n,
            'payment_intent', 'pi_' || n, 'billing_details', jsonb_build_object('email', n || '@example.com')))),
            now(), now(), now(), now(), 1, '' FROM generate_series(1, %s) AS n""",
            [count],
        )


class TestCost:
    def test_the_database_and_we_read_the_same_ids(self):
        fill_inbox(1)
        told = {"id": "evt_x", "account": "acct_1", "deep": [[{"customer": "cus_1"}], "pi_1"], "no": "usd", "n": 7}
        told |= {"key": "961dd1ca-d2e7-4a72-83f0-b5340bb1a713", "url": "https://example.com/cs_1", "nothing": None}
        StripeEvent.objects.update(payload=told)
        ids = {"acct_1", "cus_1", "pi_1", "961dd1ca-d2e7-4a72-83f0-b5340bb1a713"}
        assert whose(told) == ids
        assert set(StripeEvent.objects.values_list(Words("payload"), flat=True).get()) == ids

    def test_a_persons_events_are_found_by_index(self):
        fill_inbox(3000)
        found = StripeEvent.objects.about(["cus_7", "pi_9"])
        assert "Bitmap Index Scan on stripe_event_whose" in plan_of(found.values("pk"))
        assert set(found.values_list("event_id", flat=True)) == {"evt_7", "evt_9"}

    def test_the_mirror_is_searched_by_columns_that_have_an_index(self):
        with connection.cursor() as cursor:
            for model in apps.get_app_config("djstripe").get_models():
                indexes = connection.introspection.get_constraints(cursor, model._meta.db_table).values()
                first = {each["columns"][0] for each in indexes if each["index"] and each["columns"]}
                assert {model._meta.get_field(name).column for name in _links(model)} <= first, model.__name__

    @pytest.mark.deep
    def test_in_a_full_inbox_one_person_is_forgotten_as_quickly_as_in_an_empty_one(self, standin):
        fill_inbox(200_000)
        person = StudentFactory()
        StripeCustomer.objects.create(user=person, stripe_id="cus_77777")
        found = StripeEvent.objects.about(["cus_77777"])
        assert "Bitmap Index Scan on stripe_event_whose" in plan_of(found.values("pk"))
        began = time.monotonic()
        _empty_copies(person)
        assert time.monotonic() - began < 1
        assert found.get().payload["data"]["object"]["billing_details"] is None

    def test_the_erasure_itself_asks_nothing_of_inbox_and_mirror(self):
        person = StudentFactory()
        with CaptureQueriesContext(connection) as asked:
            plan_forgetting(person, now=the_clock.now())
        assert not [each for each in asked if "stripeevent" in each["sql"] or "djstripe" in each["sql"]]
