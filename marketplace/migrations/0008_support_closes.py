"""Support may close a request that should not be here, and read who was invited and what was saved."""

from importlib import import_module

from django.db import migrations

FOR_SUPPORT = {"learningrequest": ["change"], "invitation": ["view"], "savedrequest": ["view"]}


def let_support(apps, schema_editor):
    permission = import_module("accounts.migrations.0003_first_rows").permission
    support, _made = apps.get_model("auth", "Group").objects.get_or_create(name="support")
    for model, verbs in FOR_SUPPORT.items():
        support.permissions.add(*[permission(apps, "marketplace", model, verb) for verb in verbs])


class Migration(migrations.Migration):
    dependencies = [("marketplace", "0007_search_indexes"), ("accounts", "0006_curated_skills")]

    operations = [migrations.RunPython(let_support, migrations.RunPython.noop)]
