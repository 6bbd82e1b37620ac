"""The patterns that propose personal data; every repetition is bounded, so each is linear in the text."""

import re

JWT = re.compile(r"\beyJ[\w-]{8,4000}\.eyJ[\w-]{8,4000}(?:\.[\w-]{0,2000})?")

# The mailbox is read backwards by the check: a pattern that begins with it is slow on long runs of letters.
EMAIL_HOST = re.compile(r"@(?:[^\W_][\w-]{0,62}\.){1,6}(?:[A-Za-z]{2,24}|xn--[A-Za-z0-9-]{2,40})(?![A-Za-z0-9_-])")
EMAIL_SPELT = re.compile(
    r"(?<![\w.+-])[\w.+-]{1,64} ?[\[({] ?at ?[\])}] ?[\w-]{1,63}"
    r"(?: ?[\[({] ?dot ?[\])}] ?[\w-]{1,63}|\.[\w-]{1,63}){1,4}",
    re.I,
)

URL_CREDENTIAL = re.compile(r"://(?P<value>[^\s/@:<>\"']{0,100}:[^\s/@<>\"']{1,200})@(?=[\w\[])")
URL_SECRET = re.compile(
    r"[?&](?:amp;)?(?:(?:access|refresh|id|auth)?_?token|(?:api|access)?_?key|sig|signature|auth|"
    r"authorization|code|"
    r"passw(?:or)?d|pwd|(?:client_)?secret|session(?:_?id)?|sid|jwt|e?mail|user(?:_?name|_?id)?|uid|phone|"
    r"x-amz-(?:signature|credential|security-token))=(?P<value>[^\s&#<>\"'`)\]}]{3,4000})",
    re.I,
)
URL_ACCOUNT = re.compile(
    r"://[^\s/]{1,255}(?:/[^\s/?#]{0,100}){0,6}?(?:/(?:users?|u|profiles?|people|members?|authors?)/|"
    r"(?<=linkedin\.com)/in/|/[@~])"
    r"(?P<value>[^\s/?#&\"'<>()\[\]\\,`]{2,64})"
)

PATH_ACCOUNT = re.compile(r"(?:(?<![\w.])|(?<=/[a-z]))/(?:home|Users)/(?P<value>[\w.-]{1,64})")
WINDOWS_ACCOUNT = re.compile(
    r"(?:[A-Za-z]:/|\\{1,4})Users(?:\\{1,4}|/)"
    r"(?P<value>[^\\/:*?\"<>|\s]{1,64}(?: [^\\/:*?\"<>|\s]{1,32}){1,2}(?=\\)|[^\\/:*?\"<>|\s,;)\]}'`]{1,64})"
)
FOLDER_ACCOUNT = re.compile(r"(?:(?<=[/\s\"'`\\])|(?<=C-))-(?:Users|home)-(?P<value>[A-Za-z0-9_.]{2,32})(?=-)")
PROMPT_ACCOUNT = re.compile(r"(?<![\w.-])(?P<value>[A-Za-z_][\w.-]{0,31})@[\w.-]{1,63}:[~/][^\s$#]{0,200}[$#](?=\s)")

IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}\d{2}(?:[ -]?[A-Za-z0-9]){11,40}")
CARD = re.compile(r"(?<![\w.+-])\d(?:[ -]?\d){11,18}(?![\w-])")
MAC = re.compile(r"(?<![\w:-])[0-9A-Fa-f]{2}(?:(?::[0-9A-Fa-f]{2}){5}|(?:-[0-9A-Fa-f]{2}){5})(?![\w:-])")
IPV4 = re.compile(r"(?<![\w.@-])(?<!\w/)\d{1,3}(?:\.\d{1,3}){3}(?!\.?\w|-\w)")
IPV6 = re.compile(r"(?<![\w:.])[0-9A-Fa-f:]{6,39}(?![\w:])")
NATIONAL_ID = re.compile(r"(?<![\w.-])\d{3}(?:-\d{2}-| \d{2} )\d{4}(?![\w-])")
PHONE = re.compile(
    r"(?<![\w.+/=-])(?:\+|\(\+?|)\d{1,11}\)?(?:(?: ?\(0\) ?|[ ./-]|\) ?|-? ?\()\d{1,11}\)?){0,7}(?:x\d{1,5})?"
    r"(?![\w@]|[.]\d|/\w)"
)

CAPITALISED = r"[A-Z\u00c0-\u00de][\w'.\u2019-]{1,30}"
STREET = re.compile(
    rf"(?<![\w.])\d{{1,5}}[A-Za-z]? (?:{CAPITALISED} ){{1,4}}"
    r"(?:Street|St|Avenue|Ave|Road|Rd|Lane|Ln|Drive|Dr|Boulevard|Blvd|Court|Ct|Place|Pl|Square|Sq|Terrace|"
    r"Highway|Hwy|"
    r"Parkway|Pkwy|Crescent)\b\.?(?:,? (?:Apt|Suite|Unit|Flat)\.? ?#?\w{1,6})?"
    rf"(?:, {CAPITALISED}(?: {CAPITALISED}){{0,2}})?(?:,? [A-Z]{{2}})?(?:,? \d{{5}}(?:-\d{{4}})?)?(?!\w)"
)
STREET_SUFFIXED = re.compile(
    r"(?<!\w)[A-Z\u00c4\u00d6\u00dc][\w\u00df-]{2,30}(?:str(?:\.|a(?:\u00df|ss)e)|weg|platz|allee|gasse|"
    r"straat) ?\d{1,4}[a-z]?"
    rf"(?:, ?(?:[A-Z]{{1,2}}-)?\d{{4,5}} {CAPITALISED})?(?!\w)"
)
