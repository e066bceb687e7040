# Who may use what is made: owner, mode, access list, attributes and label are those of what stands
# there; nobody is led elsewhere, or let in, by what others have made.

# Goes into a folder of our own right below. Who owns the folder above could put a link in its
# place at any moment: what counts is where we are afterwards, and that nobody else may write there.
enter() {
    above=${PWD%/}
    cd -P "./$1" 2>/dev/null && [ "$PWD" = "$above/$1" ] && [ -O . ]
}

# Copies a file with all that says who may use it: owner, mode, access list, attributes, label. GNU cp
# can by itself; elsewhere there may be a tool for each.
copy_whole() {
    cp -p --preserve=all -- "$1" "$2" 2>/dev/null && return
    rm -f -- "$2"
    cp -p -- "$1" "$2" || return
    if command -v setfacl >/dev/null 2>&1; then
        getfacl -p -- "$1" 2>/dev/null | setfacl --set-file=- -- "$2" 2>/dev/null
    fi
    if command -v setfattr >/dev/null 2>&1; then
        getfattr --absolute-names -d -e hex -m '^user\.' -- "$1" 2>/dev/null |
            while IFS='=' read -r key value; do
                case $key in user.*) setfattr -n "$key" -v "$value" -- "$2" ;; esac
            done
    fi
    chcon --reference="$1" -- "$2" 2>/dev/null
    touch -r "$1" "$2"
}

# Takes from the folder we are in whatever access list it has from the folder above, and would hand
# down: what is made in here is for its owner, as its mode says.
drop_access_list() { ! command -v setfacl >/dev/null 2>&1 || setfacl -b -k . 2>/dev/null; }

# Removes links that stand in the folder we are in where folders of ours should.
drop_links() {
    set -f
    IFS=$newline
    for folder in $folders; do
        [ ! -L "$folder" ] || rm -f -- "$folder"
    done
    unset IFS
    set +f
}

# Whether SELinux is on, and a path has the label its policy gives it; a label that somebody chose by
# hand is inherited and copied, and never reset.
labelled_by_policy() {
    command -v restorecon >/dev/null 2>&1 && selinuxenabled 2>/dev/null || return 1
    [ -z "$(restorecon -n -v -- "$1" 2>/dev/null)" ]
}

# Makes a folder for a moment where there is room for a file of some size, and tells its path: /tmp
# can be full or read-only. With `file`, a file that needs no room.
make_scratch() {
    for above in "${TMPDIR:-/tmp}" /tmp /var/tmp /dev/shm; do
        if [ "$1" = file ]; then
            mktemp "$above/neo4j-tls.XXXXXX" && return
        elif scratch=$(mktemp -d "$above/neo4j-tls.XXXXXX"); then
            dd if=/dev/zero of="$scratch/room" bs=65536 count=8 && rm -f "$scratch/room" &&
                say "$scratch" && return
            rm -rf "$scratch"
        fi
    done 2>/dev/null
    return 1
}
