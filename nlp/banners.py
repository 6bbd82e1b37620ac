"""How vendors word their blocks: verbatim sentences of products, never what customers say about them."""

import re

# A sentence of a product goes on to its full stop; what people write would not begin so.
REST = r"[^\n.!?\"”`]{0,160}"
# Literal (lower case, looked for first) -> pattern of the whole banner, as vendors worded it 2023 to 2026.
BANNERS: dict[str, re.Pattern[str]] = {
    literal: re.compile(pattern, re.I)
    for literal, pattern in {
        "unable to respond": r"(?:api error: ?)?(?:claude code|claude) is unable to respond to this request, "
        r"which appears to violate our "
        r"usage policy ?(?:\([^)\s]{1,200}\))?\.?(?: ?(?:this request triggered|please double press|"
        r"try rephrasing)[^\n.]{0,200}\.){0,3}",
        "your prompt was flagged": r"(?:invalid prompt: ?)?your prompt was flagged as potentially "
        r"violating our usage policy\.?"
        r"(?: ?please try again with a different prompt(?:: [^\n]{0,100})?\.?)?",
        "flagged this message for": r"(?:\w{2,12} ?\d?[\d.]{0,4}(?:['’]s|s['’]))? ?(?:safety measures|"
        r"safeguards|safety filters?|safety classifiers?) "
        r"flagged this message for (?:an? )?[^\n.]{1,120}?topics?(?:\.{1,3}|…)?(?: ?switched to [^\n]{1,40}?"
        r"(?:\.(?=\s|$|\")|$))?",
        "flagged something in this": r"(?:\w{2,12} ?[\d.]{0,4}|this model) has "
        r"(?:safety )?measures that flagged something in this (?:session|message)\.?"
        r"(?: ?this sometimes happens with safe, normal conversations\.?)?"
        r"(?:\s{1,4}switched to\s{1,4}[^\n]{1,40}?(?:\.(?=\s|$|\")|$))?",
        "content management policy": r"the response was filtered due to the prompt triggering "
        r"(?:azure openai|microsoft)(?:['’]s)? (?:service['’]s )?"
        r"content management policy\.?(?: ?please modify your prompt and retry\.?)?"
        r"(?: ?to learn more about our content filtering[^\n]{0,200})?",
        "responsible ai": r"(?:sorry, )?(?:the |your )?(?:response|prompt|message|request) (?:was|got|"
        r"has been) filtered by the responsible ai "
        r"service\.?(?: ?please rephrase your prompt[^\n.]{0,80}\.?)?(?: ?learn more\.?)?",
        "potential nsfw content": r"potential nsfw content was detected in one or more images\.?"
        r"(?: ?a black image will be returned instead\.?)?"
        r"(?: ?try again with a different prompt and/or seed\.?)?",
        "organization has been disabled": r"(?:api error: ?)?(?:\d{3} ?)?(?:this|"
        r"your) organization has been disabled\.?",
        "your account has been": rf"your account has been (?:blocked|suspended|disabled|deactivated|banned|"
        rf"restricted) (?:as|because|due|for|after){REST}\.?",
        "your access was terminated": rf"your access "
        rf"was terminated due to violation of our policies{REST}\.?",
        "content exists risk": r"content exists risk",
        "inappropriate content": r"(?:input|output)(?: text)? data may contain inappropriate content\.?",
        "limited access to this content": r"(?:invalid prompt: ?)?we['’]ve limited access to this "
        r"content for safety reasons\.?"
        r"(?: ?this type of information may be used to benefit or to harm people\.?)?",
        "this conversation was paused": rf"this conversation was paused because it{REST}\.?",
        "your conversations have multiple flags": rf"your conversations have multiple flags for{REST}(?:\.|"
        rf"…)?",
        "potentially high-risk cyber": rf"your (?:account|request|requests|"
        rf"conversation)[^\n.]{{0,80}}flagged for potentially high-risk cyber activity{REST}\.?",
        "suspicious activity related to": rf"this user['’]s access to [^\n.]{{1,60}} has been temporarily "
        rf"limited for potentially suspicious activity{REST}\.?",
        "this service has been disabled in": r"this service has been disabled in this account for violation "
        r"of terms of service\.?",
        "this content may violate": r"this (?:content|prompt|message|request) may violate our "
        r"(?:usage policies|usage policy|content policy|terms of use(?: or usage policies)?)\.?"
        r"(?: ?did we get it wrong\??)?",
        "appears to violate our": r"(?:this|your) (?:request|prompt|message) "
        r"(?:which )?appears to violate our (?:usage policy|usage policies|content policy)\.?",
        "was rejected as a result of our safety": rf"your request was rejected (?:as a result of|by) (?:our|"
        rf"the) safety system\.?{REST}\.?",
        "content policy violation": r"(?:error: ?)?content[ _]policy[ _]violation\.?",
        "as a fallback": r"(?:this|your) (?:request|message|conversation|session) (?:was|has been|is being) "
        r"(?:routed|rerouted|switched) to [^\n.]{1,60} as a fallback\.?",
        "output blocked by content filtering": r"(?:api error: ?)?"
        r"(?:\d{3} ?)?output blocked by content filtering policy\.?",
        "prohibited_content": r"(?:the )?(?:prompt|response|candidate) was blocked (?:due to|"
        r"because of)?:? ?prohibited_content\.?",
        "there was an error generating": r"there was an error generating a response\.?",
        "overloaded": r"api error: ?(?:\(?\d{3}\)? ?)?(?:overloaded(?:_error)?|the (?:server|service|"
        r"model) is overloaded)\.?",
        "rate limit reached": r"api error: ?rate limit reached\.?",
        "conversation is too long": r"(?:api error: ?)?(?:prompt|conversation) is too long\.?"
        r"(?: ?press esc[^\n.]{0,100}\.?)?",
        "why have i been blocked": r"why have i been blocked\?",
        "the action you just took triggered": r"this website (?:is using|uses) a security service"
        r"(?: to protect itself from online attacks)?\."
        r"(?: ?the action you (?:just took|just performed|took)[^\n.]{0,80}\.?)?"
        r"(?: ?there are several actions[^\n.]{0,200}\.?)?",

        # Google
        "blocked due to safety": r"(?:the )?(?:prompt|response|candidate|content)(?: was)? blocked due to safety\.?",
        "just a language model": r"i[’']?\s?a?m just a language model(?: ai)?,? (?:and|so) (?:i )?can[’']?t help "
        r"(?:you )?with that\.?",
        "deceptive site ahead": r"deceptive site ahead\.?(?: ?attackers on [^\n]{1,300}?"
        r"\(for example,[^\n)]{1,120}\)\.?)?",
        "the site ahead contains": r"the site ahead contains (?:malware|harmful programs)\.?"
        r"(?: ?attackers currently on [^\n.]{1,300}\.)?",
        "attackers on ": r"attackers on [^\s]{3,100} may trick you into doing something dangerous[^\n.]{0,200}\.?",
        # Amazon
        "the model cannot answer this question": r"sorry, the model cannot answer this question\.?",
        "guardrail_intervened": r"(?:action: ?)?[\"']?guardrail_intervened[\"']?",
        "the request could not be satisfied": r"(?:403 error\s{0,3})?the request could not be satisfied\.?"
        r"(?:\s{0,3}request blocked\.?)?(?: ?we can[’']?t connect to the server for this app or website at this "
        r"time\.[^\n]{0,200})?",
        # OpenAI, image and chat products
        "did not follow our content policy": r"(?:this|your|the) (?:image generation )?request did not follow our "
        r"content policy\.?",
        "violates our content polic": rf"(?:this|your) (?:image generation )?(?:request|prompt|message) violates our "
        rf"content polic(?:y|ies){REST}\.?",
        "may not be allowed by our safety system": r"[^\n.]{0,80}may not be allowed by our safety system\.?",
        "text that is not allowed by our safety": r"(?:your request was rejected as a result of our safety system\. ?)?"
        r"(?:image descriptions generated from )?your prompt may contain text that is not allowed by our safety "
        r"system\.[^\n]{0,120}",
        "moderation_blocked": r"(?:error code: ?)?[\"']?moderation_blocked[\"']?",
        "detected suspicious activity": rf"(?:our systems have |we(?:[’']ve| have) )detected suspicious activity "
        rf"(?:in|on|from|coming from) your {REST}\.?",
        "our systems have detected unusual activity": rf"our systems have detected unusual activity{REST}\.?",
        "banned prompt detected": r"banned prompt detected\.?(?: ?sorry! please try a different prompt[^\n]{0,120})?",
        # Anthropic
        "safety filters flagged this": r"(?:\w{2,12} ?[\d.]{0,4}[’']s )?safety filters flagged this (?:chat|message|"
        r"conversation)\.?(?: ?due to its advanced capabilities,[^\n.]{0,200}\.)?",
        "violates our acceptable use policy": rf"(?:this|your) (?:message|prompt|request|conversation) violates our "
        rf"acceptable use policy{REST}\.?",
        # Microsoft
        "your response got filtered": r"oops,? your response got filtered[^\n.]{0,120}\.?",
        "matched public code": rf"sorry, the response matched public code{REST}\.?",
        "content filter was triggered": rf"(?:the )?content filter was triggered{REST}\.?",
        "windows protected your pc": r"windows protected your pc\.?(?:\s{0,3}(?:microsoft|windows) defender "
        r"smartscreen "
        r"prevented an unrecogni[sz]ed app from starting\.)?(?:\s{0,3}running this app might put your pc at risk\.?)?",
        "smartscreen prevented": r"(?:microsoft|windows) defender smartscreen prevented an unrecogni[sz]ed app from "
        r"starting\.?(?:\s{0,3}running this app might put your pc at risk\.?)?",
        "contains a virus or potentially": r"(?:operation did not complete successfully because )?the file contains a "
        r"virus or potentially unwanted software\.?",
        # Registries of packages
        "security holding package": r"security holding package\.?",
        "this package has been removed": rf"this package (?:version )?has been (?:removed|unpublished) (?:from the "
        rf"registry |from npm )?(?:for|due to|because of) {REST}\.?",
        "this project has been quarantined": rf"this project has been quarantined{REST}\.?",
        "this project is in quarantine": rf"this project is in quarantine{REST}\.?",
        # Firewalls of web sites
        "you have been blocked": r"sorry, you have been blocked\.?(?:\s{0,3}you are unable to access [^\s]{1,100})?",
        "performance & security by": r"(?:cloudflare )?performance (?:&|&amp;) security by cloudflare\.?",
        "attention required!": r"attention required! ?\| ?cloudflare",
        "generated by mod_security": r"(?:not acceptable!\s{0,3})?(?:an appropriate representation of the requested "
        r"resource could not be found on this server\. ?)?this error was generated by mod_security\.?",
        "incapsula incident": r"request unsuccessful\. incapsula incident id: [\d-]{5,60}",
        "don't have permission to access": r"(?:access denied\s{0,3})?you don[’']t have permission to access "
        r"[\"“]?[^\s\"”]{1,200}[\"”]? on this server\.?(?:\s{0,3}reference #[\w.&;#]{5,80})?",
        # China
        "data_inspection_failed": r"[\"']?data_inspection_failed[\"']?",
        "beyond my current scope": r"sorry, that[’']?s beyond my current scope\.?(?: ?let[’']?s talk about something "
        r"else\.?)?",
        "换个话题": r"(?:你好，)?(?:这个问题|此问题)我(?:暂时)?无法回答，"
        r"(?:让|请)?(?:我们)?换个话题(?:再聊聊吧|吧)?[。！]?",
    }.items()
}  # fmt: skip
