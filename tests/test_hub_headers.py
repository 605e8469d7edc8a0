"""The policy of pages that show a submission in formgrader."""

from __future__ import annotations

import base64
import hashlib

from hypothesis import given
from hypothesis import strategies as st

from academy.hub.server_headers import HEADERS, policy_of_submission

HEAD = b'<html><script src="a.js"></script><script>var x = "1";</script><i onclick="show(&quot;n&quot;);"></i>'
NOTEBOOK = b'<div class="b" id="notebook">'


def hash_of(text: bytes) -> str:
    """Return the hash of a script as a policy names it."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text).digest()).decode()}'"


def test_the_scripts_before_the_submission_run() -> None:
    """nbgrader's own, inline and on buttons, by their hashes."""
    policy = policy_of_submission(HEAD + NOTEBOOK + b"<p>Answer</p></div>")
    assert hash_of(b'var x = "1";') in policy
    assert hash_of(b'show("n");') in policy
    assert policy.count("sha256-") == 2


@given(st.binary(max_size=200))
def test_nothing_in_the_submission_changes_the_policy(words: bytes) -> None:
    """Whatever a learner wrote, no further script runs."""
    attack = b"<script>" + words + b'</script><p onclick="' + words.replace(b'"', b"") + b'"></p>'
    assert policy_of_submission(HEAD + NOTEBOOK + attack) == policy_of_submission(HEAD + NOTEBOOK)


def test_a_page_without_a_notebook_runs_no_inline_script() -> None:
    """When the place where the submission begins cannot be told, nothing is trusted."""
    policy = policy_of_submission(HEAD + b"<script>1</script>")
    assert "sha256-" not in policy
    assert "'unsafe-inline'" not in policy.split("script-src")[1]


def test_no_page_of_a_server_may_reach_another_host() -> None:
    """Neither Lab nor formgrader; nor may anybody frame them."""
    for policy in (HEADERS["Content-Security-Policy"], policy_of_submission(HEAD + NOTEBOOK)):
        assert "http" not in policy
        assert "*" not in policy
        assert "frame-ancestors 'none'" in policy
