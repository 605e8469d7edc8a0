"""Cards to guess about before looking; other screens put them on their page."""

from academy.interactive.screens.guesses.view import Guesses, choice

__all__ = ["Guesses", "choice"]
