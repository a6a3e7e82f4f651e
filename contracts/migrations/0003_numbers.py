from django.db import migrations


class Migration(migrations.Migration):
    """The sequence that gives each contract its number; gaps are fine, the same number twice is not."""

    dependencies = [("contracts", "0002_initial")]

    operations = [migrations.RunSQL("CREATE SEQUENCE contract_number", "DROP SEQUENCE contract_number")]
