"""Progress, answers, drafts, submissions."""
