"""The students and the staff of the demo: what they would write of themselves if they signed up."""

from dataclasses import dataclass

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
