# What else looks after a server, and would change or start something in the middle of our work.

# Tells each keeper it finds: its word, the kind of its sign, and the sign itself. Reads the machine
# below NEO4J_TLS_MACHINE where that is set: a folder that stands for one, as practice and tests have.
tell_keepers() {
    machine=${NEO4J_TLS_MACHINE-}
    cat "$machine"/proc/[0-9]*/comm 2>/dev/null | sort -u | while IFS= read -r name; do
        case $name in
        puppet | puppet-agent) say "keeper puppet process $(hex_of "$name")" ;;
        chef-client | cinc-client) say "keeper chef process $(hex_of "$name")" ;;
        salt-minion) say "keeper salt process $(hex_of "$name")" ;;
        cf-execd | cf-agent) say "keeper cfengine process $(hex_of "$name")" ;;
        monit) cares_for_neo4j monit "$name" etc/monit etc/monitrc etc/monit.conf etc/monit.d ;;
        pacemakerd) cares_for_neo4j pacemaker "$name" var/lib/pacemaker/cib/cib.xml ;;
        supervisord) cares_for_neo4j supervisor "$name" etc/supervisor etc/supervisord.conf etc/supervisord.d ;;
        esac
    done
    tell_keeping_units
    for file in "$machine"/etc/crontab "$machine"/etc/cron.d/* "$machine"/var/spool/cron/* \
        "$machine"/var/spool/cron/crontabs/*; do
        [ -f "$file" ] && [ -r "$file" ] || continue
        case $(sed 's/#.*//' "$file" | head -c 65536) in
        *puppet\ agent*) say "keeper puppet cron $(hex_of "$file")" ;;
        *chef-client* | *cinc-client*) say "keeper chef cron $(hex_of "$file")" ;;
        *salt-call*) say "keeper salt cron $(hex_of "$file")" ;;
        *ansible-pull*) say "keeper ansible cron $(hex_of "$file")" ;;
        *cf-agent*) say "keeper cfengine cron $(hex_of "$file")" ;;
        esac
    done
    for file in opt/puppetlabs/puppet/cache/state var/lib/puppet/state; do
        file=$machine/$file/agent_disabled.lock
        [ -e "$file" ] && say "keeper puppet disabled $(hex_of "$file")"
    done
}

# A watchdog counts where its files name Neo4j, and where they can't be read: word, process, files.
cares_for_neo4j() {
    word=$1 process=$2
    shift 2
    for file in "$@"; do
        file=$machine/$file
        [ -e "$file" ] || continue
        if ! [ -r "$file" ] || grep -rliq neo4j "$file" 2>/dev/null; then
            say "keeper $word process $(hex_of "$process")"
            return
        fi
    done
}

# Timers have no process between two runs; and a unit may start what bin/neo4j has stopped.
tell_keeping_units() {
    command -v systemctl >/dev/null 2>&1 || return 0
    systemctl list-units --plain --no-legend --no-pager --state=active 'puppet*' 'chef-client*' \
        'cinc-client*' 'salt-minion*' 'cf-execd*' 'cfengine*' 'ansible-pull*' 2>/dev/null </dev/null |
        while read -r active rest; do
            case $active in
            puppetserver* | puppetdb*) ;;
            puppet*) say "keeper puppet unit $(hex_of "$active")" ;;
            chef* | cinc*) say "keeper chef unit $(hex_of "$active")" ;;
            salt*) say "keeper salt unit $(hex_of "$active")" ;;
            cf*) say "keeper cfengine unit $(hex_of "$active")" ;;
            ansible*) say "keeper ansible unit $(hex_of "$active")" ;;
            esac
        done
    [ "$service" = bin ] || return 0
    case $(systemctl show -p ActiveState -p Restart neo4j 2>/dev/null </dev/null) in
    *Restart=no*) ;;
    *ActiveState=active*) say "keeper systemd unit $(hex_of neo4j.service)" ;;
    esac
}
