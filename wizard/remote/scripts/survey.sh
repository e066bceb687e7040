# Reads: the answers for home, conf and service ("detect" leaves one open), then names, one a line.
# Answers what this server is and where its Neo4j stands. Changes nothing.
IFS= read -r home
IFS= read -r conf
IFS= read -r service

say "clock $(date -u +%s)"
say "system $(uname -s 2>/dev/null | hex)"
say "login $(hex_of "${SUDO_USER:-$(id -un)}")"

tell_names

is_home() { [ -f "$1/conf/neo4j.conf" ] || [ -x "$1/bin/neo4j" ] || [ -d "$1/certificates" ]; }

unit=
unit_home=
unit_conf=
read_unit() {
    command -v systemctl >/dev/null 2>&1 || return 0
    [ "$(systemctl show -p LoadState "$1" 2>/dev/null)" = LoadState=loaded ] || return 0
    unit=$1
    words=$(systemctl show -p Environment "$1" 2>/dev/null | sed 's/^Environment=//' | tr ' ' '\n')
    unit_home=$(printf '%s\n' "$words" | sed -n 's/^"*NEO4J_HOME=//p' | tr -d '"')
    unit_conf=$(printf '%s\n' "$words" | sed -n 's/^"*NEO4J_CONF=//p' | tr -d '"')
    unit_home=${unit_home:-/var/lib/neo4j}
}
case $service in
systemd:*) read_unit "${service#systemd:}" ;;
detect) read_unit neo4j ;;
esac

# The command line of a running Neo4j names its folders.
process_home=
process_conf=
contained=
# shellcheck disable=SC2013  # no path below /proc has a blank
for file in $(grep -l -a -e --home-dir= /proc/[0-9]*/cmdline 2>/dev/null); do
    folder=${file%/cmdline}
    line=$(tr '\0' '\n' <"$file" 2>/dev/null)
    case $line in
    *org.neo4j* | *com.neo4j*) ;;
    *) continue ;;
    esac
    # A process with another view of the disk than ours runs in a container.
    there=$(readlink "$folder/ns/mnt" 2>/dev/null)
    if [ -n "$there" ] && [ "$there" != "$(readlink /proc/self/ns/mnt 2>/dev/null)" ]; then
        case $(cat "$folder/cgroup" 2>/dev/null) in
        *kubepods*) contained=kubernetes ;;
        *docker* | *containerd* | *libpod*) contained=${contained:-docker} ;;
        esac
        continue
    fi
    process_home=$(printf '%s\n' "$line" | sed -n 's/^--home-dir=//p' | head -n 1)
    process_conf=$(printf '%s\n' "$line" | sed -n 's/^--config-dir=//p' | head -n 1)
    break
done

# Neo4j's own container image, seen from inside.
if [ -f /startup/docker-entrypoint.sh ] || [ -f /docker-entrypoint.sh ]; then
    if [ -d /var/lib/neo4j ] && [ -f /.dockerenv ]; then
        contained=docker
        [ -n "${KUBERNETES_SERVICE_HOST-}" ] && contained=kubernetes
    fi
fi

# Tells what the access list of neo4j.conf lets further users and its groups do, where it has one:
# kind, number, rights as far as the mask goes, name.
tell_access_list() {
    list=$(getfacl -cpn -- "$conf" 2>/dev/null)
    case $list in *mask::*) ;; *) return ;; esac
    own=$(stats_of "$conf")
    printf '%s\n' "$list" | while IFS=: read -r kind number rights effective; do
        name=
        case $kind$number in
        group) number=${own##* } ;;
        user[0-9]*) name=$(getent passwd "$number") ;;
        group[0-9]*) name=$(getent group "$number") ;;
        *) continue ;;
        esac 2>/dev/null
        say "access $kind $number $(printf %.3s "${effective:-$rights}") $(hex_of "${name%%:*}")"
    done
}

conf_here=
if [ "$home" = detect ]; then
    home=
    if [ -n "${NEO4J_HOME-}" ] && is_home "$NEO4J_HOME"; then
        home=$NEO4J_HOME
        conf_here=${NEO4J_CONF-}
    elif [ -n "$unit_home" ] && [ -d "$unit_home" ]; then
        home=$unit_home
    elif [ -n "$process_home" ] && [ -d "$process_home" ]; then
        home=$process_home
    else
        find_login_folder
        for place in /var/lib/neo4j "$login_folder"/neo4j* /opt/neo4j* /usr/share/neo4j; do
            if is_home "$place"; then
                home=$place
                break
            fi
        done
    fi
fi
home=${home%/}
if [ -n "$home" ] && ! [ -d "$home" ]; then
    say "missing home $(hex_of "$home")"
    home=
