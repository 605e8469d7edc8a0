"""One package per interactive page: a model without widgets and a view without rules."""
