"""What forms, tools and mail programs put around a customer's words, also where line breaks were lost."""

import re

# A heading may be anywhere: exports flatten a form to one line. Only those of known forms count, so
# that the customer's own headings stay in the claim.
HEADINGS = (
    r"pre-?(?:flight|submit|submission) check(?:list|s)?|what'?s wrong(?: or missing)?\??|"
    r"what should happen\??|"
    r"error messages?(?:/logs)?|error messages?|steps to reproduce(?: the (?:bug|issue|behaviou?r))?|steps|"
    r"repro(?:duction)?(?: steps)?|"
    r"to reproduce|how to reproduce|additional (?:information|context|info|details)|additional|"
    r"use case example|use cases?|"
    r"problem statement|proposed (?:solution|change)|alternative solutions|describe (?:the|your) (?:bug|"
    r"issue|problem|feature)[^#\n*]{0,40}?|"
    r"bug description|description|summary|expected(?: behaviou?r| result)?|actual(?: behaviou?r| result)?|"
    r"current behaviou?r|"
    r"what (?:happened|happens|broke|did you expect(?: to happen)?)\??|what (?:issue|bug) are you seeing\??|"
    r"the problem|issue|bug|problem|"
    r"what steps can reproduce the (?:bug|issue)\??|what you asked claude to do|what claude actually did|"
    r"expected claude behaviou?r|"
    r"what is the (?:problem|expected behaviou?r|current behaviou?r)\??|is there an existing issue(?: for "
    r"(?:this|the bug)(?: [^?#\n*]{0,40})?)?\??|before (?:opening|submitting)[^#\n*]{0,40}|"
    r"relevant log output|"
    r"files affected|relevant conversation|screenshots?(?:/videos?)?|(?:console )?log output|console "
    r"(?:logs?|output)|logs?|evidence|impact|root cause|environment(?: info)?|errors?|"
    r"feature request|short description|instead|tl;?dr|screenshots|existing issue\??|anything else\??|"
    r"acceptance criteria|test plan|"
    r"问题描述|問題描述|问题|现象|期望|复现步骤|重现步骤|环境|版本|错误信息|错误详情|日志|补充说明|問題|概要|再現手順|期待する動作|環境|"
    r"beschreibung|fehlerbeschreibung|erwartetes verhalten|schritte|descripción|pasos(?: para reproducir)?|"
    r"comportement attendu|"
    r"description du problème|étapes|descrição|passos para reproduzir"
)
HEADING = re.compile(
    rf"(?:(?<!\S)#{{1,6}}[ \t]{{1,3}}(?:[^\w\s#]{{1,4}}[ \t])?(?:(?:{HEADINGS})(?: ?[/|] ?"
    rf"(?:{HEADINGS}))?)[ \t]{{0,2}}:?(?!\w)|"
    rf"\*\*[ \t]?(?:{HEADINGS})[ \t]?:?[ \t]?\*\*:?)",
    re.I,
)
# A known heading as a plain label: alone before a colon at the beginning of a line.
LABEL = re.compile(
    r"^[ \t]{0,4}(?:bug description|describe the bug|steps to reproduce|to reproduce|expected behaviou?r|"
    r"actual behaviou?r|"
    r"additional context|description|summary|subject|impact|environment|expected|actual|severity)[ \t]{0,2}:",
    re.I | re.M,
)
# Questions whose answer is a choice or a version: the answer goes with the heading, as long as it is short.
CHOICE = re.compile(
    r"(?<!\S)#{1,6}[ \t]{1,3}(?:claude model|model|which model (?:were|are) you using\??|[\w.]{2,20}"
    r"(?: [\w.]{2,20})? version|version|what [^#?\n]{1,40} version [^#?\n]{0,40}\?|"
    r"what version of [^#?\n]{1,40}\??|openclaw version|litellm version|last working(?: version)?|platform|"
    r"what platform is your computer\??|"
    r"what (?:subscription|plan) do you have\??|subscription|plan|operating system|os|terminal/shell|"
    r"terminal|shell|priority|feature category|"
    r"is this a regression\??|permission mode(?: when[^#\n]{0,40})?|can you reproduce this\??|"
    r"type of behaviou?r issue|impact|bug type|"
    r"documentation (?:type|location)|are you a ml ops team\?|what part of [^#\n?]{1,40}\??|"
    r"device and browser|network[^#\n]{0,10}|browser|"
    r"willingness to contribute|thread id|first seen|what version of home assistant core has the issue\?|"
    r"integration causing the issue|"
    r"did claude show warnings[^#\n]{0,40}|how would you describe[^#\n]{0,40})(?!\w)(?P<answer>[^#]{0,90}?)"
    r"(?=\s#{1,6}\s|\s*\Z)",
    re.I,
)
NO_RESPONSE = re.compile(
    r"_No response_|(?<!\S)\*\*No response\*\*|(?<=\s)N/?A(?=\s{0,5}(?:#{2,6}\s|\Z))|"
    r"\*\*Note:\*\* (?:error logs|content) (?:were|was) truncated\.?|<!--.{0,2000}?-->",
    re.I | re.S,
)
CHECKBOX = re.compile(r"(?:^|(?<=\s))(?:[-*] )?\[[ xX]\] ", re.M)
CHECK_PHRASES = re.compile(
    r"\bsearched\b|single (?:bug|feature)|latest version|known issues|logs (?:included|attached)|"
    r"no sensitive|would like to contribute|"
    r"i agree|code of conduct|no duplicates|read the (?:docs|documentation|faq|contributing)|hasn'?t been "
    r"(?:reported|requested)|"
    r"not been reported|i have (?:read|checked|reviewed|verified)|i am using|this is a (?:single|bug)|"
    r"already exist|multiple features|"
    r"i'?m (?:reporting|using)|i understand",
    re.I,
)
IMAGE = re.compile(
    r"!\[[^\]\n]{0,200}\]\([^)\s]{0,1000}\)|"
    r"\[[^\]\n]{1,200}\]\(https://github\.com/user-attachments/[^)\s]{0,300}\)|"
    r"\[(?:screenshots?|screen recording|image #?\d{0,3})\]|\((?:screenshots?|screen recording)\)",
    re.I,
)

