"""Every case, in the order of the table."""

from __future__ import annotations

from judge_cases_conf import CONF_CASES
from judge_cases_door import DOOR_CASES
from judge_cases_files import FILE_CASES
from judge_cases_keys import KEY_CASES
from judge_cases_links import LINK_CASES
from judge_cases_trust import TRUST_CASES
from judge_cases_wizard import WIZARD_CASES

CASES = (
    *CONF_CASES,
    *FILE_CASES,
    *KEY_CASES,
    *TRUST_CASES,
    *LINK_CASES,
    *DOOR_CASES,
    *WIZARD_CASES,
)
