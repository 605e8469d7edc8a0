"""An invented programme, and invented people who walk through it over HTTP as real ones would."""

from academy.demo.journey import main
from academy.demo.programme import setup

__all__ = ["main", "setup"]
