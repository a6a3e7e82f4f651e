"""The coaches of the demo: what they would fill in, step by step."""

from dataclasses import dataclass, field
from typing import Any

from demo.seed.people import ALWAYS, DAYS, EVENINGS, MORNINGS, WEEKEND


@dataclass(frozen=True)
class Coach:
    """Somebody who teaches; the rate is in the smallest unit of the currency.

    An entry is "what | where | from-to | a few words", a link "what | address | a few words", a language "es native".
    """

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
    goal: str = ""
    experience: tuple[str, ...] = ()
    education: tuple[str, ...] = ()
    portfolio: tuple[str, ...] = ()
    hours: list[tuple[int, int, int]] = field(default_factory=list)
    state: str = "approved"
    is_payable: bool = True
    wish: dict[str, Any] = field(default_factory=dict)  # a change that waits for approval

    def document(self) -> dict[str, Any]:
        """The sections as the wizard takes them."""
        return {
            "goal": self.goal,
            "skills": list(self.skills),
            "experience": [dated(each) for each in self.experience],
            "education": [dated(each) for each in self.education],
            "portfolio": [shown(each) for each in self.portfolio],
            "languages": [
                dict(zip(("code", "level"), each.split(), strict=True)) for each in self.languages.split(", ")
            ],
            "headline": self.headline,
            "bio": self.bio,
        }


def dated(line: str) -> dict[str, Any]:
    title, organisation, years, text = [part.strip() for part in line.split("|")]
    starts, ends = years.split("-")
    period = {"from_year": int(starts), "to_year": int(ends) if ends else None}
    return {"title": title, "organisation": organisation, "text": text} | period


def shown(line: str) -> dict[str, Any]:
    return dict(zip(("title", "url", "text"), [part.strip() for part in line.split("|")], strict=True))


