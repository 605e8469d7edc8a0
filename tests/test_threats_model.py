"""The threat builder: its verified results, its limits and the reasons it gives."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from academy.errors import BadInput, ContentError
from academy.interactive.threats import data
from academy.interactive.threats.model import HIGHEST, KINDS, LOWEST, best, effort, residual, sort_evidence

GAME = data.load()
IDS = [measure.id for measure in GAME.measures]
SMALL = """
budgets: [6]
threats:
  - {id: T1, likelihood: 2, impact: 4}
measures:
  - {id: M1, effort: 1, effects: [{threat: T1, likelihood: -3}]}
  - {id: M2, effort: 1, effects: [{threat: T1, impact: 3}]}
adversaries: []
"""
WORDS = """
phrases: {untouched: Nothing., floor: At the floor., ceiling: At the ceiling.}
threats:
  T1: {short: One, text: One.}
measures:
  M1: {text: Less, why: {T1: Lower.}}
  M2: {text: More, why: {T1: Higher.}}
adversaries: {}
evidence: {}
"""

choices = st.sets(st.sampled_from(IDS))


def test_rwn_starts_at_one_hundred() -> None:
    """Without any measure the scores of the eight threats add up to 100."""
    result = residual(GAME, [])

    assert (len(result.outcomes), result.total, result.effort) == (8, 100, 0)
    assert {outcome.why for outcome in result.outcomes} == {GAME.phrases.untouched}


@pytest.mark.parametrize(
    ("budget", "total", "choice"),
    [
        (6, 58, "M1 M5 M8 M9 M10"),
        (9, 48, "M1 M4 M5 M8 M9 M10 M13"),
        (12, 39, "M1 M2 M4 M5 M7 M8 M9 M10"),
    ],
)
def test_each_budget_has_one_best_choice(budget: int, total: int, choice: str) -> None:
    """The best choice for 6, 9 and 12 points is the verified one, without a tie."""
    found = best(GAME, budget)

    assert (found.total, found.choices) == (total, (tuple(choice.split()),))
    assert residual(GAME, found.choices[0]).total == total
    assert residual(GAME, found.choices[0]).effort <= budget


def test_ties_are_all_stated_and_the_cheapest_stands_first() -> None:
    """With four cards and nine points two choices reach the same total."""
    found = best(GAME, 9, at_most=4)

    assert found.total == 64
    assert [effort(GAME, choice) for choice in found.choices] == [5, 6]


@pytest.mark.parametrize(
    ("chosen", "points", "total"),
    [(["M11", "M12"], 7, 95), (["M6"], 1, 104), (["M11"], 3, 100), (["M5", "M8", "M9", "M10"], 4, 67)],
)
def test_dear_and_secret_measures_do_little_or_harm(chosen: list[str], points: int, total: int) -> None:
    """Cameras and a VPN only reach 95; the hidden app makes it 104; four agreements reach 67."""
    result = residual(GAME, chosen)

    assert (result.effort, result.total) == (points, total)


def test_a_measure_that_answers_no_threat_is_named() -> None:
    """The VPN is reported as unused, with a sentence that says why."""
    (unused,) = residual(GAME, ["M1", "M11"]).unused

    assert unused.id == "M11"
    assert "VPN" in unused.note


def test_each_change_says_why() -> None:
    """A touched threat is explained by the sentences of the measures that touch it, in the order of the game."""
    outcome = residual(GAME, ["M2", "M1"]).outcomes[0]

    assert (outcome.likelihood, outcome.impact, outcome.product, outcome.change) == (3, 1, 3, -12)
    assert outcome.why == f"{GAME.measures[0].effects[0].why} {GAME.measures[1].effects[0].why}"


def test_values_stay_on_the_scale_and_the_reason_says_so() -> None:
    """A value that would leave 1 to 5 stops at the end, and the sentence of that end is added."""
    game = data.read(SMALL, WORDS)

    low, high = residual(game, ["M1"]).outcomes[0], residual(game, ["M2"]).outcomes[0]

    assert (low.likelihood, low.why) == (1, "Lower. At the floor.")
    assert (high.impact, high.why) == (5, "Higher. At the ceiling.")


@given(choices)
def test_no_value_ever_leaves_the_scale(chosen: set[str]) -> None:
    """Whatever is chosen, likelihood and impact stay between 1 and 5 and the total is the sum of the products."""
    result = residual(GAME, chosen)

    assert all(LOWEST <= value <= HIGHEST for o in result.outcomes for value in (o.likelihood, o.impact))
    assert result.total == sum(outcome.likelihood * outcome.impact for outcome in result.outcomes)
    assert result.effort == effort(GAME, chosen)


@given(choices, st.sampled_from([name for name in IDS if name != "M6"]))
def test_one_more_harmless_measure_never_raises_the_total(chosen: set[str], more: str) -> None:
    """Only the hidden app can make things worse."""
    assert residual(GAME, chosen | {more}).total <= residual(GAME, chosen).total


@given(choices)
def test_the_hidden_app_never_helps(chosen: set[str]) -> None:
    """With the hidden app the total is never lower than without it."""
    assert residual(GAME, chosen | {"M6"}).total >= residual(GAME, chosen - {"M6"}).total


@given(st.lists(st.sampled_from(IDS)))
def test_the_order_of_choosing_does_not_matter(chosen: list[str]) -> None:
    """Choosing in another order, or the same measure twice, gives the same result."""
    assert residual(GAME, chosen) == residual(GAME, sorted(set(chosen), reverse=True))


@given(choices, st.integers(min_value=0, max_value=14))
def test_nothing_affordable_beats_the_best(chosen: set[str], budget: int) -> None:
    """No choice within the budget has a lower total than the best one."""
    if effort(GAME, chosen) <= budget:
        assert residual(GAME, chosen).total >= best(GAME, budget).total


def test_an_unknown_measure_is_refused() -> None:
    """A measure that is not in the game is bad input, not ignored."""
    with pytest.raises(BadInput, match="M99"):
        residual(GAME, ["M1", "M99"])


def test_evidence_is_compared_with_the_card() -> None:
    """Each statement of a card is right, wrong or still open, and carries its reason."""
    card = GAME.adversaries[0]
    first, second, third = card.evidence

    sorted_cards = sort_evidence(card, {first.id: first.kind, second.id: "history"})

    assert [entry.right for entry in sorted_cards] == [True, False, False]
    assert [entry.given for entry in sorted_cards] == ["history", "history", None]
    assert sorted_cards[2].evidence == third


@pytest.mark.parametrize("given_kinds", [{"E99": "history"}, {"E1": "motive"}])
def test_unknown_evidence_and_kinds_are_refused(given_kinds: dict[str, str]) -> None:
    """A statement that is not on the card, or a kind that does not exist, is bad input."""
    with pytest.raises(BadInput):
        sort_evidence(GAME.adversaries[0], given_kinds)


def test_each_adversary_has_evidence_of_every_kind() -> None:
    """Every card can be sorted into history, intent and capability, and every statement has a reason."""
    assert 6 <= sum(len(card.evidence) for card in GAME.adversaries) <= 9
    for card in GAME.adversaries:
        assert {evidence.kind for evidence in card.evidence} == set(KINDS)
        assert all(evidence.why for evidence in card.evidence)


def test_the_case_is_complete() -> None:
    """Eight threats, fourteen measures, three budgets; a measure without effects says why."""
    assert (len(GAME.threats), len(GAME.measures), GAME.budgets) == (8, 14, (6, 9, 12))
    assert all(measure.effects or measure.note for measure in GAME.measures)
    assert all(effect.why for measure in GAME.measures for effect in measure.effects)


def test_a_translation_is_used_where_it_exists() -> None:
    """A language shows its own words and falls back to English where they are missing; numbers stand once."""
    (threat,) = data.read(SMALL, WORDS, "threats: {T1: {short: এক}}", language="bn").threats

    assert (threat.short, threat.text, threat.product) == ("এক", "One.", 8)


def test_a_language_without_words_is_shown_in_english() -> None:
    """Where nobody has translated the case, it is the English one."""
    assert data.load("xx") == GAME


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("budgets", "budget", "budgets"),
        ("likelihood: 2", "likelihood: 6", "threats.0.likelihood"),
        ("{threat: T1, impact", "{threat: T9, impact", "measures.M2"),
        ("id: M2", "id: M1", "measures"),
        ("[6]", "[6", None),
    ],
)
def test_a_malformed_case_names_the_field(old: str, new: str, field: str | None) -> None:
    """Unknown keys, values off the scale, unknown threats, doubled ids and broken YAML are refused."""
    with pytest.raises(ContentError) as caught:
        data.read(SMALL.replace(old, new), WORDS)

    assert caught.value.field == field


@pytest.mark.parametrize(
    ("translation", "field"),
    [
        ("threats: {T9: {short: Nine, text: Nine.}}", "threats"),
        ("threats: {T1: {shorter: One}}", "threats.T1.shorter"),
        ('threats: {T1: {text: ""}}', "threats.T1.text"),
        ("measures: {M1: {why: {T2: Lower.}}}", "measures.M1.why"),
        ("evidence: [E1]", "evidence"),
        ("threats: {T1", None),
    ],
)
def test_words_that_belong_to_nothing_are_refused(translation: str, field: str | None) -> None:
    """A translation names only what is in the case, and says which file and field are at fault."""
    with pytest.raises(ContentError) as caught:
        data.read(SMALL, WORDS, translation, language="bn")

    assert (caught.value.file, caught.value.field) == ("threats.bn.yml", field)
