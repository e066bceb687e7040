# The functions all scripts share. POSIX sh; GNU and BSD tools.
LC_ALL=C
export LC_ALL
umask 077
set -u

# Bytes as hexadecimal digits on one line: survives every name and every file.
hex() { od -An -v -tx1 | tr -d ' \n\t'; }
hex_of() { printf %s "$1" | hex; }

# One line of the answer: a word, then fields that hold no space.
say() { printf '%s\n' "$*"; }

# Ends the script with a reason that is a stable word, and a detail.
refuse() {
    say "refused $1 $(hex_of "${2-}")"
    exit 3
}

# SHA-256 of a file's content in hexadecimal digits; nothing when it can't be read.
hash_of() {
    if command -v sha256sum >/dev/null 2>&1; then
        sha256sum <"$1" 2>/dev/null | cut -c1-64
    elif command -v shasum >/dev/null 2>&1; then
        shasum -a 256 <"$1" 2>/dev/null | cut -c1-64
    else
        openssl dgst -sha256 <"$1" 2>/dev/null | sed 's/.* //'
    fi
}

# Permission bits, owner and group of what a path leads to: "640 101 103".
stat_of() {
    stat -L -c '%a %u %g' -- "$1" 2>/dev/null || stat -L -f '%Lp %u %g' -- "$1" 2>/dev/null
}

# The owner of a path itself, also when it is a link.
owner_of() { ls -ldn -- "$1" 2>/dev/null | awk '{ print $3; exit }'; }

# The home folder of the login, also under sudo.
login_home() {
    if [ -n "${SUDO_USER-}" ] && command -v getent >/dev/null 2>&1; then
        getent passwd "$SUDO_USER" | cut -d: -f6
    else
        printf '%s\n' "$HOME"
    fi
}

# A path with every link resolved, or the path itself where that can't be done.
resolved() {
    readlink -f -- "$1" 2>/dev/null || realpath "$1" 2>/dev/null || printf '%s\n' "$1"
}