COACHES = [
    Coach(
        key="lucia",
        name="Lucía Fernández",
        country="ES",
        time_zone="Europe/Madrid",
        currency="usd",
        rate=6000,
        skills=("Spanish", "Pronunciation"),
        headline="Conversational Spanish for travel and work",
        bio="Native speaker from Valencia. We talk, I note your mistakes, and you get a one-page summary after each "
        "session.\n\nBefore we begin I ask what you need on your first day there, and we build from that: the market, "
        "the landlord, the office. No textbook until you ask for one.",
        languages="es native, en c2, ca c1",
        goal="You come with school Spanish, or none, and leave able to hold a conversation without translating.",
        experience=(
            "Spanish coach | on my own | 2016- | Mostly one to one: travellers, nurses, people who move here.",
            "City guide | Ajuntament de València | 2011-2016 | Walks in three languages, up to thirty people.",
        ),
        education=("Philology | Universitat de València | 2006-2011 | Spanish as a foreign language.",),
        portfolio=(
            "Grammar in pictures | https://github.com/lucia-teaches/grammar | Forty pages, free to print.",
            "Ten minutes of slow Spanish | https://www.youtube.com/@lucia-teaches | A new one each Monday.",
        ),
        hours=DAYS + WEEKEND,
    ),
    Coach(
        key="daniel",
        name="Daniel Okafor",
        country="NG",
        time_zone="Africa/Lagos",
        currency="usd",
        rate=5500,
        skills=("Python", "Django", "Career change"),
        headline="Python, Django and your first production app",
        bio="Ten years of backend work. Bring your own project; we ship it together, one small slice at a time.\n\n"
        "I read your code before each session and leave comments in it, so that we talk about what matters.",
        languages="en native, fr b1",
        goal="You have finished the tutorials. I help you to build and run something of your own.",
        experience=(
            "Backend engineer | Paystream, Lagos | 2017- | Payments for forty thousand shops, in Django.",
            "Developer | Freelance | 2014-2017 | Clinics, schools, a radio station.",
        ),
        education=("Computer science | University of Lagos | 2009-2013 | Thesis on scheduling of buses.",),
        portfolio=("Talks and code | https://github.com/dokafor | Small libraries, all with tests.",),
        hours=EVENINGS + WEEKEND,
    ),
    Coach(
        key="mei",
        name="Mei Tanaka",
        country="JP",
        time_zone="Asia/Tokyo",
        currency="usd",
        rate=2800,
        skills=("Watercolour", "Drawing"),
        headline="Watercolour from first wash to finished print",
        bio="Relaxed, structured lessons for beginners, with a list of materials under $25 and homework you will want to "
        "do.",
        languages="ja native, en b2",
        goal="You stop being afraid of the white sheet.",
        experience=("Illustrator | Children's books | 2012- | Eleven books, two prizes.",),
        education=("Painting | Kyoto City University of Arts | 2006-2010 | ",),
        portfolio=("Sketchbooks | https://www.instagram.com/mei.tanaka.paints | One sheet a day.",),
        hours=DAYS + WEEKEND,
    ),
    Coach(
        key="tomas",
        name="Tomáš Novák",
        country="CZ",
        time_zone="Europe/Prague",
        currency="eur",
        rate=4000,
        skills=("Guitar", "Music theory"),
        headline="Jazz guitar: comping, voice-leading, improvising",
        bio="Touring musician. Every session ends with a backing track made for you, to play with until we meet again.",
        languages="cs native, en c1, de b2",
        goal="You know the chords; together we find out why they move.",
        experience=(
            "Guitarist | Novák Trio | 2010- | Sixty concerts a year between Prague and Lisbon.",
            "Teacher | Jaroslav Ježek Conservatory | 2015-2021 | Improvisation for guitarists.",
        ),
        education=("Jazz guitar | Conservatory of Prague | 2004-2010 | ",),
        portfolio=("Live recordings | https://soundcloud.com/novak-trio | Three evenings in Brno.",),
        hours=ALWAYS,
    ),
    Coach(
        key="aisha",
        name="Aisha Rahman",
        country="GB",
        time_zone="Europe/London",
        currency="usd",
        rate=4800,
        skills=("SQL", "Data analysis", "Statistics"),
        headline="Data analysis with SQL and pandas",
        bio="From spreadsheets to notebooks in six sessions, using your company’s own questions instead of made-up ones.",
        languages="en native, bn native",
        goal="You answer questions about your own numbers without waiting for anybody.",
        experience=("Data analyst | A hospital trust in Leeds | 2015- | Waiting times, and what shortens them.",),
        education=("Statistics | University of Leeds | 2011-2015 | First class.",),
        portfolio=("Notebooks | https://www.kaggle.com/aisharahman | Explained line by line.",),
        hours=ALWAYS,
    ),
    Coach(
        key="jonas",
        name="Jonas Weber",
        country="DE",
        time_zone="Europe/Berlin",
        currency="eur",
        rate=3000,
        skills=("German", "Exam preparation"),
        headline="German from B1 to B2: exam preparation",
        bio="Mock exams, the grammar that is really asked for, and honest feedback about when you are ready to book the "
        "test.",
        languages="de native, en c1",
        goal="You pass, and you can still speak the week after.",
        experience=("Examiner | telc | 2018- | B1 and B2.",),
        education=("German as a foreign language | Humboldt-Universität | 2012-2017 | ",),
        hours=ALWAYS,
    ),
    Coach(
        key="ines",
        name="Inês Carvalho",
        country="PT",
        time_zone="Europe/Lisbon",
        currency="eur",
        rate=4500,
        skills=("Public speaking", "Presentation"),
        headline="Speak so that people want to listen",
        bio="Actress and trainer. We work on your next real talk, from the first sentence to what your hands do "
        "meanwhile.",
        languages="pt native, en c2, it b2",
        goal="You walk on stage because you want to.",
        experience=("Actress | Teatro da Cornucópia | 2008-2016 | ",),
        education=("Acting | Escola Superior de Teatro | 2004-2008 | ",),
        hours=DAYS,
        wish={
            "bio": "Actress and trainer. We work on your next real talk, from the first sentence to the last question "
            "from the audience.",
            "portfolio": [shown("A talk of mine | https://vimeo.com/ines-carvalho | Twelve minutes on silence.")],
        },
    ),
    Coach(
        key="rafael",
        name="Rafael Costa",
        country="BR",
        time_zone="America/Sao_Paulo",
        currency="usd",
        rate=3500,
        skills=("Guitar", "Portuguese"),
        headline="Bossa nova guitar, and the songs to go with it",
        bio="I teach the right hand first. After eight weeks you accompany yourself through a whole evening of songs.",
        languages="pt native, en c1",
        goal="You play for your friends.",
        experience=("Musician | Bars of Vila Madalena | 2009- | Four nights a week.",),
        portfolio=("Songs | https://soundcloud.com/rafael-costa | Played at home.",),
        hours=EVENINGS + WEEKEND,
    ),
    Coach(
        key="ruth",
        name="Ruth Goldberg",
        country="US",
        time_zone="America/New_York",
        currency="usd",
        rate=7000,
        skills=("Writing", "English"),
        headline="Clear English for letters, reports and talks",
        bio="Editor for twenty years. You write, I mark what a reader stumbles over, and we repair it together.",
        languages="en native, he b2",
        goal="Your readers reach the last line.",
        experience=("Editor | A science magazine | 2004- | Physics and medicine.",),
        education=("Journalism | Columbia University | 2001-2003 | ",),
        portfolio=("Essays | https://medium.com/@ruth-goldberg | On sentences.",),
        hours=MORNINGS,
        is_payable=False,
    ),
    Coach(
        key="nadia",
        name="Nadia Haddad",
        country="MA",
        time_zone="Africa/Casablanca",
        currency="eur",
        rate=3500,
        skills=("French", "Arabic"),
        headline="French and Arabic over a glass of tea",
        bio="We talk about your week, first in the one language and then in the other, and I write down what was missing.",
        languages="ar native, fr c2, en b2",
        goal="You say in both languages what you would say in your own.",
        experience=("Interpreter | Casablanca airport | 2015- | At all hours.",),
        education=("Translation | King Fahd School, Tangier | 2010-2014 | ",),
        hours=DAYS,
        is_payable=False,
    ),
    Coach(
        key="samuel",
        name="Samuel Mwangi",
        country="KE",
        time_zone="Africa/Nairobi",
        currency="usd",
        rate=3200,
        skills=("Mathematics", "Calculus", "Exam preparation"),
        headline="Calculus that finally makes sense",
        bio="I draw before I calculate. You bring the problems of your course and leave with the idea behind them.",
        languages="en c2, sw native",
        goal="You see what the formula says before you use it.",
        experience=("Lecturer | University of Nairobi | 2013- | First-year mathematics.",),
        education=("Mathematics | University of Nairobi | 2005-2011 | ",),
        hours=DAYS,
        state="submitted",
        is_payable=False,
    ),
    Coach(
        key="elena",
        name="Elena Petrova",
        country="BG",
        time_zone="Europe/Sofia",
        currency="eur",
        rate=2500,
        skills=("Drawing",),
        headline="Portraits in pencil",
        bio="Portraits.",
        languages="bg native",
        state="rejected",
        is_payable=False,
    ),
    Coach(
        key="kofi",
        name="Kofi Boateng",
        country="GH",
        time_zone="Africa/Accra",
        currency="usd",
        rate=3000,
        skills=("Drums",),
        headline="",
        bio="",
        languages="en native",
        goal="We begin with walking and end with a groove that you can hold for ten minutes.",
        state="draft",
        is_payable=False,
    ),
]
