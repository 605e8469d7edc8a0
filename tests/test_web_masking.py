"""Tokens of forms: the same for the server, different in every page."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from academy.web.masking import mask, unmask

TOKENS = st.text(alphabet="ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", max_size=300)
LIKE_A_TOKEN = "MnwxOjB8MTA6MTc5NTIwMzg3OXw1Ol94c3JmfDY4OlRtOXVaVHB0WlVSa1YwaExlR0l4TVZCWVpVRnVZV00wVFdJeVNVZHFWVkZm"


@given(TOKENS)
def test_what_was_masked_is_found_again(token: str) -> None:
    """Also the empty one."""
    assert unmask(mask(token)) == token


def test_two_pages_share_no_part_of_a_token() -> None:
    """Nothing constant is left for somebody who compares sizes of pages: no six signs in a row come twice."""
    masked = [mask(LIKE_A_TOKEN) for _ in range(20)]
    parts = [{one[start : start + 6] for start in range(2, len(one) - 6)} for one in masked]
    assert len(set.union(*parts)) == sum(map(len, parts))
    assert not any(LIKE_A_TOKEN[start : start + 6] in one for one in masked for start in range(len(LIKE_A_TOKEN) - 6))


@given(TOKENS)
def test_a_token_without_a_mask_is_left_as_it_is(token: str) -> None:
    """Scripts send the cookie itself."""
    assert unmask(token) == token


@pytest.mark.parametrize("text", ["m.", "m.A", "m.====", "m.\x00", "m.ü", "m." + "A" * 10, "m.!!!!"])
def test_a_broken_mask_is_no_fault_of_the_server(text: str) -> None:
    """It becomes some text that is no token, and is refused like one."""
    assert LIKE_A_TOKEN not in unmask(text)
