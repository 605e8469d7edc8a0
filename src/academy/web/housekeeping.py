"""What has to happen by itself now and then."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress

from sqlalchemy.exc import SQLAlchemyError

from academy import clock
from academy.attendance import actions as attendance
from academy.store.database import Store
from academy.web.dispatch import Academy

__all__ = ["keep_house"]

LOG = logging.getLogger("academy.web")
EVERY = 600  # seconds


async def keep_house(academy: Academy, stop: asyncio.Event) -> None:
    """Tidy up at once and every ten minutes, until told to stop."""
    loop = asyncio.get_running_loop()
    while not stop.is_set():
        await loop.run_in_executor(academy.executor, _tidy, academy.store)
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), EVERY)


def _tidy(store: Store) -> None:
    """Close check-ins that nobody closed, and leave no deleted secret in a journal."""
    try:
        with store.write() as db:
            attendance.close_overdue(db, now=clock.now())
        store.tidy()
    except SQLAlchemyError:
        LOG.exception("Housekeeping failed; it is tried again.")
