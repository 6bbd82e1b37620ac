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
    r"(?<=linkedin\.com)/in/|(?<=//x\.com)/|(?<=twitter\.com)/|(?<=instagram\.com)/|/[@~])"
    r"(?P<value>[^\s/?#&\"'<>()\[\]\\,`]{2,64})"
)

# Between folders: a slash, one escaped in JSON, one encoded in a URL.
SLASH = r"(?:/|\\/|%2[Ff])"
BACKSLASH = r"(?:\\{1,4}|%5[Cc])"
PATH_ACCOUNT = re.compile(
    r"(?:(?<![\w.])|(?<=/[a-z])|(?<=/var)|(?<=/usr)|(?<=/export)|(?<=/host_mnt)|(?<=%2[Ff]))"
    rf"{SLASH}(?:home|Users){SLASH}(?P<value>[\w.-]{{1,64}}(?: [A-Z][\w.-]{{1,31}}){{1,2}}(?=/)|[\w.-]{{1,64}})"
)
PATH_LITERALS = ("/home", "/Users", "2FUsers", "2fUsers", "2Fhome", "2fhome")
# Windows and WSL: `C:\\Users\\name`, `\\\\wsl$\\Ubuntu\\home\\name`, `C%3A%5CUsers%5Cname`.
WINDOWS_ACCOUNT = re.compile(
    rf"(?:[A-Za-z](?::|%3[Aa])(?:/|%2[Ff])|{BACKSLASH})(?:Users|home)(?:{BACKSLASH}|/|%2[Ff])"
    r"(?P<value>[^\\/:*?\"<>|\s%]{1,64}(?: [^\\/:*?\"<>|\s%]{1,32}){1,2}(?=\\)|[^\\/:*?\"<>|\s,;)\]}'`%]{1,64})"
)
WINDOWS_LITERALS = ("Users", "\\home", "5Chome", "5chome")
FOLDER_ACCOUNT = re.compile(
    r"(?:(?<=[/\s\"'`\\])|(?<=[A-Z]-)|(?<=Ubuntu)|(?<=Debian)|(?<=-mnt-[a-z]))-(?:Users|home)-"
    r"(?P<value>[A-Za-z0-9_.]{2,32})(?=-)"
)
# Owner and group in what `ls -l` prints.
LISTING_ACCOUNT = re.compile(
    r"(?<!\S)[-dlbcps](?:[-r][-w][-xsStT]){3}[@+.]? {1,8}\d{1,9} "
    r"(?P<value>[A-Za-z_][\w.-]{0,31}) {1,8}(?P<group>[A-Za-z_][\w.-]{0,31})?"
)
PROMPT_ACCOUNT = re.compile(r"(?<![\w.-])(?P<value>[A-Za-z_][\w.-]{0,31})@[\w.-]{1,63}:[~/][^\s$#]{0,200}[$#](?=\s)")

# A pattern that begins with one class of characters is found fastest: so what may not stand in front comes second.
IBAN = re.compile(r"[A-Za-z](?<![A-Za-z0-9].)[A-Za-z]\d{2}(?:[ -]?[A-Za-z0-9]){11,40}")
CARD = re.compile(r"\d(?<![\w.+-].)(?:[ -]?\d){11,18}(?![\w-])")
MAC = re.compile(
    r"[0-9A-Fa-f](?<![\w:-].)[0-9A-Fa-f](?:(?::[0-9A-Fa-f]{2}){5}|(?:-[0-9A-Fa-f]{2}){5}|"
    r"[0-9A-Fa-f]{2}(?:\.[0-9A-Fa-f]{4}){2})(?![\w:.-])"
)
IPV4 = re.compile(r"\d(?<![\w.@-].)(?<!\w/.)\d{0,2}(?:\.\d{1,3}){3}(?!\.?\w|-\w)")
IPV6 = re.compile(r"[0-9A-Fa-f:](?<![\w:.].)[0-9A-Fa-f:]{5,38}(?![\w:])")
PHONE = re.compile(
    r"[\d+(](?<![\w.+/=-].)(?:(?<=\+)\d{1,11}|(?<=\()\+?\d{1,11}|(?<=\d)\d{0,10})\)?"
    r"(?:(?: ?\(0\) ?|[ ./-]|\) ?|-? ?\()\d{1,11}\)?){0,7}(?:x\d{1,5})?(?![\w@]|[.]\d|/\w)"
)