KEYS = (
    r"platform|terminal|terminal app|version|os|os version|operating system|browser|device|node(?:\.?js)?"
    r"(?: version)?|python(?: version)?|"
    r"claude code(?: version)?|cli version|codex(?: cli)? version|app version|arch(?:itecture)?|shell|kernel|"
    r"installation(?: method)?|"
    r"install(?:ed)? (?:via|method)|ide|editor|vs ?code(?: version)?|model|npm(?: version)?|distributor id|"
    r"release|codename|java|forge|minecraft|"
    r"version in use|subscription|plan|region|locale|timezone|gpu|cpu|ram|memory|docker(?: version)?|"
    r"package manager|auth(?: method)?|"
    r"codeblock version|client|host|hardware|environment|操作系统|系统架构|应用版本|系统|版本"
)
ENVIRONMENT_LINE = re.compile(
    rf"^[ \t]{{0,6}}(?:[-*•] )?(?:\*\*)?(?:{KEYS})(?:\*\*)?[ \t]?[:：](?:\*\*)?[ \t]{{0,8}}[^\n]{{0,100}}$",
    re.I | re.M,
)
# The same in a flattened text: "- Platform: darwin - Terminal: cursor - Version: 2.0.70".
ENVIRONMENT_ITEM = re.compile(
    rf"(?<!\S)[-*•] (?:\*\*)?(?:{KEYS})(?:\*\*)?[:：](?:\*\*)?[ \t]{{0,4}}[^\n]{{0,80}}?(?=\s[-*•#]|\s\*\*|"
    rf"\s*$)",
    re.I | re.M,
)

ID_LINE = re.compile(
    r"(?<!\w)(?:[-*•] )?(?:\*\*)?(?:feedback|request|session|thread|trace|correlation|conversation|"
    r"uploaded thread|uploaded session|ray|"
    r"message|run|log|event|x-request)[ -]?(?:id)?(?:\*\*)?[ \t]?[:=][ \t]?(?:\*\*)?`?"
    r"(?:[a-z]{2,10}_[A-Za-z0-9]{8,64}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|"
    r"[0-9a-f]{12,64})`?",
    re.I,
)

