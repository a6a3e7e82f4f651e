"""The curated list of skills with the other words people use for them, and what support may do with it."""

from importlib import import_module

from django.db import migrations
from django.utils.text import slugify

from core.words import fold

# Name: synonyms. Slugs are made of the names, so those of the first list stay.
SKILLS = {
    "languages": {
        "Arabic": "arabe, arabisch, fusha",
        "Business English": "english for work, professional english",
        "Chinese": "mandarin, chino, chinesisch, putonghua",
        "Czech": "cestina, tschechisch",
        "Dutch": "nederlands, flemish, hollandisch",
        "English": "ingles, englisch, esl, efl",
        "French": "francais, franzosisch, frances",
        "German": "deutsch, aleman, daf",
        "Greek": "ellinika, griechisch",
        "Hebrew": "ivrit, hebraisch",
        "Hindi": "hindustani",
        "Italian": "italiano, italienisch",
        "Japanese": "nihongo, japones, japanisch, jlpt",
        "Korean": "hangul, koreanisch, topik",
        "Latin": "latein",
        "Polish": "polski, polnisch",
        "Portuguese": "portugues, brazilian portuguese, portugiesisch",
        "Pronunciation": "accent, phonetics, aussprache",
        "Russian": "russkij, russisch, ruso",
        "Sign language": "asl, bsl, gebardensprache",
        "Spanish": "espanol, castellano, spanisch, dele",
        "Swahili": "kiswahili",
        "Swedish": "svenska, schwedisch",
        "Turkish": "turkce, turkisch",
        "Ukrainian": "ukrainska",
    },
    "technology": {
        "Artificial intelligence": "ai, large language models, llm, prompting",
        "C": "ansi c",
        "C++": "cpp",
        "C#": "csharp, dotnet, .net",
        "Cloud computing": "aws, azure, gcp",
        "Computer basics": "computer literacy, pc",
        "Cybersecurity": "security, infosec, pentesting",
        "Data analysis": "analytics, pandas, datenanalyse",
        "Databases": "database, postgres, postgresql, mysql",
        "Design": "graphic design, ux, ui, figma",
        "DevOps": "docker, kubernetes, ci",
        "Django": "django rest framework, drf",
        "Electronics": "arduino, raspberry pi",
        "Excel": "spreadsheets, google sheets, vba",
        "Game development": "unity, unreal, godot",
        "Git": "version control",
        "Go": "golang",
        "Java": "jvm, spring",
        "JavaScript": "js, ecmascript, node",
        "Linux": "unix, shell, bash",
        "Machine learning": "ml, deep learning, neural networks, scikit-learn",
        "Mobile apps": "android, ios, flutter",
        "PHP": "laravel, symfony",
        "Python": "py, python3",
        "React": "reactjs, next.js",
        "Ruby": "rails, ruby on rails",
        "Rust": "rustlang",
        "SQL": "structured query language, queries",
        "TypeScript": "ts",
        "Web development": "html, css, frontend, webdev",
    },
    "business": {
        "Accounting": "bookkeeping, buchhaltung, contabilidad",
        "Career change": "career, career coaching, new job",
        "Copywriting": "advertising copy",
        "Entrepreneurship": "startup, startups, founding a company",
        "Exam preparation": "exams, exam, test preparation",
        "Interview preparation": "job interview, interviews",
        "Leadership": "management, team lead, fuhrung",
        "Marketing": "seo, social media, advertising",
        "Negotiation": "negotiating, salary",
        "Personal finance": "budgeting, investing, saving money",
        "Presentation": "slides, powerpoint",
        "Product management": "product manager, product owner",
        "Project management": "scrum, agile, pmp, kanban",
        "Public speaking": "speaking, rhetoric, speeches, toastmasters",
        "Sales": "selling, ventas",
        "Time management": "productivity, organisation",
        "Writing": "editing, essays, academic writing",
    },
    "music": {
        "Bass guitar": "bass, electric bass",
        "Cello": "violoncello",
        "Clarinet": "klarinette",
        "Drums": "percussion, drumming, schlagzeug, bateria",
        "Flute": "flauta, querflote",
        "Guitar": "guitarra, gitarre, acoustic guitar",
        "Harmonica": "mouth organ, blues harp",
        "Music production": "ableton, mixing, logic pro",
        "Music theory": "harmony, ear training, solfege",
        "Piano": "keyboard, klavier",
        "Saxophone": "sax, saxofon",
        "Singing": "voice, vocals, gesang, canto",
        "Songwriting": "composing, lyrics",
        "Trumpet": "trompete, trompeta",
        "Ukulele": "uke",
        "Violin": "fiddle, geige",
    },
    "arts": {
        "Acting": "drama, theatre",
        "Animation": "motion design, blender",
        "Calligraphy": "lettering, handwriting",
        "Ceramics": "pottery, clay",
        "Creative writing": "fiction, poetry, storytelling",
        "Crochet": "hakeln",
        "Drawing": "sketching, illustration, zeichnen, dibujo",
        "Knitting": "stricken, wool",
        "Oil painting": "oils",
        "Photography": "photo, camera, lightroom, fotografia",
        "Sewing": "tailoring, nahen, dressmaking",
        "Video editing": "premiere, davinci resolve, film editing",
        "Watercolour": "watercolor, aquarelle, acuarela, aquarell",
        "Woodwork": "woodworking, carpentry, joinery",
    },
    "science": {
        "Algebra": "linear algebra",
        "Astronomy": "stargazing",
        "Biology": "biologie, biologia",
        "Calculus": "analysis, derivatives, integrals",
        "Chemistry": "chemie, quimica",
        "Economics": "microeconomics, macroeconomics",
        "Geometry": "trigonometry",
        "History": "historia, geschichte",
        "Mathematics": "maths, math, mathe, matematicas",
        "Philosophy": "logic, ethics",
        "Physics": "physik, fisica, mechanics",
        "Psychology": "psychologie",
        "Statistics": "stats, probability, r",
    },
    "body": {
        "Dance": "salsa, ballet, tango, tanz",
        "Fitness": "gym, strength training, workout",
        "Martial arts": "judo, karate, boxing",
        "Meditation": "mindfulness, breathing",
        "Nutrition": "diet, healthy eating",
        "Pilates": "core training",
        "Running": "jogging, marathon",
        "Swimming": "schwimmen, natacion",
        "Yoga": "hatha, vinyasa",
    },
    "home": {
        "Baking": "bread, sourdough, cakes, backen",
        "Chess": "schach, ajedrez",
        "Cooking": "kochen, cocina, cuisine",
        "Dog training": "dogs, puppy",
        "Gardening": "garden, plants, vegetables",
        "Home repair": "diy, handyman",
        "Parenting": "children, babies",
        "Wine tasting": "wine, sommelier",
    },
}
MORE_FOR_SUPPORT = {
    "accounts": {"skillsynonym": ["view", "add", "change", "delete"]},
    "marketplace": {"invitation": ["view"], "terms": ["view"]},
    "scheduling": {"freetime": ["view"]},
}


