"""Fields of a text that have a few values of their own: surface, permission mode, topics of a block."""

import re

from nlp.literals import Guarded

# The topics of a block are named by the harm domain where there is one.
# Field -> value -> what says it, looked for in the text in lower case (the topics: in its banners).
SAID: dict[str, dict[str, str]] = {
    "surface": {
        "cli": r"\b(?:codex|gemini|claude|copilot|qwen|openai|aws)[- ]cli\b|claude code(?! (?:on the )?web)|qwen code|"
        r"command[- ]line (?:tool|interface|version)|\bcli (?:version|tool|session)\b|in the cli\b",
        "desktop": r"desktop (?:app|version|client)|(?:claude|chatgpt) (?:for )?desktop|codex app\b|"
        r"macos app\b|mac app\b|windows app\b",
        "web": r"web[- ]?(?:app|version|interface|chat|ui|client)\b|claude\.ai|chatgpt\.com|chat\.openai\.com|"
        r"gemini\.google\.com|in (?:the|my) browser|code on the web\b|code web\b|on the website",
        "ide": r"vscode|vs code|visual studio|jetbrains|intellij|pycharm|webstorm|neovim|xcode|"
        r"cursor (?:ide|editor)|terminal: (?:cursor|zed|windsurf)|zed editor|in zed\b|windsurf|"
        r"(?:ide|editor) (?:extension|plugin)",
        "api": r"\bapi (?:keys?|calls?|endpoints?|requests?|responses?|integration|customers?|users?)\b|"
        r"(?:via|over|through) (?:the |your )?api\b|\bsdk\b|bedrock|vertex ai|azure openai|/v1/(?:messages|chat|images|"
        r"responses|embeddings)",
        "mobile": r"\biphone|\bipad|\bandroid\b|\bios (?:app|\d)|mobile (?:app|version)|app store|play store|"
        r"(?:on|from) my phone",
    },
    "permission_mode": {
        "bypass": r"dangerously-skip-permissions|dangerously-bypass|bypass[- ]?permissions?|--yolo\b|\byolo mode",
        "plan": r"\bplan(?:ning)? mode",
        "accept_edits": r"accept[- ]edits|acceptedits|auto-?accept",
        "auto": r"\b(?:full[- ])?auto[- ]mode|--full-auto|full[- ]auto\b|autopilot mode",
        "read_only": r"read[- ]only mode|sandbox(?:_mode)?[ =:]{1,3}read-only",
        "default": r"permission mode[\s:*]{1,6}default|default permission mode",
    },
    "banner_category": {
        "cyber": r"cyber|hacking",
        "biological": r"biolog|biosec|pathogen",
        "chemical": r"\bchemi",
        "nuclear_radiological": r"radiolog|nuclear",
        "sexual_content": r"sexual|nsfw|nudity|explicit",
        "violence_extremism": r"violen|weapon",
        "self_harm": r"self[-_ ]?harm|suicid",
        "hate_harassment": r"\bhate|harass",
        "malware": r"malware|\bvirus|harmful programs|unrecogni[sz]ed app",
        "fraud_deception": r"deceptive|phish|trick you",
        "copyright": r"recitation|public code|copyright",
        "prompt_attack": r"jailbreak|prompt (?:shield|attack|injection)",
        "coding": r"\bcoding\b",
    },
}
VALUES: dict[str, tuple[tuple[str, Guarded], ...]] = {
    name: tuple((value, Guarded(re.compile(pattern))) for value, pattern in rows.items()) for name, rows in SAID.items()
}
# What the fields of a filter's result are called.
FILTERS = {
    "hate": "hate_harassment",
    "sexual": "sexual_content",
    "violence": "violence_extremism",
    "self_harm": "self_harm",
    "jailbreak": "prompt_attack",
    "indirect_attack": "prompt_attack",
    "protected_material_text": "copyright",
    "protected_material_code": "copyright",
}
