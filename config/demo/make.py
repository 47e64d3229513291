#!/usr/bin/env python3
"""Makes the demo's plan: 37 municipalities, 8 topics in three languages, 250 agents. The same plan each time.

    python3 config/demo/make.py          writes config/demo/plan.toml
    python3 config/demo/make.py --check  says whether that file is the one that would be written
"""

import csv
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
AGENTS = 250
SEED = 20261121

# Members by kommunekode, with how large they are (agents are lent in this proportion).
MEMBERS = {
    "0101": 6, "0147": 2, "0169": 1, "0185": 1, "0217": 2, "0253": 1, "0259": 1, "0265": 2, "0316": 2, "0330": 2,
    "0370": 2, "0400": 1, "0461": 5, "0479": 1, "0492": 1, "0510": 1, "0540": 2, "0561": 3, "0573": 1, "0607": 1,
    "0615": 2, "0621": 3, "0630": 3, "0657": 2, "0661": 1, "0706": 1, "0707": 1, "0710": 1, "0727": 1, "0730": 3,
    "0740": 3, "0741": 1, "0746": 2, "0751": 6, "0787": 1, "0791": 3, "0851": 5,
}

# The first topic is what a member's own number leads to.
TOPICS = [
    ("borgerservice", "Borgerservice", "Citizen service", "Послуги для громадян"),
    ("pas", "Pas og kørekort", "Passports and driving licences", "Паспорти та водійські права"),
    ("flytning", "Flytning og folkeregister", "Moving house", "Переїзд і реєстрація"),
    ("mitid", "MitID og Digital Post", "MitID and Digital Post", "MitID і цифрова пошта"),
    ("boern", "Pasning og skole", "Child care and school", "Дитячі садки та школи"),
    ("pension", "Pension og boligstøtte", "Pension and housing benefit", "Пенсії та житлова допомога"),
    ("affald", "Affald og genbrug", "Waste and recycling", "Відходи та переробка"),
    ("sundhed", "Sundhedskort og lægevalg", "Health card and doctor", "Медична картка та лікар"),
]
LANGUAGES = [("da", "dansk"), ("en", "engelsk"), ("uk", "ukrainsk")]

# Where the citizens of some live, for the main number's question. Codes that two municipalities share are nobody's.
POSTAL_CODES = {
    "0101": ["1300-1799", "2100", "2200"], "0147": ["1800-2000"], "0400": ["3700"], "0461": ["5000"], "0561": ["6700"],
    "0730": ["8900"], "0751": ["8000"], "0851": ["9000"],
}

# Numbers of the demo: 7020 and a kommunekode is that member's own; 702010 and two digits are shared ones.
SHARED = "702010"
OWN = "7020"

FIRST_NAMES = """Anne Mette Kirsten Hanne Anna Helle Susanne Lene Maria Marianne Inge Karen Lone Camilla Charlotte Pia
Louise Tina Gitte Ida Emma Sofie Julie Cecilie Mathilde Fatima Amina Oksana Olena Layla Peter Michael Lars Jens Thomas
Henrik Søren Christian Martin Jan Morten Jesper Anders Niels Mads Rasmus Kasper Jonas Frederik Mikkel Oliver William
Emil Magnus Mohammed Ali Yusuf Andrij Bogdan Åge""".split()
LAST_NAMES = """Nielsen Jensen Hansen Andersen Pedersen Christensen Larsen Sørensen Rasmussen Jørgensen Petersen Madsen
Kristensen Olsen Thomsen Christiansen Poulsen Johansen Møller Mortensen Knudsen Holm Kjær Lund Schmidt Bach Dahl Friis
Bruun Winther Vestergaard Østergaard Toft Skov Bjerre Nørgaard Kruse Juhl Ahmed Hussain Kovalenko Shevchenko
Nguyen Kaya""".split()


class Dice:
    """Numbers that are the same on every machine."""

    def __init__(self, seed):
        self.state = seed

    def roll(self, sides):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self.state >> 33) % sides

    def chance(self, percent):
        return self.roll(100) < percent


def members():
    with open(HERE.parent / "municipalities.csv", encoding="utf-8") as file:
        names = {row["kommunekode"]: row["navn"] for row in csv.DictReader(file)}
    return [(code, names[code]) for code in MEMBERS]


def table(kind, **settings):
    def text(value):
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, int):
            return str(value)
        if isinstance(value, list):
            return "[" + ", ".join(map(text, value)) + "]"
        if isinstance(value, dict):
            return "{ " + ", ".join(f"{key} = {text(of)}" for key, of in value.items()) + " }"
        return f'"{value}"'

    return "\n".join([f"[[{kind}]]", *(f"{key} = {text(value)}" for key, value in settings.items())]) + "\n"


def calendars():
    long, friday, sunday = ["08:00-20:00"], ["08:00-16:00"], ["16:00-20:00"]
    week = {"mon": long, "tue": long, "wed": long, "thu": long, "fri": friday, "sat": [], "sun": sunday}
    closed = ["2026-12-24", "2026-12-31", "2027-12-24", "2027-12-31"]
    yield table("calendars", id="hotline", week=week, holidays="danish", closed=closed)
    yield table("calendars", id="aften", week={day: ["16:00-22:00"] for day in week})
    yield table("calendars", id="lukket", always_closed=True)


