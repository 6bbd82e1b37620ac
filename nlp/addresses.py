"""Find postal addresses: streets with house numbers in many countries' order, boxes, postcodes with towns."""

import re

from nlp.name_lists import not_a_name
from nlp.redact_checks import Found, before

CAP = (
    r"[A-Z\u00c0-\u00de\u0100\u010c\u0106\u010e\u0110\u0141\u015a\u0160\u0164\u017b\u017d\u0130\u0386-"
    r"\u03ab\u0401-\u042f]"
)
REST = r"[\w'.\u2019-]{0,30}"
WORD = rf"{CAP}{REST}"
NUMBER = r"(?:No\.? ?|Nr\.? ?|n\u00ba ?)?\d{1,5}(?:[A-Za-z](?![\w])|[/-]\d{1,4})?\.?"
# Street words behind the name ("Baker Street"), and those that end a compound ("Hafenstra\u00dfe", "Storgatan").
BEHIND = (
    "Street|Str|St|Avenue|Ave|Road|Rd|Lane|Ln|Drive|Dr|Boulevard|Blvd|Court|Ct|Place|Pl|Square|Squares|Sq|Terrace|"
    "Highway|Hwy|Parkway|Pkwy|Crescent|Close|Way|Circle|Cir|Trail|Loop|Alley|Row|Mews|Gardens|Grove|Walk|Quay|"
    "Esplanade|"
    "utca|u|\u00fat|\u00fatja|t\u00e9r|tere|k\u00f6r\u00fat|rkp|sor|tee|mnt|maantee|ulica|ul|sokak|sokak\u0131|caddesi|"
    "cad|sk|gate|gata|gade|vej|vei|veien|v\u00e4gen|gatan|terrasse|Weg|Stra\u00dfe|Strasse|Platz|Allee|Ring|Damm|Ufer|"
    "Baan|Wei|straat|laan|plein|weg"
)
COMPOUND = (
    r"(?:str(?:\.|a(?:\u00df|ss)e)|gasse|weg|platz|allee|damm|ufer|gata(?:n)?|gate|gade|v\u00e4gen|vegen|veien|"
    r"vegur|vej|"
    r"str\u00e6(?:de|ti)|str(?:ae|a)ti|g\u00f6tu|g\u00f6t|braut|katu|kuja|tie|polku|straat|laan|plein|kade|"
    r"singel|dreef|gracht|"
    r"stien|stigen|gr\u00e4nd|torg|utca|caddesi|soka\u011f\u0131)"
)
# Street words in front of the name ("rue de Provence", "Via Roma").
AHEAD = (
    r"[Rr](?:ue|ua|oute|odovia|\.)|[Aa](?:v(?:enue|enida|da\.?|\.?)|ll\u00e9e|lameda|l\.)|[Bb](?:oulevard|d(?:-ul)?)|"
    r"[Cc](?:hemin|alle|/|orso|arrera|amino)|[Ii]mpasse|[Qq]uai|[Pp](?:la(?:ce|za)|iazza(?:le)?|aseo|ra\u00e7a|l\.)|"
    r"V(?:ia(?:le)?|icolo)|v(?:iale|icolo)|[Ll]argo|[Ss]tr(?:ada|\.)|[Tt]ravessa|[Ee]strada|[Uu]l(?:ica|ita|\.)|"
    r"[Jj](?:alan|l\.)|"
    r"\u0443\u043b(?:\.|\u0438\u0446\u0430)|\u03bf\u03b4\u03cc\u03c2|\u039b\u03b5\u03c9\u03c6\u03cc\u03c1\u03bf\u03c2"
)
AHEAD_LITERALS = (
    "rue ", "Rue ", "venue ", "v. ", "Av ", "av ", "oulevard ", "Bd ", "bd ", "hemin ", "all\u00e9e ",
    "All\u00e9e ", "mpasse ",
    "uai ", "lace ", "oute ", "Via ", "iale ", "orso ", "iazza", "icolo ", "argo ", "trada ", "alle ", "c/ ", "C/ ",
    "aseo ",
    "venida ", "vda", "laza ", "arrera ", "amino ", "rua ", "Rua ", "ravessa ", "ra\u00e7a ", "lameda ", "odovia ",
    "r. ",
    "R. ", "ul. ", "Ul. ", "lica ", "al. ", "pl. ", "lita ", "tr. ", "d-ul ", "alan ", "l. ", "\u0443\u043b",
    "\u03bf\u03b4",
    "\u039b\u03b5\u03c9",
)  # fmt: skip
LINK = (
    r"(?:de|del|della|delle|dei|degli|di|da|do|dos|das|du|des|d'|la|las|los|le|les|l'|e|van|den|der|het|y"
    r"|of|the|am|an|im)"
)
TITLED = rf"(?:{LINK} ){{0,3}}(?:{WORD})(?: (?:{LINK} ){{0,2}}{WORD}){{0,4}}"
UNIT = r"(?:Apt|Apartment|Suite|Ste|Unit|Flat|Floor|Room|Bldg|Lgh|app|apt|suite|unit|flat|piso|int)\.? ?#?\w{1,6}"
GAP = r"(?:,? {1,3}|,?[ ]{0,4}\n[ >?]{0,8})"
POSTCODE = (
    r"(?:\d{5}-\d{4}|\d{5}-\d{3}|\d{3} \d{2}|\d{4} [A-Z]{2}|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|[A-Z]\d[A-Z] ?\d[A-Z]\d|"
    r"(?:[A-Z]{1,2}-)?\d{4,6})"
)
STATE = (
    r"(?:A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|P[AR]|RI|S[CD]"
    r"|T[NX]|UT|V[AT]|W[AIVY])"
)
TOWN = rf"{WORD}(?: (?:(?:de|del|di|da|do|am|an der|upon|sur|la|le|nad) )?{WORD}){{0,3}}"
# What may follow a street: flat, town, state, postcode, country; as long as commas or line breaks part them.
TAIL = re.compile(
    rf"(?:{GAP}{UNIT}){{0,2}}(?:{GAP}(?:{POSTCODE} {TOWN}|{TOWN},? (?:[A-Z]{{2,3}} )?{POSTCODE})(?!\w))?"
    rf"(?:,? {{1,2}}[A-Z]{{2}} {{1,2}}\d{{5}}(?:-\d{{4}})?(?!\w)|(?:\n[ >?]{{0,8}})?,? {{0,2}}{POSTCODE}(?!\w))?"
)
# Each begins with one class of characters, which is found fastest; a number in front is read backwards by the check.
STREET_BEHIND = re.compile(
    rf"\d(?<![\w.].)\d{{0,4}}(?:[A-Za-z](?!\w)|[/-]\d{{1,4}})?\.?,? {{1,2}}(?:{NUMBER},? {{1,2}})?(?:{LINK} )?"
    rf"(?:{WORD} ){{1,4}}(?:{BEHIND})(?!\w)\.?(?: (?:North|South|East|West|[NSEW])\b)?(?: {NUMBER}(?!\w))?"
)
NUMBERED_BEHIND = re.compile(rf"{CAP}(?<!\w.){REST} (?:{WORD} |[a-z]{{3,12}} ){{0,2}}(?:{BEHIND})\.? {NUMBER}(?![\w%])")
STREET_AHEAD = re.compile(rf"(?<!\w)(?:{AHEAD}) {TITLED}(?:,? {NUMBER})?(?!\w)")
STREET_COMPOUND = re.compile(rf"{CAP}(?<!\w.)[\w\u00df-]{{2,30}}{COMPOUND} ?{NUMBER}(?![\w%])")
BOX = re.compile(
    r"(?<!\w)(?:(?:P\.? ?O\.? ?Box|Postfach|Apartado|Bo\u00eete [Pp]ostale|BP|Casilla|Postboks),? ?\d{1,6}|"
    rf"(?:PSC|[Uu]nit) \d{{1,5}},? [Bb]ox \d{{1,5}})(?!\w)(?:{GAP}(?i:[AFD]PO A[AEP]) \d{{5}})?"
)
BOX_LITERALS = ("Box", "BOX", "box ", "Postfach", "Apartado", "Postale", "postale", "BP", "Casilla", "Postboks")
MILITARY = re.compile(rf"(?<!\w)US(?:S|NS|NV|CGC) {WORD}(?: {WORD}){{0,2}}{GAP}[AFD]PO A[AEP] \d{{5}}(?!\w)")
# A capitalised word and a number are an address only where something around says so.
BARE = re.compile(rf"{CAP}(?<![\w.#-].)[\w'\u2019-]{{3,30}}(?: {WORD}){{0,3}} \d{{1,5}}[A-Za-z]?\.?(?![\w%:.]|-\w)")
TOWN_LINE = re.compile(
    rf"{CAP}(?<!\w.){REST}(?: {WORD}){{0,3}}, {STATE} \d{{5}}(?:-\d{{4}})?(?!\w)|(?<!\w)(?:D|CH|A|F|B|"
    rf"L)-\d{{4,5}} {TOWN}"
)
BRITISH = re.compile(r"[A-Z](?<![\w-].)(?:[A-Z]?\d{1,2}[A-Z]?) \d[ABD-HJLNP-UW-Z]{2}(?![\w-])")
ADDRESS_AHEAD = re.compile(
    r"(?:\b(?:address|addresses|adresse|indirizzo|direcci\u00f3n|endere\u00e7o)\b[^\n.(]{0,24}|\b(?:lives?|"
    r"living|lived|reside[sd]?|"
    r"located|office is|restaurant is|store is|moved|move|delivered?|delivery|shipped|ship|sent|send|returned?|"
    r"meet (?:me|you)|"
    r"arrived?|taxi|drops? (?:me|you|us) off|house|home|flat|corner of|station is)\b[^\n.]{0,28}\b(?:at|on|in|"
    r"to|is|of|from)|"
    r"\bcorner of)[ :,\n>?]{1,8}(?:\d{1,5},? )?$",
    re.I,
)
POSTCODE_AHEAD = re.compile(r"(?:(?i:\bpost ?code\b[\s:is]{0,5}|\baddress\b[^\n.]{0,16})|[A-Z][a-z]+,? )$")
EVIDENCE_AFTER = re.compile(
    rf"{GAP}{UNIT}(?!\w)|(?:,|\n)[ >?]{{0,8}}(?:{TOWN}{GAP},? ?{POSTCODE}(?!\w)|{POSTCODE} {CAP})|,? St\.|,? street\b"
)
NUMBERS_AHEAD = re.compile(r"(?<![\w.#-])\d{1,5}[A-Za-z]?,? (?:\d{1,4}[A-Za-z]?,? )?$")
NOT_STREETS = re.compile(
    r"\b(?:[Ss]tep|[Ii]ssue|[Cc]ase|[Ii]tem|[Tt]op|[Ff]ig(?:ure)?|[Tt]able|[Cc]hapter|[Vv]ersion|[Ll]ine|"
    r"[Pp]hase|[Pp]art|v)\s$"
)


