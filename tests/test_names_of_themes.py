"""Names of groups of claims, and whether the documents bear them out."""

import numpy as np
import pytest

from nlp.language import LANGUAGES
from nlp.names import load_parser
from topics.describe import LONGEST_NAME, UNNAMED, named_person
from topics.language_names import LANGUAGE_NAMES
from topics.name_check import checked_name, content_words
from topics.naming import Namer, described, described_groups
from topics.word_shares import LEAST_REPORTERS, LEAST_SHARE

CAPS = [
    "Comcast data cap is unfair",
    "the data cap and overage charges",
    "I hit my data cap, overage charges again",
    "overage charges because of a data cap",
    "Comcast charged overage charges",
    "why a data cap at all",
] * 3
SPEED = [
    "Comcast slow internet speed",
    "internet speed is not as advertised",
    "slow internet speed every evening",
    "speed of my internet is slow",
    "Comcast internet speed dropped",
] * 3
CLAIMS = CAPS + SPEED
GROUPS = [list(range(len(CAPS))), list(range(len(CAPS), len(CLAIMS)))]
BLOCKED = [
    "Verified researchers are still blocked on vulnerability analysis.",
    "Verified researchers still blocked on vulnerability analysis, again.",
    "Still blocked on vulnerability analysis though we are verified.",
    "As verified researchers we get blocked on any vulnerability analysis.",
]
REFUNDS = ["I never received the refund.", "Where is my refund?", "They have not sent the refund yet."]


@pytest.fixture(scope="module")
def pipeline():
    return load_parser()


def names(claims, groups, **given):
    return [one.name for one in described_groups(claims, groups, **given)]


def test_names_are_the_phrases_of_their_documents():
    assert names(CLAIMS, GROUPS) == ["Data cap and overage charges", "Internet speed"]


def test_the_product_everybody_names_is_in_no_name():
    assert not any("comcast" in name.lower() for name in names(CLAIMS, GROUPS))


def test_a_name_is_a_headline_where_claims_can_be_parsed(pipeline):
    claims = BLOCKED * 3 + REFUNDS * 3
    first, second = described_groups(claims, [range(12), range(12, 21)], pipeline=pipeline)
    assert first.name == "Verified researchers still blocked on vulnerability analysis"
    assert "refund" in second.name.lower()
    assert first.inside > 0.7 and first.outside < 0.1


def test_every_word_of_a_name_is_in_its_share_of_the_documents_and_in_fewer_outside(pipeline):
    claims = CLAIMS + BLOCKED * 3
    groups = [*GROUPS, list(range(len(CLAIMS), len(claims)))]
    for rows, one in zip(groups, described_groups(claims, groups, pipeline=pipeline), strict=True):
        check = checked_name(one.name, claims, rows)
        assert check.words and all(inside >= LEAST_SHARE and inside > out for inside, out in check.words.values())
        assert check.inside == pytest.approx(one.inside, abs=0.001)
        assert check.outside == pytest.approx(one.outside, abs=0.02)


def test_what_most_claims_deny_is_denied_in_the_name(pipeline):
    claims = ["My card has not arrived.", "The card has not arrived yet.", "My card still has not arrived."] * 4
    one = described([*claims, *CLAIMS], range(12), pipeline=pipeline)
    assert "not arrived" in one.name


def test_the_phrase_of_one_reporter_is_in_no_name(pipeline):
    claims = ["The kumquat project was flagged."] * 10 + ["My project was flagged by the filter."] * 10
    reporters = ["loud"] * 10 + [f"r{number}" for number in range(10)]
    one = described(
        [*claims, *CLAIMS], range(20), reporters=[*reporters, *map(str, range(len(CLAIMS)))], pipeline=pipeline
    )
    assert "kumquat" not in one.name.lower() and not any("kumquat" in phrase for phrase in one.phrases)
    assert "flagged" in one.name.lower()


def test_words_must_come_together_from_several_reporters():
    claims = ["red balloon"] + ["red"] * 5 + ["balloon"] * 5 + ["wire"] * 10
    assert LEAST_REPORTERS == 3
    assert "red balloon" not in described(claims, range(11)).phrases


def test_slurs_and_numbers_are_left_out_of_names():
    claims = ["fucking login 4711042 fails"] * 6 + CLAIMS
    one = described(claims, range(6))
    assert "login" in one.name.lower()
    assert not {"fuck", "4711042"} & set(" ".join([one.name.lower(), *one.phrases]).split())


def test_names_of_people_are_left_out_of_names():
    claims = ["agent Maria Lopez hung up on me"] * 6 + CLAIMS
    one = described(claims, range(6))
    assert not any(named_person(text) for text in [one.name, *one.phrases])


def test_phrases_say_different_things():
    own = described_groups(CLAIMS, GROUPS)[0].phrases
    assert {"data cap", "overage charges"} <= set(own)
    assert len(own) == len(set(own))


def test_no_two_names_are_alike_nor_like_a_standing_one():
    twice = names(CLAIMS, [GROUPS[0], GROUPS[0]])
    assert len({name.lower() for name in twice}) == 2
    assert names(CLAIMS, GROUPS, taken=["data cap and overage charges"])[0] != "Data cap and overage charges"


def test_names_that_are_not_english_are_phrases_of_their_language(pipeline):
    spanish = [
        "La factura está equivocada y nadie contesta",
        "La factura otra vez equivocada",
        "factura equivocada",
    ] * 4
    german = ["Die Rechnung ist falsch und niemand antwortet", "Wieder eine falsche Rechnung bekommen"] * 6
    found = names([*spanish, *german, *CLAIMS], [range(12), range(12, 24)], pipeline=pipeline)
    assert "factura" in found[0].lower() and "rechnung" in found[1].lower()


