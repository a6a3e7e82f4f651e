"""What staff call off above a limit waits for a second person; up to it support may, too."""

from importlib import import_module

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

MORE = {
    "support": {"cancellation": ["add"], "approval": ["view"]},
    "finance": {"cancellation": ["add"], "approval": ["view"]},
}


def permit(apps, schema_editor):
    permission = import_module("accounts.migrations.0003_first_rows").permission
    for name, models_ in MORE.items():
        group, _made = apps.get_model("auth", "Group").objects.get_or_create(name=name)
        for model, verbs in models_.items():
            group.permissions.add(*[permission(apps, "contracts", model, verb) for verb in verbs])


class Migration(migrations.Migration):

    dependencies = [
        ('contracts', '0009_numbers_of_sessions'),
        ('scheduling', '0011_numbers_of_sessions'),
        ('accounts', '0012_support_settles'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Approval',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('open', 'waits for a second person'), ('given', 'called off'), ('refused', 'not called off')], default='open', max_length=10)),
                ('back_cents', models.PositiveIntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('reason', models.CharField(blank=True, max_length=500, verbose_name='reason')),
                ('asked_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('contract', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='approvals', to='contracts.contract')),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('session', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='approvals', to='scheduling.session')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('contract', None), ('session__isnull', False)), models.Q(('contract__isnull', False), ('session', None)), _connector='OR'), name='approval_is_about_one_thing'), models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('session',), name='one_open_approval_per_session'), models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('contract',), name='one_open_approval_per_contract')],
            },
        ),
        migrations.RunPython(permit, migrations.RunPython.noop),
    ]
