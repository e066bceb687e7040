# Reads: service, home, folder of neo4j.conf. Answers whether Neo4j is up.
IFS= read -r service
IFS= read -r home
IFS= read -r conf_folder
if neo4j_runs "$service" "$home" "$conf_folder"; then
    say "running yes $pid"
else
    say "running no"
fi
say end
