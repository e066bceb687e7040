#!/bin/sh
# PRACTICE: speaks and exits like bin/neo4j-admin, as far as validating neo4j.conf goes.
set -u
PYTHONPATH=@MODULES@ exec @PYTHON@ -P -m wizard.practice.neo4j.validate_config \
    --home "${NEO4J_HOME:-@HOME@}" --conf "${NEO4J_CONF:-${NEO4J_HOME:-@HOME@}/conf}" \
    --version @VERSION@ -- "$@"
