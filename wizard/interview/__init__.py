"""The questions as data: one file a step, one tuple of steps, drawn by whoever asks them."""

from wizard.interview.access import ACCESS
from wizard.interview.fields import Step
from wizard.interview.keys import KEYS
from wizard.interview.policy import POLICY
from wizard.interview.review import REVIEW
from wizard.interview.servers import SERVERS
from wizard.interview.subject import SUBJECT
from wizard.interview.survey import HOST_KEYS, SURVEY
from wizard.interview.trust import TRUST
from wizard.interview.welcome import WELCOME

INTERVIEW: tuple[Step, ...] = (
    WELCOME,
    SERVERS,
    ACCESS,
    HOST_KEYS,
    SURVEY,
    TRUST,
    SUBJECT,
    KEYS,
    POLICY,
    REVIEW,
)
"""Every step in its order. A further step is one file and its name here."""

__all__ = ["INTERVIEW"]
