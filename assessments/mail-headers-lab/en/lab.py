# ---
# jupyter:
#   jupytext:
#     formats: py:percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# RWN’s server kept the heads of the mails that came in during one week: who is shown as the sender, what stood on the
# envelope, where a reply would go, and what a server found when it checked. They lie beside this notebook, one file for
# each mail. Nothing here is looked up or opened.
#
# **How to work.** Write in the three cells that are there, in place of `raise NotImplementedError`. Run each cell
# after you have written it. A test cell that shows nothing has passed. Cells that you add are not marked. At the
# end, save the notebook, download it, and hand it in on the page of this lab.
#
# ## The mails as a table
#
# The next cell reads the files. Each row is one mail. An empty `reply_to` means that a reply goes back to the sender.

# %% nbgrader={"grade": false, "grade_id": "mails", "locked": true, "schema_version": 3, "solution": false, "task": false}
from email import message_from_string
from pathlib import Path

import pandas as pd


def read_head(file: Path) -> dict[str, str]:
    """Return what the head of one mail says."""
    head = message_from_string(file.read_text(encoding="utf-8"))
    server, *results = head["Authentication-Results"].split("; ")
    found = dict(result.split("=") for result in results)
    return {
        "id": file.stem,
        "sender": head["From"],
        "envelope": head["Return-Path"].strip("<>"),
        "reply_to": head["Reply-To"] or "",
        "dmarc": found["dmarc"],
        "checked_by": server,
        "subject": head["Subject"],
    }


mails = pd.DataFrame([read_head(file) for file in sorted(Path().glob("m*.eml"))])
mails

# %% [markdown]
# ## 1. Who owns the name?
#
# Write `owner(address)`. It takes a mail address and returns the name that somebody owns: the last two parts of what
# stands after the @, in small letters. (That names have two parts is a teaching rule of this course.) For an empty text it
# returns an empty text.

# %% nbgrader={"grade": false, "grade_id": "owner", "locked": false, "schema_version": 3, "solution": true, "task": false}
def owner(address: str) -> str:
    """Return the name that somebody owns."""
    ### BEGIN SOLUTION
    return ".".join(address.rpartition("@")[2].lower().split(".")[-2:])
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "owner-test", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
assert owner("bounce@news.vnchr.example") == "vnchr.example"
assert owner("salma@rwn.example") == "rwn.example"
assert owner("") == ""
### BEGIN HIDDEN TESTS
assert owner("A@RWN.Example") == "rwn.example"
assert owner("x@a.b.c.example") == "c.example"
### END HIDDEN TESTS

# %% [markdown]
# ## 2. Where does a mail contradict itself?
#
# Write `add_signs(mails)`. It returns a copy of the table with three more columns of `True` and `False`:
#
# - `reply_elsewhere`: there is a `reply_to`, and it has another owner than `sender`
# - `envelope_elsewhere`: `envelope` has another owner than `sender`
# - `not_proved`: our own server, `mail.rwn.example`, did not report `dmarc` as `pass`. A line of another server proves
#   nothing.

# %% nbgrader={"grade": false, "grade_id": "signs", "locked": false, "schema_version": 3, "solution": true, "task": false}
def add_signs(mails: pd.DataFrame) -> pd.DataFrame:
    """Return a copy with three more columns."""
    ### BEGIN SOLUTION
    shown = mails["sender"].map(owner)
    return mails.assign(
        reply_elsewhere=(mails["reply_to"] != "") & (mails["reply_to"].map(owner) != shown),
        envelope_elsewhere=mails["envelope"].map(owner) != shown,
        not_proved=(mails["checked_by"] != "mail.rwn.example") | (mails["dmarc"] != "pass"),
    )
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "signs-test", "locked": true, "points": 6, "schema_version": 3, "solution": false, "task": false}
signs = add_signs(mails).set_index("id")
columns = ["reply_elsewhere", "envelope_elsewhere", "not_proved"]
assert signs.loc["m01", columns].tolist() == [True, True, True]
assert signs.loc["m05", columns].tolist() == [False, False, False]
assert "not_proved" not in mails.columns  # the table itself has not changed
### BEGIN HIDDEN TESTS
assert signs.index[signs["reply_elsewhere"]].tolist() == ["m01", "m07"]
assert signs.index[signs["envelope_elsewhere"]].tolist() == ["m01", "m09"]
assert signs.index[signs["not_proved"]].tolist() == ["m01", "m07", "m08", "m10"]
### END HIDDEN TESTS

# %% [markdown]
# ## 3. Which mail would you look at first?
#
# Write `first(mails)`. It returns the `id`s of all mails with at least one sign, as a list: most signs first, and mails with
# the same number of signs in the order of the table.

# %% nbgrader={"grade": false, "grade_id": "first", "locked": false, "schema_version": 3, "solution": true, "task": false}
def first(mails: pd.DataFrame) -> list[str]:
    """Return ids, most signs first."""
    ### BEGIN SOLUTION
    signs = add_signs(mails)
    count = signs[["reply_elsewhere", "envelope_elsewhere", "not_proved"]].sum(axis="columns")
    return signs.loc[count[count > 0].sort_values(ascending=False, kind="stable").index, "id"].tolist()
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "first-test", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
found = first(mails)
assert found[0] == "m01"
assert "m02" not in found
### BEGIN HIDDEN TESTS
assert found == ["m01", "m07", "m08", "m09", "m10"]
assert first(mails[mails["id"] == "m02"]) == []
### END HIDDEN TESTS

# %% [markdown]
# ## What the table cannot tell
#
# Look at m03 and m04: no sign at all. One came from a hijacked account, the other from a name that only looks like RWN’s. And m10 is
# honest: the court has set up its mail badly. A sign is a reason to ask by another way, and no sign is no promise.
