"""What each figure means, in one sentence that stands beside it on the page and in the file."""

from __future__ import annotations

from academy.languages.phrases import phrase

__all__ = ["DEFINITIONS"]

DEFINITIONS = {
    "sessions-held": phrase("Sessions whose check-in was closed, out of all sessions that were planned."),
    "attendances": phrase(
        "For each session that was held, the people who were present, late ones too, added up over all sessions. "
        "Somebody who came three times counts three times: this is not a number of people."
    ),
    "unique-people": phrase(
        "People who were present by name or user name in at least one session that was held, each counted once, "
        "out of everybody who was on the list of such a session."
    ),
    "module": phrase("Participants who marked every lesson of the module as done, out of all participants now."),
    "assessments-sent": phrase(
        "Released assessments that were answered at least once, out of one for each participant and each released "
        "assessment. A second attempt is not counted again."
    ),
    "passed": phrase(
        "Participants who completed at least %(modules)s of the modules and reached at least %(points)s of all "
        "points of the assessments, out of the participants whose marks are complete. Whoever sent nothing has no "
        "points; whoever waits for a mark is left out. The newest marked attempt counts. Of a lab and the written task "
        "whose place it can take, the better counts."
    ),
}
