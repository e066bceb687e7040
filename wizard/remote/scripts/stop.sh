# Reads: service, home, folder of neo4j.conf, seconds. Asks Neo4j to end and waits; never kills.
# Answers whether something has started it again meanwhile.
IFS= read -r service
IFS= read -r home
IFS= read -r conf_folder
IFS= read -r seconds
if ! neo4j_runs "$service" "$home" "$conf_folder"; then
    say end
    exit 0
fi
asked=$pid
still_there() {
    alive "$asked" && return 0
    [ "$service" = bin ] && [ -n "$asked" ] && return 1
    neo4j_runs "$service" "$home" "$conf_folder"
}
case $service in
systemd:*)
    words=$(systemctl stop --no-block "${service#systemd:}" 2>&1 </dev/null) || refuse service "$words"
    ;;
*) neo4j_command "$home" "$conf_folder" stop </dev/null >/dev/null 2>&1 & ;;
esac
end=$(($(date +%s) + seconds))
while still_there; do
    [ "$(date +%s)" -lt "$end" ] || refuse still-running
    sleep 0.1 2>/dev/null || sleep 1
done
# A process that has just ended can seem to run until its parent has taken note of it; one that was
# started again stays.
looks=20
while neo4j_runs "$service" "$home" "$conf_folder" && [ "$pid" != "$asked" ]; do
    looks=$((looks - 1))
    [ "$looks" -gt 0 ] || { say "started-again" && break; }
    sleep 0.1 2>/dev/null || sleep 1
done
say end