def street(match: re.Match[str]) -> Found:
    """A street with its house number, and flat, town and postcode; known words ("2 Claude Way") are no name."""
    start = _with_number(match)
    text = match.string[start : match.end()]
    words = re.findall(r"[^\W\d_]{3,}", text)
    named = [word for word in words if word[0].isupper() and not not_a_name(word)]
    lowercase = [word for word in words if word[0].islower() and len(word) > 4]
    if (
        any(sign.isdigit() for sign in text)
        and (named or lowercase)
        and not NOT_STREETS.search(match.string[max(0, start - 10) : start])
    ):
        yield start, _with_tail(match)


def bare_street(match: re.Match[str]) -> Found:
    """A word and a number where an address is announced, or where a flat, a postcode or a town follows."""
    words = [word for word in re.findall(r"[^\W\d_]{4,}", match[0]) if word[0].isupper()]
    if not words or all(not_a_name(word) for word in words):
        return
    start = _with_number(match)
    two = match.start() - start > 3 and not NOT_STREETS.search(match.string[max(0, start - 10) : start])
    if two or ADDRESS_AHEAD.search(before(match, 70)) or EVIDENCE_AFTER.match(match.string, match.end()):
        yield start, _with_tail(match)


def with_tail(match: re.Match[str]) -> Found:
    """What matched with a number in front, and flat, town and postcode behind it."""
    yield _with_number(match), _with_tail(match)


def _with_number(match: re.Match[str]) -> int:
    """Where the match begins, with one or two numbers in front of it."""
    number = NUMBERS_AHEAD.search(before(match, 14))
    return match.start() - len(number[0]) if number else match.start()


def town(match: re.Match[str]) -> Found:
    """A town with state and code; not capitals throughout, as in "OK, OK 12345"."""
    if not match[0].split(",")[0].isupper():
        yield match.span()


def postcode(match: re.Match[str]) -> Found:
    """A British postcode, which some fifteen houses share, where an address or a town is announced."""
    if POSTCODE_AHEAD.search(before(match, 24)):
        yield match.span()


def _with_tail(match: re.Match[str]) -> int:
    tail = TAIL.match(match.string, match.end())
    return tail.end() if tail else match.end()
