"""Making the demo programme: over HTTP, by the people who would make it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from academy import clock
from academy.config import Config
from academy.demo.cast import COHORT, COORDINATOR, FACILITATORS, Account, cast, read_accounts, write_accounts
from academy.demo.visitor import Broken, Visitor
from academy.people import actions
from academy.people.model import Role
from academy.store.database import Store

__all__ = ["ACCOUNTS", "ASSESSMENT", "ZONE", "plan_session", "setup", "visit"]

ACCOUNTS = "demo-accounts.csv"
ASSESSMENT = "what-we-protect"
COURSE = "digital-security"
ZONE = "Asia/Dhaka"
TITLE = "River delta group"
WEEKS = 4
SESSION_MINUTES = 90


def setup(base_url: str, config: Config) -> None:
    """Make the programme, unless it stands already. What broke half-way is taken up where it stopped."""
    done = config.home / ACCOUNTS
    if done.exists():
        return
    unfinished = done.with_suffix(".part")
    if not unfinished.exists():
        write_accounts(unfinished, cast())
    accounts = read_accounts(unfinished)
    people = {account.username: account for account in accounts}
    _coordinator(base_url, config, people[COORDINATOR])
    _cohort(base_url, people)
    _participants(base_url, accounts, people[FACILITATORS[0]])
    _sessions(base_url, people[FACILITATORS[0]])
    unfinished.rename(done)


def visit(base_url: str, account: Account) -> Visitor:
    """Return somebody who has just signed in."""
    visitor = Visitor(base_url)
    visitor.sign_in(account.username, account.password)
    return visitor


def _joined(base_url: str, account: Account) -> bool:
    try:
        visit(base_url, account).close()
    except Broken:
        return False
    return True


def _join(base_url: str, account: Account, invitation: str) -> None:
    with Visitor(base_url) as visitor:
        visitor.sign_up(account.username, account.password, invitation)


def _code(visitor: Visitor) -> str:
    found = visitor.page.select_one(".code-display")
    if found is None:
        message = "The page shows no invitation code"
        raise Broken(message)
    return found.get_text(strip=True)


def _coordinator(base_url: str, config: Config, account: Account) -> None:
    if _joined(base_url, account):
        return
    store = Store(config.db_url)
    with store.write() as db:
        code = actions.create_invitation(
            db, actor="setup", now=clock.now(), role=Role.COORDINATOR, cohort=None, seats=1, days=1
        )
    store.close()
    _join(base_url, account, code)


def _cohort(base_url: str, people: dict[str, Account]) -> None:
    with visit(base_url, people[COORDINATOR]) as coordinator:
        coordinator.open("/programme")
        if not coordinator.has(TITLE):
            fields = {"title": TITLE, "slug": COHORT, "course": COURSE, "starts_on": _monday(), "zone": ZONE}
            coordinator.send("/programme/cohorts", fields)
        for name in FACILITATORS:
            if not _joined(base_url, people[name]):
                coordinator.send("/programme/invitations", {"role": "facilitator", "cohort": COHORT})
                _join(base_url, people[name], _code(coordinator))


def _monday() -> str:
    today: date = datetime.now(ZoneInfo(ZONE)).date()
    return (today - timedelta(days=today.weekday())).isoformat()


def _participants(base_url: str, accounts: list[Account], facilitator: Account) -> None:
    waiting = [one for one in accounts if one.role in {"participant", "outsider"} and not _joined(base_url, one)]
    if not waiting:
        return
    with visit(base_url, facilitator) as host:
        host.open(f"/c/{COHORT}/facilitate")
        host.send("/facilitate/invitations", {"seats": str(len(waiting))})
        code = _code(host)
        for account in waiting:
            _join(base_url, account, code)
        _outsider_leaves(host, next(one for one in accounts if one.role == "outsider"))


def _outsider_leaves(host: Visitor, outsider: Account) -> None:
    """Take the outsider's place away: from then on he has an account, and nothing opens to him."""
    host.open(f"/c/{COHORT}/facilitate")
    option = host.page.find("option", string=outsider.username)
    if option is not None:
        fields = {"person": str(option["value"]), "reason": "Invited by mistake"}
        host.send("/facilitate/removals", fields)


def _sessions(base_url: str, facilitator: Account) -> None:
    with visit(base_url, facilitator) as host:
        host.open(f"/c/{COHORT}/sessions")
        now = datetime.now(UTC)
        for week in range(WEEKS):
            title = f"Live session, week {week + 1}"
            if not host.has(title):
                plan_session(host, title, now + timedelta(weeks=week, hours=1))
        due = now + timedelta(weeks=2)
        host.ask_and_wait(COHORT, ASSESSMENT, "release", due_at=due.isoformat())


def plan_session(host: Visitor, title: str, moment: datetime) -> str:
    """Plan a session at ``moment`` and return its id."""
    host.open(f"/c/{COHORT}/sessions")
    local = moment.astimezone(ZoneInfo(ZONE))
    fields = {
        "title": title,
        "day": f"{local:%Y-%m-%d}",
        "starts": f"{local:%H:%M}",
        "minutes": str(SESSION_MINUTES),
        "zone": ZONE,
    }
    host.send(f"/c/{COHORT}/sessions", fields)
    return Path(host.address.split("?", maxsplit=1)[0]).parts[-2]
