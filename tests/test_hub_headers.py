"""The policies of notebook servers, and those of formgrader's pages, above all where a submission is shown."""

from __future__ import annotations

import base64
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from academy.hub.server_headers import HEADERS, policy_of, policy_of_submission

HEAD = b'<html><script src="a.js"></script><script>var x = "1";</script><i onClick="show(&quot;n&quot;);"></i>'
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


LISTS = "/user/anika/river/formgrader/gradebook/what-we-protect"


def test_no_server_lets_unnamed_scripts_run() -> None:
    """JupyterLab's own short script is named by its hash; another one inside a page stays still."""
    scripts = HEADERS["Content-Security-Policy"].split("script-src")[1].split(";")[0]
    assert "'unsafe-inline'" not in scripts
    assert scripts.count("'sha256-") == 1


def test_formgraders_lists_run_their_own_scripts_by_hash() -> None:
    """And nothing that is put into the page later; no text is run as a program."""
    scripts = str(policy_of(LISTS, HEAD)).split("script-src")[1]
    assert hash_of(b'var x = "1";') in scripts
    assert hash_of(b'show("n");') in scripts
    assert "'unsafe-inline'" not in scripts
    assert "'unsafe-eval'" not in scripts


@pytest.mark.parametrize("path", [LISTS + "%22;alert(1)//", LISTS + "/a'b", "/user/a/b/formgrader/<script>"])
def test_a_made_up_address_of_formgrader_runs_nothing_inside_its_page(path: str) -> None:
    """Some lists write a part of their address into a script."""
    assert "sha256-" not in str(policy_of(path, HEAD))


def test_the_page_of_a_submission_keeps_its_own_policy() -> None:
    """However its address ends; pages that are not formgrader's keep that of the server."""
    page = HEAD + NOTEBOOK + b"<script>learner()</script>"
    for path in ("/user/a/b/formgrader/submissions/0f3a", "/user/a/b/formgrader/submissions/0f3a/"):
        assert policy_of(path, page) == policy_of_submission(page)
    assert policy_of("/user/a/b/lab", page) is None
