# shellcheck shell=sh
# Set-up shared by ./run and ./check: from a git clone on Debian 12 to a finished .venv, and nothing at all the second time.
#
# Respects what the machine has configured (apt sources, pip.conf, PIP_*, SSL_CERT_FILE) and names no host itself.
# Refuses (exit 3, with the exact line to type) when packages are missing and neither root nor sudo is at hand,
# or when this is not Debian and programs are missing. An interrupted set-up is thrown away and begun anew.
#
# Usage: root=<the clone>; . tools/setup.sh; set_up run|dev

# Judges (pdfsig, qpdf, openssl) and the font belong to both commands: sealed files are judged on every machine.
DEBIAN_PACKAGES="python3-venv
libegl1 libgl1 libdbus-1-3 libfontconfig1 libglib2.0-0 libzbar0 libwayland-cursor0 libwayland-egl1
libxkbcommon-x11-0 libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1
libxcb-randr0 libxcb-render-util0 libxcb-shape0 libxcb-xkb1
fonts-wqy-microhei poppler-utils qpdf openssl unzip"
# What the same list means elsewhere: programs, and libraries as the dynamic linker names them.
PROGRAMS="pdfsig qpdf openssl unzip"
LIBRARIES="libEGL.so.1 libGL.so.1 libdbus-1.so.3 libfontconfig.so.1 libglib-2.0.so.0 libzbar.so.0 libxkbcommon-x11.so.0 libxcb-cursor.so.0"
# What the slow drills of ./check --all need besides; without one of them its tests would be skipped, which fails there.
DRILL_PACKAGES="postgresql strace nodejs"
DRILL_PROGRAMS="initdb strace node"
# A peer of the benchmarks (tools/bench) that nothing else needs.
PEER_PACKAGES="age"
PEER_PROGRAMS="age"
CA_BUNDLE=/etc/ssl/certs/ca-certificates.crt

say() { printf '%s\n' "bidseal: $*" >&2; }

refuse() {
    say "$@"
    exit 3
}

want_drills() {
    DEBIAN_PACKAGES="$DEBIAN_PACKAGES $DRILL_PACKAGES"
    PROGRAMS="$PROGRAMS $DRILL_PROGRAMS"
}

want_peers() {
    DEBIAN_PACKAGES="$DEBIAN_PACKAGES $PEER_PACKAGES"
    PROGRAMS="$PROGRAMS $PEER_PROGRAMS"
}

is_debian() { (. /etc/os-release 2>/dev/null && [ "${ID:-}" = debian ]); }
is_root() { [ "$(id -u)" = 0 ]; }
has_ca_bundle() { [ -s "$CA_BUNDLE" ]; }

# Without a terminal a sudo that asks for a password would hang for ever, so it counts as none.
has_sudo() {
    command -v sudo >/dev/null 2>&1 || return 1
    sudo -n true 2>/dev/null || { [ -t 0 ] && [ -z "${CI:-}" ]; }
}

# Names of installed packages and of what they provide (libglib2.0-0 is a provided name from Debian 13 on).
installed_packages() {
    dpkg-query -W -f '${db:Status-Abbrev} ${Package} ${Provides}\n' 2>/dev/null |
        awk '$1 == "ii" { gsub(/\([^)]*\)|,/, ""); for (i = 2; i <= NF; i++) print $i }'
}

missing_packages() {
    installed_packages | awk -v wanted="$DEBIAN_PACKAGES" '
        { have[$1] = 1 }
        END { n = split(wanted, name); for (i = 1; i <= n; i++) if (!(name[i] in have)) print name[i] }'
    # Never reinstalled: that would rewrite a bundle to which an administrator added the house's own root.
    has_ca_bundle || echo ca-certificates
}

missing_programs() {
    find_python >/dev/null || echo "python3 (3.11 or newer, with venv)"
    for program in $PROGRAMS; do
        command -v "$program" >/dev/null 2>&1 || echo "$program"
    done
    for tool in ldconfig /sbin/ldconfig /usr/sbin/ldconfig; do
        known=$("$tool" -p 2>/dev/null) || continue
        for library in $LIBRARIES; do
            case $known in *"$library"*) ;; *) echo "$library" ;; esac
        done
        break
    done
}

