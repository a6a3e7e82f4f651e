"""What support and finance need to look at how sessions went, and to decide about it."""

from importlib import import_module

from django.db import migrations

MORE = {
    "support": {
        "scheduling": {
            "session": ["change"],
            "participant": ["view"],
            "problem": ["view", "change"],
            "move": ["view"],
            "reminder": ["view"],
            "timeclaim": ["view"],
        },
        "contracts": {"mark": ["view", "change"], "sanction": ["view", "change"]},
    },
    "finance": {
        "scheduling": {"session": ["view"], "participant": ["view"], "problem": ["view", "change"], "move": ["view"]},
    },
}


def permit(apps, schema_editor):
    permission = import_module("accounts.migrations.0003_first_rows").permission
    for name, floors in MORE.items():
        group, _made = apps.get_model("auth", "Group").objects.get_or_create(name=name)
        for app, models in floors.items():
            for model, verbs in models.items():
                group.permissions.add(*[permission(apps, app, model, verb) for verb in verbs])


class Migration(migrations.Migration):
    dependencies = [("accounts", "0011_hidden_coaches")]

    operations = [migrations.RunPython(permit, migrations.RunPython.noop)]
