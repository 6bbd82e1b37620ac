"""Set phrases of letters and forms that say nothing of a subject: greetings, closings, headings, politeness."""

import re

_GREETINGS = r"""
hi(?: there| all| team| everyone| folks)?(?=\W|$)|hello(?: there| all| team| everyone)?
hey(?: there| all| team| guys)?|dear (?:sir or madam|sir|madam|team|support|all|customer service)
to whom it may concern|good (?:morning|afternoon|evening|day)|long[- ]?time (?:user|customer|listener) here
first time (?:i write|writing)[^.!?\n]{0,20}|just wanted to say(?: thanks?)?
hope (?:you are|you're|this finds)[^.!?\n]{0,20}|guten (?:tag|morgen|abend)
sehr geehrte[r]?(?: damen und herren)?|hallo(?: zusammen| team)?|liebes team|moin
bonjour(?: à tous| madame| monsieur)?|bonsoir|chère? (?:madame|monsieur|équipe)|madame,? monsieur|salut
buen(?:os|as) (?:días|dias|tardes|noches)|hola(?: equipo)?|estimad[oa]s?(?: señor(?:es|a)?| equipo)?
muy señor(?:es)? mío|b(?:om|oa) (?:dia|tarde|noite)|ol[áa](?: equipe| pessoal)?
prezad[oa]s?(?: senhor(?:es|a)?)?|caros|buon(?:giorno|asera)|gentil[ei](?: signor[ei]a?| team)?|salve|ciao
добрый (?:день|вечер)|доброе утро|здравствуйте|привет|уважаем(?:ые|ый|ая)(?: господа)?
お世話になっております|こんにちは|初めまして|拝啓|你好|您好|大家好|안녕하세요
"""

_CLOSINGS = r"""
(?:kind|best|warm)(?:est)? regards|(?:yours )?(?:sincerely|faithfully)|cheers|many thanks
thank you(?: (?:so|very) much)?(?: in advance)?
thanks(?: (?:in advance|anyway|a lot|so much|again|to the team))?|looking forward to[^.!?\n]{0,40}
i hope this helps|any help (?:is|would be)[^.!?\n]{0,20}|keep up the good work
keep it up
(?:please|kindly) (?:fix|help|consider|advise|respond|reply|look into)[^.!?\n]{0,30}
you can reach me[^.!?\n]{0,10}|let me know
mit freundlichen grüßen
(?:viele|beste|liebe|freundliche) grüße|(?:vielen )?dank(?: im voraus| für[^.!?\n]{0,25})?
danke(?: im voraus| schön)?|(?:ich )?bitte um (?:eine )?(?:rückmeldung|antwort|hilfe)
(?:bien )?cordialement|merci(?: (?:d'avance|beaucoup|bien|pour[^.!?\n]{0,25}))?|bonne (?:journée|soirée)
dans l'attente[^.!?\n]{0,30}|j'attends (?:une|votre) réponse|veuillez agréer[^.!?\n]{0,60}
(?:muchas )?gracias(?: de antemano| por[^.!?\n]{0,25})?|(?:un )?saludos?(?: cordial(?:es)?)?|atentamente
quedo (?:atent[oa]|a la espera)|espero (?:su |una )?respuesta
por favor|obrigad[oa](?: desde já)?|atenciosamente|cumprimentos
aguardo (?:o )?retorno|fico no aguardo|(?:cordiali|distinti) saluti
(?:molte )?grazie(?: mille| in anticipo)?|attendo (?:una )?risposta|per favore
(?:заранее )?спасибо(?: большое| за[^.!?\n]{0,20})?|с уважением|жду ответа|пожалуйста
以上です|よろしくお願い(?:いた|致)?します|お願いします|ありがとうございます|回答をお待ちしています
対応をお願いします|敬具|谢谢|请回复|请尽快处理|多谢|此致
敬礼|감사합니다|부탁드립니다|빠른 답변 부탁드립니다
"""

_HEADINGS = r"""
(?:observed|expected|actual|current|desired|unexpected) behaviou?r|steps to reproduce|reproduction steps
system info(?:rmation)?|request[ _-]?id:?(?: req\w*)?|user impact|likely cause|root cause
additional (?:context|information)|bug report|feature request|what were you trying to do|what happened
how does this affect you|anything else|is this a regression|auto-report
what (?:is|was) the (?:expected|actual)[^.!?\n]{0,15}|preflight checklist|what's wrong|what should happen
error messages/logs|(?:fehler|problem)beschreibung|erwartetes verhalten|comportement (?:attendu|observé)
comportamiento (?:esperado|observado)|comportamento (?:esperado|observado|atteso)|ожидаемое поведение
шаги воспроизведения|再現手順|期待される動作|复现步骤|预期行为
n/a|same as above|see above
"""


def _alternation(*tables: str) -> str:
    """One pattern of all lines."""
    lines = [line.strip() for table in tables for line in table.splitlines() if line.strip()]
    return "|".join(lines)


_CJK = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
# Writing without spaces has no word borders: there a formula may begin and end anywhere.
_BEGIN = rf"(?:(?<!\w)|(?<=[{_CJK}])|(?=[{_CJK}]))"
_END = rf"(?:(?!\w)|(?<=[{_CJK}]))"
_FORMULA = re.compile(rf"{_BEGIN}(?:{_alternation(_GREETINGS, _CLOSINGS, _HEADINGS)}){_END}")


def without_formulas(text: str) -> str:
    """Text of the same length in which every formula is blank but for a comma, which parts words.

    >>> without_formulas("Hi team, no refund")
    ',      , no refund'
    """
    small = text.lower()  # many times faster than a pattern that ignores case
    if len(small) != len(text):
        small = "".join(letter.lower() if len(letter.lower()) == 1 else letter for letter in text)
    pieces, at = [], 0
    for match in _FORMULA.finditer(small):
        if match.end() > match.start():
            pieces += [text[at : match.start()], ",", " " * (match.end() - match.start() - 1)]
            at = match.end()
    return "".join([*pieces, text[at:]])