def menus():
    """Of the main number: the house's own sounds, and one of the demo's."""
    yield table("menus", id="sprog", prompt="menu_language", times=1,
                choices=[{"key": "1", "language": "da"}, {"key": "2", "language": "en"}])
    yield table("menus", id="postnummer", prompt="menu_postal_code", times=1, postal_code=True)
    yield table("menus", id="emner", prompt="menu_emner", times=1,
                choices=[{"key": str(key), "line": f"{topic}-da"} for key, (topic, *_) in enumerate(TOPICS[1:4], start=1)])


def line(id, title, numbers, topic, language, calendar="always"):
    settings = dict(id=id, title=title, numbers=numbers, topic=topic, language=language, queue=topic, calendar=calendar)
    if language == "uk":  # nobody has spoken these yet: English is said
        for message, sound in [("greeting", "greeting"), ("closed_message", "closed"), ("full_message", "full"),
                               ("gave_up_message", "gave_up")]:
            settings[message] = f"{sound}.en"
    return table("lines", **settings, wait_max_s=1800)


def lines():
    for t, (topic, *titles) in enumerate(TOPICS):
        for l, (language, _) in enumerate(LANGUAGES):
            yield line(f"{topic}-{language}", titles[l], [f"{SHARED}{t}{l}"], topic, language)
    # The main number shows what a line can ask, tell and offer.
    main = line("hovednummer", "Hovednummeret", [f"{SHARED}92"], "borgerservice", "da", "hotline")
    yield main + "\n".join([
        'choose_language = "sprog"', 'ask_municipality = "postnummer"', 'topic_menu = "emner"', 'announce_place = "number"',
        "announce_wait = true", 'when_closed = { line = "aften" }',
    ]) + "\n"
    yield line("aften", "Aftenlinjen", [], "borgerservice", "da", "aften") + "announce_opening = true\n"
    yield line("hotline-tider", "Borgerservice i hotlinens åbningstid", [f"{SHARED}90"], "borgerservice", "da", "hotline")
    yield line("lukket", "Altid lukket", [f"{SHARED}91"], "borgerservice", "da", "lukket")


def homes():
    """One home for each agent, in proportion to the members' size; one in fifty is staff of the joint centre."""
    weighted = [code for code, size in MEMBERS.items() for _ in range(size)]
    return [None if n % 50 == 49 else weighted[n * 37 % len(weighted)] for n in range(AGENTS)]


def agents():
    dice = Dice(SEED)
    for n, home in enumerate(homes(), start=1):
        id = f"agent{n:04}"
        first, last = FIRST_NAMES[dice.roll(len(FIRST_NAMES))], LAST_NAMES[dice.roll(len(LAST_NAMES))]
        topics = [TOPICS[0][0]] if dice.chance(60) else []
        wanted = 2 + dice.roll(7)
        while len(topics) < wanted:
            topic = TOPICS[dice.roll(len(TOPICS))][0]
            if topic not in topics:
                topics.append(topic)
        primary = (len(topics) + 1) // 2
        skills = {topic: 1 + dice.roll(2) if i < primary else 3 + dice.roll(4) for i, topic in enumerate(topics)}
        languages = ["da"] + (["en"] if dice.chance(45) else []) + (["uk"] if dice.chance(8) else [])
        if n == 1:  # the one that the README lets you be: everything, in every language
            skills, languages = {topic: 1 for topic, *_ in TOPICS}, [language for language, _ in LANGUAGES]
        of_home = {} if home is None else {"home": home}
        yield table("agents", id=id, name=f"{first} {last}", **of_home, skills=skills, languages=languages,
                    password=f"{id}-secret", ready="when_registered")


def plan():
    yield "# The demo's plan. Made by make.py: change that, not this.\n"
    postal_codes = lambda code: {"postal_codes": POSTAL_CODES[code]} if code in POSTAL_CODES else {}
    yield from (table("municipalities", id=code, name=name, **postal_codes(code)) for code, name in members())
    yield from (table("topics", id=topic, title=title) for topic, title, *_ in TOPICS)
    yield from (table("languages", id=id, title=title) for id, title in LANGUAGES)
    yield from calendars()
    yield from (table("queues", id=topic, title=title, wrap_up_s=10) for topic, title, *_ in TOPICS)
    yield from menus()
    yield from lines()
    yield from (table("numbers", number=f"{OWN}{code}", line=f"{TOPICS[0][0]}-da", municipality=code) for code, _ in members())
    yield from agents()


if __name__ == "__main__":
    made, file = "\n".join(plan()), HERE / "plan.toml"
    if "--check" in sys.argv:
        sys.exit(0 if file.read_text(encoding="utf-8") == made else "config/demo/plan.toml is not what make.py makes")
    file.write_text(made, encoding="utf-8")
