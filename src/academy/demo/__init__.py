"""An invented programme, and invented people who walk through it over HTTP as real ones would."""
