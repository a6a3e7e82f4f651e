"""Support may call a contract off that is not paid yet."""

from importlib import import_module

from django.db import migrations


def let_support(apps, schema_editor):
    permission = import_module("accounts.migrations.0003_first_rows").permission
    support, _made = apps.get_model("auth", "Group").objects.get_or_create(name="support")
    support.permissions.add(permission(apps, "contracts", "contract", "change"))


class Migration(migrations.Migration):
    dependencies = [("contracts", "0007_cancellations"), ("accounts", "0006_curated_skills")]

    operations = [migrations.RunPython(let_support, migrations.RunPython.noop)]