STACK = re.compile(
    r"(?:[A-Z]\w{0,60}(?:Error|Exception)|Error): [^\n]{0,200}?(?=\s{1,8}at )|"
    r"(?<!\S)at (?:async |new )?[^\s(]{1,200}(?: \[as \w{1,40}\])? "
    r"\((?:[^()\s]{1,300}:\d{1,7}|native[^()\s]{0,100}|<anonymous>)\)|"
    r"(?<!\S)at (?:async )?"
    r"(?:file://|node:|/)[^\s()]{1,300}:\d{1,7}(?::\d{1,7})?|"
    r"Traceback \(most recent call last\):|File \"[^\"\n]{1,300}\", line \d{1,7}(?:, in [^\s]{1,100})?"
    r"(?:\n[ \t]{4}[^\n]{1,300})?|"
    r"thread '[^'\n]{1,60}' panicked at [^\n]{1,300}"
)
LOG_LINE = re.compile(
    r"^[ \t]{0,8}(?:"
    r"\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d[^\n]{0,600}|\[?\d\d:\d\d:\d\d[.,\]][^\n]{0,600}|\[(?i:info|warn|warning|"
    r"error|debug|trace|fatal)\][^\n]{0,600}|"
    r"(?:INFO|WARN|WARNING|ERROR|DEBUG|TRACE|FATAL)[ :\]][^\n]{0,600}|(?:npm|yarn|pip|cargo) (?:ERR!|WARN|"
    r"error|warning)[^\n]{0,400}|"
    r"[A-Za-z_.]{0,80}(?:Error|Exception|Warning): [^\n]{0,400}|(?:\$|❯|➜|"
    r"PS [A-Z]:\\[^>\n]{0,100}>) [^\n]{1,400}|"
    r"(?:-+> ?\d{1,5}|[ \t]{2,}\d{1,5} \|)[^\n]{0,300}|\d{1,3}%\|[^\n]{0,200}|Retrying [^\n]{0,300}|"
    r"Attempt \d{1,4} failed[^\n]{0,300}|"
    r"[^\s]{1,60} - - [^\n]{0,300}HTTP/\d[^\n]{0,60}|HTTP/\d\.?\d? \d{3}[^\n]{0,100}|caused by: [^\n]{0,300}"
    r")$",
    re.M,
)

QUOTED = re.compile(r"^[ \t]{0,3}>[^\n]{0,2000}(?:\n[ \t]{0,3}>[^\n]{0,2000}){0,400}", re.M)
AGENT_TURN = re.compile(
    r"^[ \t]{0,3}[⏺●■•][ \t][^\n]{0,2000}(?:\n(?![ \t]{0,3}[❯>⏺●#*])[ \t]{1,8}[^\n]{1,2000}){0,60}", re.M
)
REPLY_HEADER = re.compile(
    r"^(?:On [^\n]{4,120} wrote:|Am [^\n]{4,120} schrieb [^\n]{1,80}:|Le [^\n]{4,120} a écrit ?:|"
    r"El [^\n]{4,120} escribió:|"
    r"-{2,}\s?(?:Original Message|Forwarded message|Ursprüngliche Nachricht|Message d'origine)\s?-{2,}|"
    r"From: [^\n]{1,200}\n(?:(?:Sent|Date|To|Cc|Subject): [^\n]{0,300}\n){2,5})",
    re.M,
)
SIGNATURE = re.compile(
    r"(?:^|(?<=[.!?\n] )|(?<=[.!?]))(?:-- ?\n[^\0]{0,300}|Sent from my [^\n]{1,40}|"
    r"Get Outlook for [^\n]{1,30}|Von meinem [^\n]{1,20} gesendet|"
    r"(?:(?:(?:best|kind|warm|many)(?: |est )?(?:regards|wishes|thanks)|regards|sincerely(?: yours)?|yours "
    r"(?:truly|sincerely|faithfully)|cheers|respectfully|"
    r"mit freundlichen grüßen|viele grüße|beste grüße|cordialement|saludos(?: cordiales)?|atentamente|"
    r"atenciosamente|с уважением)"
    r"[,.!]{0,2}\s{0,3}[^\n]{0,60}(?:\n[^\n]{1,60}){0,4}))\s{0,20}\Z",
    re.I | re.M,
)
