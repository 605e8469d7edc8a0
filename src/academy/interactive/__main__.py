"""``python -m academy.interactive``: started by JupyterHub as the service ``interactive``."""

from __future__ import annotations

import os

from academy import config
from academy.interactive.journal import scrub_all_records

__all__ = ["main"]


def main() -> None:
    """Serve until told to stop."""
    from academy.interactive.service import SHARE, Interactive, settings  # noqa: PLC0415 - after the log is scrubbed

    os.environ["JUPYTER_PATH"] = str(SHARE)  # where Voilà looks for templates
    os.umask(0o077)  # sockets and connection files are nobody else's
    app = Interactive(config=settings(config.load(), os.environ))
    app.initialize([])
    app.start()


if __name__ == "__main__":
    scrub_all_records()
    main()
