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
    r"(?<!\S)#{1,6}[ \t]{1,3}(?:claude model|model|which model (?:were|are) you using\??|[\w.-]{2,20}"
    r"(?: [\w.-]{2,20})? version|version|what [^#?\n]{1,40} version [^#?\n]{0,40}\?|"
    r"what version of [^#?\n]{1,40}\??|openclaw version|litellm version|last working(?: version)?|platform|"
    r"what platform is your computer\??|"
    r"what (?:subscription|plan) do you have\??|subscription|plan|operating system|os|terminal/shell|"
    r"terminal|shell|priority|feature category|"
    r"is this a regression\??|permission mode(?: when[^#\n]{0,40})?|can you reproduce this\??|"
    r"type of behaviou?r issue|impact(?=\s{1,3}(?:critical|high|medium|low)\b)|bug type|"
    r"documentation (?:type|location)|are you a ml ops team\?|what part of [^#\n?]{1,40}\??|"
    r"device and browser|network[^#\n]{0,10}|browser|"
    r"willingness to contribute|thread id|what version of home assistant core has the issue\?|"
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
    r"no sensitive|not contain sensitive|would like to contribute|"
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
    r"extension version|remote os version|modes|sandbox environment|model version|auth type|package name|"
    r"package version|cli|qwen code|build|"
    r"codeblock version|client|host|hardware|environment|操作系统|系统架构|应用版本|系统|版本|模型|沙箱"
)
ENVIRONMENT_LINE = re.compile(
    rf"^[ \t]{{0,6}}(?:[-*•] )?(?:\*\*)?(?:{KEYS})(?:\*\*)?[ \t]?[:：](?:\*\*)?[ \t]{{0,8}}(?P<answer>[^\n]{{0,100}})$",
    re.I | re.M,
)
# The same in a flattened text: "- Platform: darwin - Terminal: cursor - Version: 2.0.70".
ENVIRONMENT_ITEM = re.compile(
    rf"(?<!\S)[-*•] (?:\*\*)?(?:{KEYS})(?:\*\*)?[:：](?:\*\*)?[ \t]{{0,4}}(?P<answer>[^\n]{{0,80}}?)"
    rf"(?=\s[-*•#]|\s\*\*|\s*$)",
    re.I | re.M,
)

ID_LINE = re.compile(
    r"(?<!\w)(?:[-*•] )?(?:\*\*)?(?:feedback|request|session|thread|trace|correlation|conversation|"
    r"uploaded thread|uploaded session|ray|"
    r"message|run|log|event|x-request)[ -]?(?:id)?(?:\*\*)?[ \t]?[:=][ \t]?(?:\*\*)?`?"
    r"(?:[a-z]{2,10}_[A-Za-z0-9]{8,64}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|"
    r"[0-9a-f]{12,64})`?|(?<!\S)- (?:\*\*)?(?:feedback|request|session) id:(?:\*\*)?(?!\S)",
    re.I,
)
# What a bug reporter of an editor folds away.
DETAILS = re.compile(
    r"<details>\s{0,20}<summary>(?:<b>)?[^<]{0,40}?(?:system info|environment|versions?|diagnostics?|doctor|logs?|"
    r"stack|"
    r"output|config(?:uration)?|extensions|a/b experiments)[^<]{0,40}(?:</b>)?</summary>",
    re.I,
)
REPORTER_TYPE = re.compile(r"^Type: <b>[^<\n]{1,30}</b>", re.M)
# A title's tag that the form of an issue tracker puts there.
TITLE_TAG = re.compile(
    r"\A\s{0,3}\[(?:bug|feature|feature request|fr|docs?|documentation|model|ux|enhancement|question|issue|request|"
    r"improvement|suggestion|proposal|regression|critical|security|performance|support|billing|feedback)\]"
    r"(?:\s?\[[^\]\n]{1,20}\])?:?(?=\s)",
    re.I,
)

SIGNATURE = re.compile(
    r"(?:^|(?<=[.!?\n] )|(?<=[.!?]))(?:-- ?\n[^\0]{0,300}|Sent from my [^\n]{1,40}|"
    r"Get Outlook for [^\n]{1,30}|Von meinem [^\n]{1,20} gesendet|Envoyé de mon [^\n]{1,20}|Enviado desde mi "
    r"[^\n]{1,20}|"
    r"(?:(?:(?:best|kind|warm|many)(?: |est )?(?:regards|wishes|thanks)|regards|sincerely(?: yours)?|yours "
    r"(?:truly|sincerely|faithfully)|cheers|respectfully|"
    r"mit freundlichen grüßen|viele grüße|beste grüße|cordialement|bien à vous|saludos(?: cordiales)?|"
    r"un cordial saludo|atentamente|cordiali saluti|distinti saluti|met vriendelijke groet(?:en)?|"
    r"atenciosamente|с уважением|此致|敬具)"
    r"[,.!]{0,2}\s{0,3}[^\n]{0,60}(?:\n[^\n]{1,60}){0,4})|"
    r"(?:thanks|thank you|thx|best|danke|merci|gracias),?\n[^\n.!?]{1,40}(?:\n[^\n]{1,60}){0,3})\s{0,20}\Z",
    re.I | re.M,
)
# What a tool signs with, at the end too.
TOOL_SIGNATURE = re.compile(
    r"(?:-{3}\s{1,3})?(?:🤖 ?(?:Generated|Created|Written) (?:with|by) [^\n]{1,120}|"
    r"(?:Co-Authored-By|Signed-off-by): [^\n]{1,120})(?:\s{1,3}Co-Authored-By: [^\n]{1,120})?\s{0,20}\Z"
)