def test_other_scripts_are_named_as_well(pipeline):
    claims = ["квитанция неверна", "снова квитанция неверна"] * 4 + ["客服没有回复", "客服没有回复！"] * 4
    assert names([*claims, *CLAIMS], [range(8), range(8, 16)], pipeline=pipeline) == [
        "Квитанция неверна",
        "客服没有回复",
    ]


SPANISH = [
    "La aplicación se cierra sola cada mañana",
    "No recibo el código para entrar",
    "El límite se acabó en plena época de exámenes",
]
FRENCH = [
    "L'application plante à chaque ouverture depuis hier",
    "Impossible de me connecter ce matin",
    "Il invente des chiffres et je perds mon temps",
]
GERMAN = [
    "Die Anweisungen werden nach zwei Sätzen vergessen",
    "Bitte den Dunkelmodus endlich einbauen",
    "Hat mir dreizehn Stunden Arbeit gespart",
]


def test_texts_of_several_languages_about_everything_are_named_by_their_languages(pipeline):
    mixed = SPANISH + FRENCH + GERMAN
    (one,) = Namer([*mixed, *CLAIMS], pipeline=pipeline).described([range(9)])
    assert one.name == "Texts in German, Spanish and French"
    assert (one.inside, one.outside) == (0.0, 0.0)


def test_a_subject_in_several_languages_of_a_corpus_in_them_is_not_named_by_them(pipeline):
    assert not described((SPANISH + FRENCH + GERMAN) * 3, range(9), pipeline=pipeline).name.startswith("Texts in")


def test_a_roll_up_of_texts_in_other_languages_is_named_by_them(pipeline):
    namer = Namer([*SPANISH, *FRENCH, *GERMAN, *CLAIMS], pipeline=pipeline)
    (one,) = namer.rolled_up([[range(3), range(3, 9)]], [["Unnamed theme", "Unnamed theme 2"]])
    assert one.name == "Texts in German, Spanish and French"


def test_every_language_that_can_be_told_has_a_name():
    assert {"no" if code == "nb" else code for code in LANGUAGES} <= set(LANGUAGE_NAMES)


def test_a_group_of_many_subjects_is_called_mixed():
    words = "apple river stone cloud tiger lamp chair bread horse violin candle forest".split()
    claims = [word for word in words for _ in range(3)] + ["mountain view"] * 60
    assert described(claims, range(36)).name.startswith("Mixed: ")


def test_where_nothing_sets_a_group_apart_its_commonest_word_is_told():
    bare = ["Comcast", "Comcast inc", "about Comcast", "comcast corp", "Comcast again", "re: Comcast"]
    assert described([*bare, *CLAIMS], range(len(bare))).name == "Mixed: comcast"


@pytest.mark.parametrize("claims", [["...", "!!"], [""], []])
def test_a_group_without_words_is_unnamed(claims):
    one = described(claims, range(len(claims)))
    assert (one.name, one.phrases, one.inside) == (UNNAMED, [], 0.0)


def test_no_groups_have_no_names():
    assert described_groups(CLAIMS, []) == []
    assert names(CLAIMS, [[]]) == [UNNAMED]


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script> blocked login",
        "pay\u202etxt.exe login",
        "[login](javascript:x)",
        "x" * 500,
        "=cmd|'!A0",
    ],
)
def test_hostile_claims_give_one_plain_line(hostile, pipeline):
    one = described([hostile] * 6 + CLAIMS, range(6), pipeline=pipeline)
    for text in [one.name, *one.phrases]:
        assert 0 < len(text) <= LONGEST_NAME
        assert not set(text) & set("<>[]()`*@|=\n\x1b\u202e")


def test_a_roll_up_is_named_by_what_its_children_share(pipeline):
    lost = ["I lost my card yesterday.", "My lost card must be stopped.", "Lost card, please help."] * 3
    late = ["My new card is late.", "The card has not come.", "Waiting for my card since May."] * 3
    claims = [*lost, *late, *CLAIMS]
    namer = Namer(claims, pipeline=pipeline)
    children = [list(range(9)), list(range(9, 18))]
    leaves = [one.name for one in namer.described(children)]
    one = namer.rolled_up([children], [leaves], taken=leaves)[0]
    assert "card" in one.name.lower() and one.name not in leaves
    assert one.inside > one.outside


def test_a_roll_up_without_common_words_has_its_childrens_names():
    namer = Namer(CLAIMS)
    one = namer.rolled_up([GROUPS], [["Data cap", "Internet speed"]])[0]
    assert one.name == "Data cap, internet speed"


def test_a_person_s_name_is_checked_as_any_other():
    check = checked_name("Unfair data cap", CLAIMS, GROUPS[0])
    assert set(check.words) == set(content_words("Unfair data cap"))
    assert check.words["cap"] == (pytest.approx(5 / 6), 0.0)


def test_the_same_claims_have_the_same_names_in_any_company_of_calls(pipeline):
    claims = [*CLAIMS, *BLOCKED * 3]
    groups = [*GROUPS, list(range(len(CLAIMS), len(claims)))]
    namer = Namer(claims, pipeline=pipeline)
    first = namer.described(groups)
    assert namer.described(groups) == first == described_groups(claims, groups, pipeline=pipeline)
    assert np.isfinite([one.inside for one in first]).all()
