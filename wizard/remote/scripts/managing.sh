# Has the service manager stop or start the unit: with the rights we have, or by a rule of sudo for
# just that, where the files are worked on as another user than root.
manage() {
    systemctl "$1" --no-block "${service#systemd:}" && return
    [ "$(id -u)" != 0 ] && command -v sudo >/dev/null 2>&1 || return 1
    sudo -n systemctl "$1" --no-block "${service#systemd:}" 2>/dev/null ||
        sudo -n systemctl "$1" "${service#systemd:}"
}

# Whether sudo lets us stop and start the unit without a question, with these words before its name.
sudo_lets_us() {
    sudo -n -l systemctl stop "$@" && sudo -n -l systemctl start "$@"
}

# Tells whether we may stop and start the unit: yes, no, or unknown where a rule of polkit may still
# say yes when the moment comes.
tell_control() {
    case $service in systemd:*) ;; *) return 0 ;; esac
    [ "$(id -u)" != 0 ] || return 0
    control=no
    if command -v pkcheck >/dev/null 2>&1; then
        control=unknown
        pkcheck --action-id org.freedesktop.systemd1.manage-units --process $$ && control=yes
    fi
    if [ "$control" != yes ] && command -v sudo >/dev/null 2>&1 &&
        { sudo_lets_us --no-block "${service#systemd:}" || sudo_lets_us "${service#systemd:}"; }; then
        control=yes
    fi
    say "control $control" >&3
}
