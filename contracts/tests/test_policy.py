from datetime import UTC, datetime

from contracts import policy

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def test_contract_numbers_have_the_year_and_six_digits():
    assert policy.number(2026, 42) == "SKZ-2026-000042"


def test_a_coach_has_seven_days_to_answer():
    assert policy.answer_due(NOON, policy.terms_of_today(NOON)) == datetime(2026, 11, 27, 12, tzinfo=UTC)
    assert policy.answer_due(NOON, {"awaiting_coach_days": 2}) == datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_a_student_has_the_days_of_their_contract_to_pay():
    assert policy.payment_due(NOON, {"awaiting_payment_days": 3}) == datetime(2026, 11, 23, 12, tzinfo=UTC)


def test_a_change_of_the_numbers_leaves_old_contracts_alone(settings):
    terms = policy.terms_of_today(NOON)
    settings.POLICY = {**settings.POLICY, "review_days": 1}
    assert policy.review_due(NOON, terms) == datetime(2026, 12, 4, 12, tzinfo=UTC)
