"""The groups of staff with what they may do, and the skills to begin with."""

from django.db import migrations
from django.utils.text import slugify

GROUPS = {
    "support": {
        "accounts": {
            "user": ["view"],
            "coachprofile": ["view", "change"],
            "studentprofile": ["view"],
            "relation": ["view"],
            "skill": ["view", "add", "change"],
        },
        "marketplace": {"learningrequest": ["view"], "proposal": ["view"]},
        "scheduling": {"session": ["view"], "calendar": ["view"]},
        "contracts": {"contract": ["view"], "booking": ["view"], "review": ["view"]},
        "payments": {"payment": ["view"], "refund": ["view"], "escrow": ["view"], "portion": ["view"]},
        "notifications": {"notification": ["view"]},
        "core": {"event": ["view"], "outgoingmail": ["view"]},
    },
    "finance": {
        "accounts": {"user": ["view"]},
        "contracts": {"contract": ["view"], "booking": ["view"]},
        "payments": {
            "escrow": ["view"],
            "portion": ["view"],
            "payment": ["view"],
            "transfer": ["view"],
            "refund": ["view", "add", "change"],
            "ledgeraccount": ["view"],
            "ledgerentry": ["view"],
            "connectaccount": ["view"],
            "stripeevent": ["view"],
            "incident": ["view", "change"],
        },
        "core": {"event": ["view"]},
    },
}
SKILLS = [
    "Accounting", "Arabic", "Baking", "Business English", "Calligraphy", "Career change", "Chess", "Chinese",
    "Cooking", "Creative writing", "Data analysis", "Design", "Django", "Drawing", "Drums", "English", "Excel",
    "Fitness", "French", "Gardening", "German", "Guitar", "Interview preparation", "Italian", "Japanese",
    "JavaScript", "Knitting", "Leadership", "Machine learning", "Marketing", "Mathematics", "Music theory",
    "Negotiation", "Photography", "Physics", "Piano", "Portuguese", "Presentation", "Product management",
    "Public speaking", "Python", "Sewing", "Singing", "Spanish", "SQL", "Statistics", "Video editing", "Violin",
    "Watercolour", "Web development", "Woodwork", "Yoga",
]  # fmt: skip


def fill(apps, schema_editor):
    make_groups(apps)
    skill = apps.get_model("accounts", "Skill")
    skill.objects.bulk_create([skill(name=name, slug=slugify(name)) for name in SKILLS], ignore_conflicts=True)


def make_groups(apps):
    """Permissions are made after all migrations; these are made now, under the same names, and found then."""
    for name, floors in GROUPS.items():
        group, _made = apps.get_model("auth", "Group").objects.get_or_create(name=name)
        for app, models in floors.items():
            for model, verbs in models.items():
                group.permissions.add(*[permission(apps, app, model, verb) for verb in verbs])


def permission(apps, app, model, verb):
    kind, _made = apps.get_model("contenttypes", "ContentType").objects.get_or_create(app_label=app, model=model)
    return apps.get_model("auth", "Permission").objects.get_or_create(
        content_type=kind, codename=f"{verb}_{model}", defaults={"name": f"Can {verb} {model}"}
    )[0]


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_offers"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
