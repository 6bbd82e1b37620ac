"""Language: told where a text is long enough, left open where it is not."""

import pytest

from nlp.language import UNKNOWN, identify

SENTENCES = {
    "en": "it keeps refusing my homework about mushrooms",
    "de": "Seit gestern wird jede Anfrage von mir abgelehnt, warum nur?",
    "fr": "mon compte a été suspendu sans aucune explication",
    "es": "el agente hizo lo contrario de lo que le ordené",
    "pt": "minha conta foi bloqueada sem nenhuma explicação",
    "it": "il filtro blocca tutte le mie domande di chimica",
    "ru": "почему мой запрос снова отклонён без объяснений",
    "zh": "你好，为什么我的请求总是被拒绝",
    "ja": "なぜ私のリクエストは拒否されるのですか",
    "ko": "왜 제 요청이 계속 거부되나요",
}


@pytest.mark.parametrize(("code", "text"), SENTENCES.items())
def test_language_of_a_sentence_is_told(code: str, text: str) -> None:
    [(found, probability)] = identify([text])
    assert found == code
    assert 0.3 < probability <= 1


@pytest.mark.parametrize(
    "text", ["", "hi", "fix it", "...", "529", "<EMAIL_1> <PERSON_2>", "https://a.example/so/ein/ding", "🙂🙂"]
)
def test_too_little_text_is_undetermined(text: str) -> None:
    assert identify([text]) == [(UNKNOWN, 0.0)]


def test_code_and_links_do_not_count() -> None:
    german = "Das hier wird immer abgelehnt: ```for item in the list of things: return the thing``` siehe https://the.example/of/and"
    assert identify([german])[0][0] == "de"


def test_one_at_a_time_equals_a_batch() -> None:
    texts = [*SENTENCES.values(), "", "\ud800 lone surrogates are no obstacle here", "x" * 100_000]
    assert identify(texts) == [identify([text])[0] for text in texts]
    assert identify([]) == []
