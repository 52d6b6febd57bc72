from __future__ import annotations

import json
from dataclasses import dataclass, field

import pytest

from eadnet_core.config import LATER, from_json, to_json
from eadnet_core.errors import InputError


@dataclass(frozen=True, kw_only=True)
class _Inner:
    width: int = 3
    name: str = "a"


@dataclass(frozen=True, kw_only=True)
class _Outer:
    sizes: tuple[int, ...] = (1, 2)
    share: float = 0.5
    inner: _Inner = field(default_factory=_Inner)


def test_a_configuration_comes_back_from_its_json() -> None:
    config = _Outer(sizes=(4, 5, 6), inner=_Inner(width=9, name="b"))
    assert from_json(_Outer, to_json(config)) == config


def test_names_are_strict_both_ways_at_every_depth() -> None:
    values = json.loads(to_json(_Outer()))
    with pytest.raises(InputError, match=r"_Outer lacks \['share'\] and has \['colour'\]"):
        from_json(_Outer, json.dumps({"sizes": [1], "inner": values["inner"], "colour": 1}))
    values["inner"] = {"width": 1, "depth": 2}
    with pytest.raises(InputError, match=r"_Outer\.inner lacks \['name'\] and has \['depth'\]"):
        from_json(_Outer, json.dumps(values))


def test_a_field_added_later_may_be_missing_and_then_is_what_it_was_before() -> None:
    @dataclass(frozen=True, kw_only=True)
    class Grown:
        width: int = 3
        kind: str = field(default="first", metadata=LATER)

    assert from_json(Grown, '{"width": 5}') == Grown(width=5, kind="first")
    assert from_json(Grown, '{"width": 5, "kind": "second"}').kind == "second"
    with pytest.raises(InputError, match="width"):
        from_json(Grown, '{"kind": "second"}')


@pytest.mark.parametrize("text", ["{", "[1, 2]", "3"])
def test_what_is_no_object_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="_Outer"):
        from_json(_Outer, text)
