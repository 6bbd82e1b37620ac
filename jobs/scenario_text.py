"""Composes the texts of the demo world from phrase banks: voices, parts, boilerplate, slips."""

from jobs.scenario_banks import Banks
from jobs.scenario_dice import Dice, cumulate
from jobs.scenario_filings import Filing
from jobs.scenario_grammar import Template
from jobs.scenario_lexicon import NUMBERS, Lexicon
from jobs.scenario_noise import as_foreigner, as_outburst, with_typos
from jobs.scenario_parts import appendix
from jobs.scenario_personal import Personal, plant
from jobs.scenario_voices import VOICE_SHARES, VOICES

PERSONAL_SHARE = 0.03
NAMES = {
    "assistant": ("Lumen", "Lumen", "the app", "the assistant", "your chat", "Lumen chat"),
    "coder": ("Lumen Code", "Lumen Code", "the CLI", "the coding agent", "lumen-code", "the agent"),
    "api": ("the API", "the Lumen API", "your API", "the messages endpoint", "our integration"),
    "studio": ("Studio", "Lumen Studio", "the new Studio", "Studio"),
}
SELF_CONTAINED = ("praise", "feature_request", "policy_clarity", "other")
PLAIN_FORMS = ("issue", "report", "flood")
BOILER_SCALE = {"app_store": 0.0, "in_app": 1.0, "tracker": 1.5, "email": 0.6}


class Composer:
    """Writes the text of one filing after another; the dice decide everything."""

    def __init__(self, banks: Banks, dice: Dice) -> None:
        self.banks, self.dice = banks, dice
        self._lexicon = Lexicon(banks.lexicon, dice)
        self.personal: list[tuple[Filing, Personal]] = []
        self._used: list[Template] = []
        self._words: dict[str, str] = {}
        self._filing: Filing | None = None

    def compose(self, filing: Filing, *, personal: bool = True) -> str:
        """The whole text; planted personal data is kept in `personal`."""
        self._used, self._words, self._filing = [], {}, filing
        filing.vague = True
        text, voice = self._body(filing)
        parts = [self._roughen(text, voice, filing)]
        if voice not in PLAIN_FORMS:
            parts += appendix(filing, self.dice, more=BOILER_SCALE.get(filing.source, 0.8))
        if personal and self.dice.chance(PERSONAL_SHARE) and not filing.event.startswith("grave"):
            item = plant(filing.subject.kind, self.dice)
            self.personal.append((filing, item))
            parts.insert(1 if self.dice.chance(0.7) else len(parts), item.sentence)
        return "\n\n".join(parts) if len(parts) > 2 or self.dice.chance(0.7) else " ".join(parts)

    def again(self, text: str) -> str:
        """A text sent a second time by its reporter: mostly as it was, sometimes with a remark."""
        if self.dice.chance(0.65):
            return text
        return f"{self.dice.pick(self.banks.lexicon['again']).render(self.dice, self.lookup)} {text}"

    def say(self, part: str, *, own: float = 0.6) -> str:
        """A phrase for a part, of the subject with probability `own`, else of its kind; may be empty."""
        options = self._options(part, own)
        if not options:
            return ""
        for _ in range(3):
            template = self.dice.pick(options)
            if template not in self._used:
                break
        self._used.append(template)
        if part in ("claim", "context", "terse") and options is self.filing.subject.phrases.get(part):
            self.filing.vague = False
        text = template.render(self.dice, self.lookup)
        return text if part == "terse" else text[:1].upper() + text[1:]

    def lookup(self, name: str) -> str:
        """The value of a slot: a number, the product's name, the subject's words, the lexicon.

        A subject's word stays the same throughout a document; a shared word is not used twice.
        """
        filing = self.filing
        if name == "product":
            return self.dice.pick(NAMES[filing.product])
        if name in NUMBERS:
            return self._lexicon.word(name)
        if name in filing.subject.slots:
            if name not in self._words or self.dice.chance(0.1):
                self._words[name] = self.dice.pick(filing.subject.slots[name]).render(self.dice, self.lookup)
            return self._words[name]
        word = self._lexicon.word(name)
        if word == self._words.get(name):
            word = self._lexicon.word(name)
        self._words[name] = word
        return word

    @property
    def filing(self) -> Filing:
        """The document being written."""
        if self._filing is None:
            raise RuntimeError("need a document to write, got none; call compose first")
        return self._filing

    def _options(self, part: str, own: float) -> tuple[Template, ...]:
        filing = self.filing
        own = max(own, 0.95) if filing.event not in ("", "late-desk") else own
        subject = filing.subject.phrases.get(part, ())
        shared = self.banks.kinds.get(filing.subject.kind, {}).get(part, ())
        general = self.banks.kinds["any"].get(part, ())
        if subject and (part in ("claim", "context", "detail") or self.dice.chance(own)):
            return subject
        alone = not general or filing.subject.kind in SELF_CONTAINED
        return shared if shared and (alone or self.dice.chance(0.8)) else general or subject

    def _body(self, filing: Filing) -> tuple[str, str]:
        if filing.subject.id.startswith("grave"):
            return f"{self.say('claim')} {self.say('detail')}".strip(), "plain"
        if filing.subject.id.startswith("flood"):
            return VOICES["flood"](self), "flood"
        if filing.language != "en" and self._speaks(filing.language):
            return self._foreign(filing.language), "foreign"
        filing.language = "en"
        shares = VOICE_SHARES.get(filing.source, VOICE_SHARES["support"])
        voice = list(shares)[self.dice.weighted(cumulate(list(shares.values())))]
        return VOICES[voice](self), voice

    def _roughen(self, text: str, voice: str, filing: Filing) -> str:
        dice = self.dice
        if voice in PLAIN_FORMS:
            return text
        if voice == "terse":
            text = as_outburst(text, dice)
        elif voice == "plain" and dice.chance(0.12 if filing.customer.locale.startswith("en") else 0.45):
            text = as_foreigner(text, dice)
        elif voice == "plain" and dice.chance(0.15):
            text = text.lower()
        return with_typos(text, dice, typos=1 + dice.below(3)) if dice.chance(0.14) else text

    def _speaks(self, language: str) -> bool:
        """True where there are phrases of the subject or its kind in the language."""
        subject = self.filing.subject
        known = subject.kind in self.banks.language_kinds.get(language, {})
        return language in subject.translations or (known and self.dice.chance(0.5))

    def _foreign(self, language: str) -> str:
        """A document in another language: opener, claim, consequence, ask, some of each."""
        subject, dice = self.filing.subject, self.dice
        shared = self.banks.languages[language]
        kinds = self.banks.language_kinds[language].get(subject.kind, {})
        claims = subject.translations.get(language) or kinds["claim"]
        self.filing.vague = language not in subject.translations
        parts = [dice.pick(claims)]
        if dice.chance(0.45):
            parts.insert(0, dice.pick(shared["opener"]))
        if dice.chance(0.6) and "consequence" in kinds:
            parts.append(dice.pick(kinds["consequence"]))
        if dice.chance(0.5):
            parts.append(dice.pick(kinds.get("ask") or shared["ask"]))
        if dice.chance(0.2):
            parts.append(dice.pick(shared["closer"]))
        joint = "" if language in ("ja", "zh") else " "
        return joint.join(part.render(dice, self.lookup) for part in parts)
