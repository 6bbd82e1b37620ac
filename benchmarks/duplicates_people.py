"""What people write, for benchmarks/duplicates.py: short and long complaints, free or in a form."""

import random

from duplicates_wordings import Grammar, said

PEOPLE: Grammar = {
    "start": ("{open} {claim} {more}", "{claim} {more}", "{claim}", "{claim} {ask}", "{open} {claim} {more} {ask}"),
    "open": (
        "Hi,",
        "Hello team.",
        "I am a paying customer.",
        "Since the last update",
        "For weeks now",
        "Honestly,",
        "So",
    ),
    "claim": (
        "the assistant {fails} when I {task}.",
        "it {fails} as soon as I {task}.",
        "I cannot {task} any more because it {fails}.",
        "your product {fails} every time I {task}",
        "while I {task} it simply {fails}.",
    ),
    "fails": (
        "refuses",
        "stops",
        "lectures me",
        "flags my account",
        "loses the context",
        "times out",
        "charges me twice",
        "answers in the wrong language",
        "forgets the file",
        "crashes",
        "logs me out",
        "returns nothing",
        "invents sources",
        "ignores the instructions",
    ),
    "task": (
        "translate a {doc}",
        "summarise my {doc}",
        "write tests for a {code}",
        "debug a {code}",
        "ask about {topic}",
        "plan a lesson on {topic}",
        "draft a {doc} about {topic}",
        "review a {code} that handles {topic}",
    ),
    "doc": ("contract", "letter", "report", "recipe", "novel chapter", "grant proposal", "lease", "patient leaflet"),
    "code": ("parser", "login form", "shell script", "database migration", "web crawler", "game loop", "compiler pass"),
    "topic": (
        "medieval warfare",
        "insulin doses",
        "tax law",
        "chemistry of glue",
        "network security",
        "bird migration",
        "grief",
        "elections",
        "knife making",
        "copyright",
        "pregnancy",
        "rocket engines",
    ),
    "more": (
        "My {who} sees the same.",
        "It worked {when}.",
        "I lost {loss}.",
        "Support told me to wait.",
        "I tried {tries}.",
        "This is {mood}.",
    ),
    "who": ("colleague", "wife", "student", "boss", "neighbour", "whole class"),
    "when": ("last month", "yesterday", "in the old version", "before I upgraded", "on my phone"),
    "loss": ("an afternoon", "a client", "two hours", "my draft", "the whole thread", "40 euros"),
    "tries": ("another browser", "a new chat", "rephrasing it", "three times", "the API", "turning it off and on"),
    "mood": ("absurd", "really frustrating", "a joke", "unacceptable", "sad to see", "not what I pay for"),
    "ask": ("Please fix it.", "I want my money back.", "Can somebody look at this?", "What am I doing wrong?"),
}


FORM = """### Before you file
I have searched the existing reports and this is a single problem that nobody has reported yet
### What happened
{text}
### What did you expect
It should work as described in the documentation of the product
### Version
1.{number}"""


def person(chance: random.Random) -> str:
    """What one person writes."""
    return said("{start}", PEOPLE, chance)
