"""Sessions of contracts that are there already get the numbers of their bookings."""

from django.db import migrations

NUMBER = """
    UPDATE scheduling_session
    SET number = contracts_booking.number, out_of = contracts_contract.session_count
    FROM contracts_booking
    JOIN contracts_contract ON contracts_contract.id = contracts_booking.contract_id
    WHERE contracts_booking.session_id = scheduling_session.id AND contracts_contract.kind = 'contract'
"""


class Migration(migrations.Migration):
    dependencies = [("contracts", "0008_support_calls_off"), ("scheduling", "0011_numbers_of_sessions")]

    operations = [migrations.RunSQL(NUMBER, migrations.RunSQL.noop)]
