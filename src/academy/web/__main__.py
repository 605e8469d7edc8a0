"""``python -m academy.web``: the academy service, started by the Hub."""

from __future__ import annotations

import asyncio
import logging
import os
import sys

from academy.config import load
from academy.errors import AcademyError
from academy.web.app import serve


def main() -> int:
    """Serve until stopped; a bad configuration is one sentence and exit code 2."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    logging.getLogger("tornado.application").setLevel(logging.WARNING)  # it names who signs in
    try:
        asyncio.run(serve(load(), dict(os.environ)))
    except AcademyError as error:
        sys.stderr.write(f"{error.message}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
