"""The people of the demo: what they would write of themselves if they signed up."""

from dataclasses import dataclass, field

DOMAIN = "skileez.example"
PASSWORD = "learn-with-people"  # noqa: S105 - everybody may know it

EVENINGS = [(day, 17, 22) for day in range(5)]
DAYS = [(day, 9, 17) for day in range(5)]
MORNINGS = [(day, 6, 12) for day in range(6)]
WEEKEND = [(day, 10, 18) for day in (5, 6)]
ALWAYS = [(day, 0, 24) for day in range(7)]


@dataclass(frozen=True)
class Staff:
    """Somebody who works at Skileez."""

    key: str
    name: str
    groups: tuple[str, ...] = ()
    is_superuser: bool = False


@dataclass(frozen=True)
class Student:
    """Somebody who wants to learn."""

    key: str
    name: str
    country: str
    time_zone: str
    about: str
    born_on: str
    languages: str  # codes with levels, as in "en c1, es a2"


@dataclass(frozen=True)
class Coach:
    """Somebody who teaches; the rate is in the smallest unit of the currency."""

    key: str
    name: str
    country: str
    time_zone: str
    currency: str
    rate: int
    skills: tuple[str, ...]
    headline: str
    bio: str
    languages: str
    hours: list[tuple[int, int, int]] = field(default_factory=list)
    state: str = "approved"
    is_payable: bool = True


STAFF = [
    Staff("admin", "Nora Lindqvist", is_superuser=True),
    Staff("finance", "Paul Mercier", groups=("finance",)),
    Staff("support", "Grace Odhiambo", groups=("support",)),
]

STUDENTS = [
    Student(
        "anna",
        "Anna Kowalska",
        "GB",
        "Europe/London",
        "I move to Valencia in spring and want to feel at home.",
        "1991-03-14",
        "pl native, en c2, es a2",
    ),
    Student(
        "marcus",
        "Marcus Bell",
        "US",
        "America/New_York",
        "A nurse who wants to build tools for my ward.",
        "1984-07-30",
        "en native",
    ),
    Student(
        "priya",
        "Priya Raman",
        "IN",
        "Asia/Kolkata",
        "I analyse sales in spreadsheets and want to do more.",
        "1995-11-02",
        "ta native, en c2, hi c1",
    ),
    Student(
        "emre",
        "Emre Yıldız",
        "DE",
        "Europe/Berlin",
        "I play in a band and want to understand what I play.",
        "1998-01-21",
        "tr native, de native, en b2",
    ),
    Student(
        "chloe",
        "Chloé Martin",
        "FR",
        "Europe/Paris",
        "Painting is my way to rest; I would like to do it well.",
        "1979-05-09",
        "fr native, en b1",
    ),
    Student(
        "liam",
        "Liam O’Connor",
        "IE",
        "Europe/Dublin",
        "I have an exam in June and a job until then.",
        "2007-09-18",
        "en native, ga b1",
    ),
    Student(
        "sofia",
        "Sofia Rossi",
        "IT",
        "Europe/Rome",
        "I speak in front of people more often than I like.",
        "1988-12-01",
        "it native, en c1",
    ),
    Student(
        "ben",
        "Ben Adeyemi",
        "CA",
        "America/Toronto",
        "Father of two, learning between eight and ten.",
        "1982-02-26",
        "en native, fr b1",
    ),
    Student(
        "hana",
        "Hana Suzuki",
        "JP",
        "Asia/Tokyo",
        "I want to write letters to my host family.",
        "2001-06-06",
        "ja native, en b1",
    ),
    Student(
        "oscar",
        "Óscar Vidal",
        "ES",
        "Europe/Madrid",
        "I have just arrived here and am looking around.",
        "1990-10-12",
        "es native, en b2",
    ),
]

