"""Personal data and secrets planted in texts: all invented, all listed in the truth."""

from collections.abc import Callable
from dataclasses import dataclass

from jobs.scenario_dice import Dice

GIVEN = (
    "Anna Marta Ingrid Sofia Priya Mei Yuki Leila Joana Claire Ben Tomas Henrik Rahul Kenji Omar Pavel Luca Diego "
    "Nadia Greta Hannah Samuel Viktor Elena Farid Chiara Mateusz Aisha Colin Dorothea Emeka Fiona Gustavo Hiro"
).split()
FAMILY = (
    "Lindqvist Okafor Brandt Moreau Castillo Nakamura Petrov Rossi Silva Novak Hughes Iyer Chen Haddad Keller "
    "Jansen Dubois Ferreira Kowalska Murphy Schneider Tanaka Vargas Whitfield Yilmaz Zielinski Abara Bergstrom"
).split()
HOSTS = ("example.com", "example.org", "example.net", "mail.example.com", "lab.example.edu", "firm.example")
BASE62 = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789"


@dataclass(frozen=True, slots=True)
class Personal:
    """One planted item: its type, the value as it stands in the text, and the sentence around it."""

    type: str
    value: str
    sentence: str


def person(dice: Dice) -> str:
    """An invented name."""
    return f"{dice.pick(GIVEN)} {dice.pick(FAMILY)}"


def _email(dice: Dice) -> Personal:
    first, last = person(dice).lower().split()
    value = f"{first}.{last}{dice.pick(('', '', str(10 + dice.below(89))))}@{dice.pick(HOSTS)}"
    frames = ("You can reach me at {}.", "Reply to {} please.", "My account is {}.", "contact: {}", "login {}")
    return Personal("email", value, dice.pick(frames).format(value))


def _phone(dice: Dice) -> Personal:
    forms = (
        f"+1 202-555-01{dice.below(90) + 10}",
        f"(202) 555-01{dice.below(90) + 10}",
        f"+44 20 7946 0{100 + dice.below(899)}",
        f"+49 30 23125 {100 + dice.below(899)}",
        f"+33 1 99 00 {10 + dice.below(89)} {10 + dice.below(89)}",
    )
    value = dice.pick(forms)
    frames = ("Call me on {}.", "Phone {} during office hours.", "tel. {}", "My number is {} if that helps.")
    return Personal("phone", value, dice.pick(frames).format(value))


def _name(dice: Dice) -> Personal:
    value = person(dice)
    frames = (
        "Regards, {}",
        "— {}",
        "I spoke with {} from your support about this.",
        "My colleague {} sees the same thing.",
        "Best, {}",
        "This is {} writing, admin of our workspace.",
    )
    return Personal("person", value, dice.pick(frames).format(value))


def _key(dice: Dice) -> Personal:
    prefix = dice.pick(("sk-lum-", "lk_live_", "sk-proj-"))
    value = prefix + "".join(dice.pick(BASE62) for _ in range(32))
    frames = (
        'I call it with curl -H "x-api-key: {}" and nothing else.',
        "The key in use is {} (yes I will rotate it).",
        "export LUMEN_API_KEY={}",
    )
    return Personal("api_key", value, dice.pick(frames).format(value))


def _address(dice: Dice) -> Personal:
    value = f"{dice.pick(('203.0.113', '198.51.100', '192.0.2'))}.{1 + dice.below(250)}"
    frames = ("Requests come from {}.", "My IP is {} if you need it.", "client_ip={}")
    return Personal("ip_address", value, dice.pick(frames).format(value))


def _path(dice: Dice) -> Personal:
    user = f"{dice.pick(GIVEN).lower()}{dice.pick(FAMILY).lower()}"
    value = dice.pick((f"/Users/{user}/work/app.log", f"C:\\Users\\{user}\\notes.txt", f"/home/{user}/src/main.py"))
    return Personal("path_user", value, dice.pick(("The file is {}.", "see {}", "It happened in {}")).format(value))


def _card(dice: Dice) -> Personal:
    value = dice.pick(("4111 1111 1111 1111", "5555 5555 5555 4444", "4012 8888 8888 1881"))
    return Personal("card", value, dice.pick(("The card is {}.", "Charged to {}.", "card no {}")).format(value))


PLANTS: tuple[Callable[[Dice], Personal], ...] = (_email, _email, _phone, _name, _name, _name, _key, _address, _path)


def plant(kind: str, dice: Dice) -> Personal:
    """A piece of personal data that fits the kind of document."""
    if kind == "billing" and dice.chance(0.25):
        return _card(dice)
    return dice.pick(PLANTS)(dice)
