"""Words of the main European languages that say nothing of a subject: pronouns, auxiliaries, adverbs.

English ones are with `topics.words`. Forms that are English words as well ("was", "come", "war") are left out.
"""

_GERMAN = """
aber als alle alles bin eigentlich anderen auch bei beim bin bis bitte bisher damit dann dass daß dem den denn deren des
dich dieser diese dieses dir doch dort durch eben eine einem einen einer eines einfach etwas euch euer eure euren ganz
gar geht gegen gerade gibt habe haben hatte hier ich ihm ihn ihr ihre ihrem ihren immer jede jeden jeder jedes jetzt
kann kein keine keinen konnte können könnte mal mehr mein meine meinem meinen meiner mich mir muss musste
nach nichts noch nun nur ob oder ohne schon sehr sein seine seit seitdem selbst sich sind soll sollte sondern sonst
tut über uns unser unsere unter viel vom vor warum weil weiter wenn werde werden wie wieder wird wurde wurden wäre
würde zum zur zwischen woche wochen monat monate monaten tag tage tagen jahr jahre stunde stunden minuten
"""
_FRENCH = """
ai alors aussi autre aux avec avait avez avoir avons beaucoup bien car cela ces cet cette chaque chez comment
dans depuis dois doit donc dont elle elles encore est et était être eu faire fait faut ici ils j'ai j'en jamais je
leur leurs lors lui ma mais même mes moi moins mon ne ni nos notre nous ont où ou parce pendant peu peut plus
pourquoi puis quand que quel quelle qui quoi rien sa sans se ses sera si son sont suis sur ta tes très toujours
tous toute toutes trop vais vos votre vous jours semaine semaines mois heure heures client cliente ans c'est n'est
"""
_SPANISH = """
ahora algo algún alguna antes aquí así aunque bien cada casi cómo con cual cuando cuándo desde después donde dos
ella ellos era eres esa ese eso esta estaba están estar estas este esto estos estoy está fue fueron ha hace hacer
hago han hasta hay he hoy lleva llevo le les me mi mis mucho muchos nada ni nos nosotros nunca o os otra otro para
pero poco por porque puede puedo pues qué que quien quién se sea ser si sí siempre sin sino sobre sois somos son
soy su sus también tan tanto te tengo ti tiene tienen todo toda todos todas tu tus un una uno unos usted ustedes
va van veces ver vez voy y ya yo meses semanas semana días horas años cliente dije uso
"""
_PORTUGUESE = """
agora ainda além alguém algum alguma antes ao aos aqui assim até cada com como da das de depois desde dos e ela
ele eles em então era essa esse esta está estão estar estava este estou eu faço fazer foi foram há isso isto já lhe
mais mas me mesmo meu meus minha minhas muito muita na nada não nas nem nenhum no nos nossa nosso num numa nunca
o os ou para pela pelo por porque pode posso pra qual quando que quem se sem sempre ser seu seus só sua suas também
tem tenho ter teve toda todo tudo um uma vai vez vocês você vou meses semanas semana dias horas anos cliente uso
"""
_ITALIAN = """
abbiamo adesso alla alle allo anche ancora avere aveva bene che chi ci coi col con così cui dai dal dalla degli
dei del della delle dello di dopo dove e è ed era essere fa fare fatto già gli ha hai hanno ho il io la le lei lo
loro ma mai me mentre mi mia mie mio molto ne nei nel nella nessuno niente noi non nostra nostro o ogni oppure
ora però perché più poi poco prima proprio può qua quale quando quanto quella quello questa queste questo qui se
sempre senza si sia siamo solo sono sta stata stato su sua sugli sui sul sulla suo suoi tra tu tutti tutto un una
uno va vi voi volta volte mesi settimane settimana giorni ore anni cliente perso uso
"""
_RUSSIAN = """
а без был была были было быть в вам вас ваш ваша вообще во вот все всё всех вы где да даже для до его ее её если
есть еще ещё же за здесь и из или им их к каждый каждая как когда кто ли меня мне мой моя мы на над нам нас наш не
него нет ни но ну о об он она они от очень по под после потому почему при про раз с сам сейчас себя снова со так
там тебе тем то тогда тоже только тут ты у уже хочу чего чем что чтобы это этого этой этот я
день дня дней неделю недели недель месяц месяца месяцев час часа часов год лет минут
"""

FOREIGN = frozenset(" ".join([_GERMAN, _FRENCH, _SPANISH, _PORTUGUESE, _ITALIAN, _RUSSIAN]).split()) - frozenset(
    "a as den die do dos era ha he hat he in io is it me mal mon no on or os per pre quale sa sia sole son "
    "sera se ser tan tu tut us uno van ver vez war tag client fa fare gar hay lo ma pour pro sta car con".split()
)