COACHES = [
    Coach(
        "lucia",
        "Lucía Fernández",
        "ES",
        "Europe/Madrid",
        "usd",
        6000,
        ("Spanish", "Pronunciation"),
        "Conversational Spanish for travel and work",
        "Native speaker from Valencia. We talk, I note your mistakes, and you get a one-page summary after each session.",
        "Spanish, English",
        DAYS + WEEKEND,
    ),
    Coach(
        "daniel",
        "Daniel Okafor",
        "NG",
        "Africa/Lagos",
        "usd",
        5500,
        ("Python", "Django", "Career"),
        "Python, Django and your first production app",
        "Ten years of backend work. Bring your own project; we ship it together, one small slice at a time.",
        "English, Igbo",
        EVENINGS + WEEKEND,
    ),
    Coach(
        "mei",
        "Mei Tanaka",
        "JP",
        "Asia/Tokyo",
        "usd",
        2800,
        ("Watercolour", "Drawing"),
        "Watercolour from first wash to finished print",
        "Relaxed, structured lessons for beginners, with a list of materials under $25 and homework you will want to do.",
        "Japanese, English",
        DAYS + WEEKEND,
    ),
    Coach(
        "tomas",
        "Tomáš Novák",
        "CZ",
        "Europe/Prague",
        "eur",
        4000,
        ("Guitar", "Music theory"),
        "Jazz guitar: comping, voice-leading, improvising",
        "Touring musician. Every session ends with a backing track made for you, to play with until we meet again.",
        "Czech, English, German",
        ALWAYS,
    ),
    Coach(
        "aisha",
        "Aisha Rahman",
        "GB",
        "Europe/London",
        "usd",
        4800,
        ("SQL", "pandas", "Statistics"),
        "Data analysis with SQL and pandas",
        "From spreadsheets to notebooks in six sessions, using your company’s own questions instead of made-up ones.",
        "English, Bengali",
        ALWAYS,
    ),
    Coach(
        "jonas",
        "Jonas Weber",
        "DE",
        "Europe/Berlin",
        "eur",
        3000,
        ("German", "Exams"),
        "German from B1 to B2: exam preparation",
        "Mock exams, the grammar that is really asked for, and honest feedback about when you are ready to book the test.",
        "German, English",
        ALWAYS,
    ),
    Coach(
        "ines",
        "Inês Carvalho",
        "PT",
        "Europe/Lisbon",
        "eur",
        4500,
        ("Public speaking", "Career"),
        "Speak so that people want to listen",
        "Actress and trainer. We work on your next real talk, from the first sentence to what your hands do meanwhile.",
        "Portuguese, English, Italian",
        DAYS,
    ),
    Coach(
        "rafael",
        "Rafael Costa",
        "BR",
        "America/Sao_Paulo",
        "usd",
        3500,
        ("Guitar", "Portuguese"),
        "Bossa nova guitar, and the songs to go with it",
        "I teach the right hand first. After eight weeks you accompany yourself through a whole evening of songs.",
        "Portuguese, English",
        EVENINGS + WEEKEND,
    ),
    Coach(
        "ruth",
        "Ruth Goldberg",
        "US",
        "America/New_York",
        "usd",
        7000,
        ("Writing", "English"),
        "Clear English for letters, reports and talks",
        "Editor for twenty years. You write, I mark what a reader stumbles over, and we repair it together.",
        "English, Hebrew",
        MORNINGS,
        is_payable=False,
    ),
    Coach(
        "samuel",
        "Samuel Mwangi",
        "KE",
        "Africa/Nairobi",
        "usd",
        3200,
        ("Mathematics", "Exams"),
        "Calculus that finally makes sense",
        "I draw before I calculate. You bring the problems of your course and leave with the idea behind them.",
        "English, Swahili",
        DAYS,
        state="submitted",
        is_payable=False,
    ),
    Coach(
        "elena",
        "Elena Petrova",
        "BG",
        "Europe/Sofia",
        "eur",
        2500,
        ("Drawing",),
        "Portraits in pencil",
        "Portraits.",
        "Bulgarian",
        [],
        state="rejected",
        is_payable=False,
    ),
    Coach(
        "kofi",
        "Kofi Boateng",
        "GH",
        "Africa/Accra",
        "usd",
        3000,
        ("Drums",),
        "Rhythm for people who think they have none",
        "We begin with walking and end with a groove that you can hold for ten minutes.",
        "English, Twi",
        [],
        state="draft",
        is_payable=False,
    ),
]
