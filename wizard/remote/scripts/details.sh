# Reads: home, certificates, logs, then of the cluster policy: its base directory, certificate file,
# key file and trusted folder, and the service. Answers how they stand; of the key only whether there
# is one.
IFS= read -r home
IFS= read -r certificates
IFS= read -r logs
IFS= read -r base
IFS= read -r certificate
IFS= read -r key
IFS= read -r trusted
IFS= read -r service

# At most 64 KiB of a file.
content() { dd if="$1" bs=1024 count=64 2>/dev/null | hex; }

if [ -d "$certificates" ]; then
    say "certificates $(stats_of "$certificates")"
    say "standing $(cd -P "$certificates" && find . ! -name . 2>/dev/null | sort | head -n 2000 | hex)"
fi
[ -e "$logs/neo4j.log" ] && say "user-log yes"

# When it was last stopped and started, in its own words, which carry their time.
user_log() {
    if [ -f "$logs/neo4j.log" ]; then
        tail -c 262144 "$logs/neo4j.log"
    else
        case $service in
        systemd:*) journalctl -u "${service#systemd:}" -o cat -n 2000 --no-pager </dev/null ;;
        esac
    fi 2>/dev/null
}
say "moments $(user_log | tail -c 262144 | cut -c 1-200 | grep -E 'St(art|opp)(ing|ed)\.|shutdown initiated' | tail -n 40 | hex)"
place=$certificates
[ -d "$place" ] || place=$home
say "free $(df -Pk "$place" 2>/dev/null | awk 'NR == 2 { print $4 }')"

if [ -d "$base" ]; then
    say "policy yes"
    [ -f "$certificate" ] && [ -r "$certificate" ] && say "public $(content "$certificate")"
    [ -e "$key" ] && say "key yes"
    if [ -d "$trusted" ]; then
        say "trusted-folder yes"
        for file in "$trusted"/* "$trusted"/.[!.]*; do
            [ -e "$file" ] || [ -L "$file" ] || continue
            if [ -f "$file" ] && [ -r "$file" ]; then
                say "trusted $(hex_of "${file##*/}") $(content "$file")"
            else
                say "trusted $(hex_of "${file##*/}")"
            fi
        done
    fi
fi
say end
