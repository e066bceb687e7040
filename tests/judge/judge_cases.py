"""Every case, in the order of the table."""

from __future__ import annotations

from dataclasses import replace

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

EARLY_CASES = tuple(replace(case, exact=False) for case in (*CONF_CASES, *KEY_CASES, *WIZARD_CASES))
"""What 4.0 to 4.3 are asked: neo4j.conf, keys, and what the wizard makes.

Their loader is that of 4.4 but for a few lines, so links and doors are left to 4.4; what differs
shows in how they read neo4j.conf and keys. Their inner causes are those of other libraries.
"""