is_fit_python() {
    "$1" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

# On Debian its own Python and no other: a pyenv or conda in PATH has other libraries. Elsewhere any that is new enough.
find_python() {
    if is_debian; then candidates=/usr/bin/python3; else candidates="python3 python3.14 python3.13 python3.12 python3.11"; fi
    for candidate in $candidates; do
        if is_fit_python "$candidate"; then
            command -v "$candidate"
            return 0
        fi
    done
    return 1
}

# python3-venv brings ca-certificates with it, whose installation writes the bundle anew: a house's own root that an
# administrator put there would be gone, and with it the way to the index. So the bundle that was there stays.
apt_install() {
    log=$(mktemp)
    bundle=$(mktemp)
    ! has_ca_bundle || cat "$CA_BUNDLE" >"$bundle"
    apt_status=0
    # shellcheck disable=SC2086 # as_root is empty or one word, packages is a list of words
    { $as_root apt-get update -qq && $as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends $packages; } >"$log" 2>&1 </dev/null || apt_status=$?
    if [ -s "$bundle" ] && ! cmp -s "$bundle" "$CA_BUNDLE"; then
        # shellcheck disable=SC2086
        $as_root cp "$bundle" "$CA_BUNDLE"
        say "kept the certificate bundle that was here before"
    fi
    [ "$apt_status" = 0 ] || tail -n 30 "$log" >&2
    rm -f "$log" "$bundle"
    return "$apt_status"
}

set_up_machine() {
    if ! is_debian; then
        missing=$(missing_programs)
        [ -z "$missing" ] || refuse "this is not Debian; please install, then start again: $(echo $missing)"
        return 0
    fi
    packages=$(echo $(missing_packages))
    [ -n "$packages" ] || return 0
    if is_root; then
        as_root=""
    elif has_sudo; then
        as_root=sudo
    else
        say "Debian packages are missing, and neither root nor sudo is at hand. Please have this run as root:"
        printf '%s\n' "apt-get update && apt-get install -y --no-install-recommends $packages"
        exit 3
    fi
    say "installing Debian packages: $packages"
    apt_install ||
        refuse "apt-get failed (see above). By hand: apt-get update && apt-get install -y --no-install-recommends $packages"
}

# What the environment depends on; its path too, because a venv does not survive being moved.
fingerprint() {
    {
        cat "$root/uv.lock" "$root/pyproject.toml" "$root/requirements/run.txt" "$root/requirements/dev.txt" "$root/tools/setup.sh"
        "$1" -c 'import sys; print(sys.version)'
        echo "$root"
    } | sha256sum | cut -d ' ' -f 1
}

# The set `dev` holds all of `run`.
is_set_up() {
    read -r done_set done_print 2>/dev/null <"$venv/bidseal-setup" || return 1
    [ "$done_print" = "$wanted_print" ] && { [ "$done_set" = "$1" ] || [ "$done_set" = dev ]; }
}

set_up_environment() {
    say "preparing .venv (once; a few minutes on a slow line)"
    # A stamp says the last set-up came to its end; without one, pip's idea of what is installed cannot be trusted.
    if [ ! -s "$venv/bidseal-setup" ] || [ "$("$venv/bin/python" -c 'import sys; print(sys.version)' 2>/dev/null)" != "$("$python" -c 'import sys; print(sys.version)')" ]; then
        "$python" -m venv --clear "$venv" || refuse "python3 -m venv failed (see above)"
    fi
    rm -f "$venv/bidseal-setup"
    PIP_DISABLE_PIP_VERSION_CHECK=1
    PIP_ROOT_USER_ACTION=ignore
    export PIP_DISABLE_PIP_VERSION_CHECK PIP_ROOT_USER_ACTION
    "$venv/bin/pip" install -qq --require-hashes --only-binary :all: -r "$root/requirements/$1.txt" >&2 ||
        refuse "pip could not install requirements/$1.txt (see above): check the network and the package index configured for pip, then start again"
    "$venv/bin/pip" install -qq --no-deps --no-index --no-build-isolation --editable "$root" >&2 ||
        refuse "pip could not install the project itself (see above)"
    # Read by desktop.store: a bidseal started from this clone keeps its state in .run/, never in the user's profile.
    echo "$root/.run/desktop" >"$venv/bidseal-data"
    echo "$1 $wanted_print" >"$venv/bidseal-setup.new"
    mv "$venv/bidseal-setup.new" "$venv/bidseal-setup"
}

set_up() {
    # Another project's modules and a per-user pip have no place in this environment.
    unset PYTHONHOME PYTHONPATH PIP_USER
    set_up_machine
    venv=$root/.venv
    python=$(find_python) || refuse "Python 3.11 or newer with its venv module is needed"
    wanted_print=$(fingerprint "$python")
    is_set_up "$1" && return 0
    # One at a time: ./run and ./check started together would build into the same folder.
    exec 9<"$root/tools/setup.sh"
    if command -v flock >/dev/null 2>&1 && ! flock --nonblock 9; then
        say "waiting for another set-up of this clone to end"
        flock 9
    fi
    if ! is_set_up "$1"; then
        read -r done_set _ 2>/dev/null <"$venv/bidseal-setup" || done_set=""
        # Never shrink: a developer's environment stays one when ./run meets a new lock.
        if [ "$done_set" = dev ]; then set_up_environment dev; else set_up_environment "$1"; fi
    fi
    exec 9<&-
}
