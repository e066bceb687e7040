# Reads: service, home, folder of neo4j.conf, then log files. Notes where each log ends, then starts.
IFS= read -r service
IFS= read -r home
IFS= read -r conf_folder
while IFS= read -r file; do
    size=$(wc -c <"$file" 2>/dev/null | tr -cd 0-9)
    say "mark $(hex_of "$file") ${size:-0}"
done
if ! neo4j_runs "$service" "$home" "$conf_folder"; then
    said=$(mktemp) || refuse not-writable /tmp
    case $service in
    systemd:*) systemctl start --no-block "${service#systemd:}" </dev/null >"$said" 2>&1 ;;
    *) neo4j_command "$home" "$conf_folder" start </dev/null >"$said" 2>&1 ;;
    esac
    status=$?
    words=$(tail -n 5 "$said")
    rm -f "$said"
    [ "$status" = 0 ] || refuse start-failed "$words"
fi
say end