fi
if [ -z "$home" ]; then
    # Only where nothing else is found: an image that runs here, where it can be asked.
    if [ -z "$contained" ] && command -v docker >/dev/null 2>&1; then
        case $(docker ps --format '{{.Image}}' 2>/dev/null </dev/null) in
        *neo4j*) contained=docker ;;
        esac
    fi
    [ -n "$contained" ] && say "contained $contained"
    wait
    say end
    exit 0
fi
[ "$contained" = docker ] && [ "$home" = /var/lib/neo4j ] && [ -f /.dockerenv ] && say "contained docker"

if [ "$conf" = detect ]; then
    [ -z "$conf_here" ] && [ "$home" = "$unit_home" ] && conf_here=$unit_conf
    [ -z "$conf_here" ] && [ "$home" = "$process_home" ] && conf_here=$process_conf
    if [ -z "$conf_here" ]; then
        conf_here=$home/conf
        if ! [ -e "$home/conf/neo4j.conf" ] && [ -e /etc/neo4j/neo4j.conf ]; then
            conf_here=/etc/neo4j
        fi
    fi
    conf=$conf_here
fi
# Only a folder that is not neo4j.conf itself holds it; Neo4j would read such a folder setting by
# setting.
case ${conf%/} in
*/neo4j.conf) [ -f "$conf/neo4j.conf" ] && conf=${conf%/}/neo4j.conf ;;
*) [ -d "$conf" ] && conf=${conf%/}/neo4j.conf ;;
esac

if [ "$service" = detect ]; then
    if [ -n "$unit" ] && [ "$home" = "$unit_home" ]; then
        service=systemd:$unit
    elif [ -x "$home/bin/neo4j" ]; then
        service=bin
    elif [ -n "$unit" ]; then
        service=systemd:$unit
    fi
fi

say "home $(hex_of "$home") $(stats_of "$home")"
say "service $(hex_of "$service")"
step=$conf
linked=0
while [ -L "$step" ] && [ "$linked" -lt 40 ]; do
    say "link $(hex_of "$step") $(owner_of "$step")"
    target=$(readlink -- "$step")
    case $target in
    /*) step=$target ;;
    *) step=${step%/*}/$target ;;
    esac
    linked=$((linked + 1))
done
conf=$(resolved "$conf")
say "conf $(hex_of "$conf") $(stats_of "$conf")"
if [ -d "$conf" ]; then
    say "shape folder"
elif ! [ -e "$conf" ]; then
    say "shape missing"
elif [ -r "$conf" ] && [ -f "$conf" ]; then
    if [ "$(wc -c <"$conf")" -gt 4194304 ]; then
        say "too-large $(hex_of "$conf")"
    else
        say "content $(hex <"$conf")"
    fi
    ls -ldn -- "$conf" | {
        read -r mode names rest
        say "names $names"
    }
    tell_access_list
fi

# A link may lead into a folder that something else keeps.
folder=${conf%/*}
while [ "$linked" -gt 0 ] && [ -n "$folder" ]; do
    for mark in .git .hg .svn; do
        if [ -e "$folder/$mark" ]; then
            say "checkout $(hex_of "$folder")"
            linked=0
            break
        fi
    done
    folder=${folder%/*}
done

place=$home/certificates
[ -d "$place" ] || place=$home
tell_mounts "$conf" "$(cd -P "${conf%/*}" 2>/dev/null && pwd -P)" "$(cd -P "$place" && pwd -P)"

for folder in "$home/lib" /usr/share/neo4j/lib; do
    [ -d "$folder" ] || continue
    for jar in "$folder"/neo4j*.jar; do
        [ -e "$jar" ] && printf '%s\n' "${jar##*/}"
    done | { say "jars $(hex)"; }
    break
done

if neo4j_runs "$service" "$home" "${conf%/*}"; then
    say "running yes"
else
    say "running no"
fi

# With which flags Neo4j is started: its unit tells, or else the process that runs.
case $service in
systemd:*) systemctl show -p ExecStart "${service#systemd:}" 2>/dev/null ;;
*) [ -n "$pid" ] && { tr '\0' ' ' <"/proc/$pid/cmdline" || ps -ww -p "$pid" -o args=; } 2>/dev/null ;;
esac | tr ' ' '\n' | grep -q -x -e --expand-commands && say "expands yes"

tell_keepers
tell_control 3>&1 >/dev/null 2>&1 </dev/null

for table in /proc/net/tcp /proc/net/tcp6; do
    [ -r "$table" ] && awk '$4 == "0A" { print "listens " $2 }' "$table"
done
wait
say end
