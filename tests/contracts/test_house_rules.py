"""Each house rule catches its bad lines and lets its good ones pass; `make lint` holds them against the house."""

import pytest

from tools.lint.rules import RULES, Rule, Source

GOOD = [pytest.param(rule, text, id=f"{rule.name}-{place}") for rule in RULES for place, text in enumerate(rule.good)]
BAD = [pytest.param(rule, text, id=f"{rule.name}-{place}") for rule in RULES for place, text in enumerate(rule.bad)]


def looked_at(rule: Rule, text: str) -> Source:
    return Source.of(rule.where[0].replace("*", "made_up.py"), text)


@pytest.mark.parametrize(("rule", "text"), GOOD)
def test_good_lines_pass(rule: Rule, text: str) -> None:
    assert list(rule.findings(looked_at(rule, text))) == []


@pytest.mark.parametrize(("rule", "text"), BAD)
def test_bad_lines_are_caught(rule: Rule, text: str) -> None:
    source = looked_at(rule, text)
    assert rule.holds_for(source.path)
    assert list(rule.findings(source))


def test_where_a_rule_does_not_look() -> None:
    rules = {rule.name: rule for rule in RULES}
    assert not rules["no-commit-outside-work"].holds_for("src/livefloor/store/engines.py")
    assert not rules["no-now-outside-clock"].holds_for("src/livefloor/kernel/clock.py")
    assert not rules["no-print"].holds_for("src/livefloor/cli.py")
    assert rules["no-print"].holds_for("src/livefloor/systems/laundry/machines.py")
