"""Ways to ask how a safeguard decides, in other languages than English."""

from topics.signals_patterns import LIMIT, PUT, REST, WORD, Pattern

OTHERS = (
    Pattern(
        "de",
        WORD,
        ("welche",),
        r"\bwelche[rs]? (?:genaue )?(?:wort|wörter|begriffe?|formulierung|ausdruck)\b(?:"
        rf"{REST}(?:auslös|ausgelöst|block|gesperrt|sperr|filter|problem)| war (?:es|das|der))",
        "Welches Wort löst den Filter aus?",
    ),
    Pattern(
        "de",
        LIMIT,
        ("schwelle", "grenz", "score", "limit"),
        rf"\b(?:ab welche|was ist|wo liegt|wo ist|wie hoch ist|wie hoch liegt){REST}"
        rf"(?:schwelle|grenzwert|grenze|score|limit)\w{{0,6}}\b{REST}(?:block|sperr|gesperrt|filter|klassifik)",
        "Ab welcher Schwelle wird gesperrt?",
    ),
    Pattern(
        "de",
        PUT,
        ("wie ",),
        rf"\bwie (?:muss|soll|kann|formulier|schreib|sag|umschreib){REST}(?:nicht (?:mehr )?(?:block|geblockt"
        r"|gesperrt|gefiltert|abgelehnt)|durchkomm|durchgeht|durchrutsch|filter vorbei|filter umgeh)",
        "Wie muss ich es formulieren, damit es nicht blockiert wird?",
    ),
    Pattern(
        "fr",
        WORD,
        ("quel",),
        rf"\bquels? (?:est le |sont les )?(?:mots?|termes?|expressions?)\b{REST}"
        r"(?:déclench|bloqu|filtr|pos[ea]|problème)",
        "Quel mot déclenche le filtre ?",
    ),
    Pattern(
        "fr",
        LIMIT,
        ("seuil", "score", "limite"),
        r"(?:quel(?:le)? est (?:le |la |l')|à partir de quel(?:le)? |où est (?:le |la ))(?:seuil|score|limite)"
        rf"{REST}(?:bloqu|filtr|refus|déclench)",
        "Quel est le seuil à partir duquel ça bloque ?",
    ),
    Pattern(
        "fr",
        PUT,
        ("comment ",),
        rf"\bcomment (?:puis-je |dois-je |faut-il )?(?:formuler|reformuler|dire|écrire|tourner|demander){REST}"
        r"(?:sans (?:être|que|se faire) |pour que (?:ça|cela) passe|passer le filtre|contourner)",
        "Comment formuler ma demande sans être bloqué ?",
    ),
    Pattern(
        "es",
        WORD,
        ("palabra", "término", "expresi", "frase"),
        rf"\b(?:qué|cuál es la|cuáles son las) (?:palabra|término|expresi|frase)\w{{0,4}}\b{REST}"
        r"(?:activ|bloque|dispar|filtr|problema)",
        "¿Qué palabra activa el filtro?",
    ),
    Pattern(
        "es",
        LIMIT,
        ("umbral", "límite", "puntaje", "puntuación"),
        rf"(?:cuál es el|a partir de qué|dónde está el) (?:umbral|límite|puntaje|puntuación)\b{REST}"
        r"(?:bloque|filtr|rechaz)",
        "¿Cuál es el umbral para que me bloquee?",
    ),
    Pattern(
        "es",
        PUT,
        ("cómo ",),
        rf"\bcómo (?:puedo |debo |tengo que )?(?:lo |la |me )?(?:formul|reformul|dec|escrib|redact|pregunt|digo)"
        rf"\w{{0,6}}\b{REST}"
        r"(?:sin que|para que (?:no|pase)|evitar el filtro|saltar|esquivar)",
        "¿Cómo lo formulo para que no lo bloquee?",
    ),
    Pattern(
        "pt",
        WORD,
        ("palavra", "termo", "express"),
        rf"\b(?:que|qual|quais)(?: é a| são as)? (?:palavra|termo|express)\w{{0,4}}\b{REST}"
        r"(?:ativ|acion|bloque|dispar|filtr|problema)",
        "Qual palavra ativa o filtro?",
    ),
    Pattern(
        "pt",
        PUT,
        ("como ",),
        rf"\bcomo (?:posso |devo |é que )?(?:formul|reformul|diz|digo|escrev|pergunt)\w{{0,6}}\b{REST}"
        r"(?:sem (?:que|ser) |para (?:que )?(?:não |passar)|contornar|driblar)",
        "Como escrevo isso sem ser bloqueado?",
    ),
    Pattern(
        "it",
        WORD,
        ("parol", "termin", "espression"),
        rf"\b(?:quale|quali|che)(?: è la| sono le)? (?:parol|termin|espression)\w{{0,2}}\b{REST}"
        r"(?:attiva|blocca|scattare|filtr|problema)",
        "Quale parola fa scattare il filtro?",
    ),
    Pattern(
        "it",
        PUT,
        ("come ",),
        rf"\bcome (?:posso |devo )?(?:lo |la )?(?:formul|riformul|scriv|dir|chied)\w{{0,6}}\b{REST}"
        r"(?:senza (?:essere|che) |per (?:non |passare)|aggirare)",
        "Come lo scrivo senza essere bloccato?",
    ),
    Pattern(
        "ja",
        WORD,
        ("どの", "どんな"),
        r"(?:どの|どんな)(?:言葉|単語|ワード|表現)[^。？！\n]{0,20}(?:引っかか|問題|ブロック|反応|フィルタ|トリガ)",
        "どの単語がフィルタに引っかかりますか。",
    ),
    Pattern(
        "ja",
        LIMIT,
        ("値", "基準"),
        r"(?:しきい値|閾値|判定基準)[^。？！\n]{0,20}(?:いくつ|どこ|何|教えて)",
        "ブロックの閾値はいくつですか。",
    ),
    Pattern(
        "ja",
        PUT,
        ("どう", "どのように"),
        r"(?:どう|どのように)(?:言え|書け|聞け|表現すれ)ば[^。？！\n]{0,24}(?:通|されない|されず|引っかからな)",
        "どう書けばブロックされないのですか。",
    ),
    Pattern(
        "zh",
        WORD,
        ("哪个", "哪些", "什么"),
        r"(?:哪个|哪些|什么)(?:词|字|关键词|词语|敏感词)[^。？！\n]{0,20}(?:触发|被拦|屏蔽|过滤|违规|问题)",
        "到底是哪个词触发了过滤？",
    ),
    Pattern(
        "zh",
        LIMIT,
        ("阈值", "门槛", "界限"),
        r"(?:阈值|门槛|界限)[^。？！\n]{0,10}(?:是多少|在哪|多少|是什么)",
        "拦截的阈值是多少？",
    ),
    Pattern(
        "zh",
        PUT,
        ("怎么", "如何"),
        r"(?:怎么|如何)(?:说|写|问|表达|措辞|改写)[^。？！\n]{0,20}(?:才能通过|才不会|不会被|不被|绕过|通过审核)",
        "怎么写才不会被拦截？",
    ),
)