def fill(apps, schema_editor):
    skill, synonym = apps.get_model("accounts", "Skill"), apps.get_model("accounts", "SkillSynonym")
    for category, skills in SKILLS.items():
        rows = [skill(name=name, slug=slug_of(name), category=category) for name in skills]
        skill.objects.bulk_create(rows, ignore_conflicts=True)
        skill.objects.filter(slug__in=[row.slug for row in rows]).update(category=category)
    known = dict(skill.objects.values_list("slug", "pk"))
    words = {fold(word): known.get(slug_of(name)) for skills in SKILLS.values() for name, word in pairs(skills)}
    synonym.objects.bulk_create(
        [synonym(word=word, skill_id=pk) for word, pk in words.items() if pk], ignore_conflicts=True
    )
    let_support_edit(apps)


def slug_of(name):
    return {"C++": "c-plus-plus", "C#": "c-sharp"}.get(name) or slugify(name)


def pairs(skills):
    return [(name, word) for name, words in skills.items() for word in words.split(", ")]


def let_support_edit(apps):
    permission = import_module("accounts.migrations.0003_first_rows").permission
    support, _made = apps.get_model("auth", "Group").objects.get_or_create(name="support")
    for app, models in MORE_FOR_SUPPORT.items():
        for model, verbs in models.items():
            support.permissions.add(*[permission(apps, app, model, verb) for verb in verbs])


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_people_rows"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
