#!/bin/sh
# Create or refresh .venv from requirements.txt; do nothing when it is current.
#
# Uses uv where it is on PATH (uv also fetches a supported Python), else a supported Python found
# on PATH with its own venv and pip. Needs nothing else: a POSIX shell, awk, sed, cksum.
set -eu
cd "$(dirname "$0")/.."

VENV=.venv
RANGE=$(sed -n 's/^requires-python = "\(.*\)"/\1/p' pyproject.toml) # >=3.a,<3.b
LOWEST=$(echo "$RANGE" | sed 's/>=3\.\([0-9]*\),.*/\1/')
BEYOND=$(echo "$RANGE" | sed 's/.*<3\.\([0-9]*\)/\1/')
SUPPORTED=$(awk "BEGIN { for (i = $LOWEST; i < $BEYOND; i++) printf \"%s3.%d\", (i > $LOWEST ? \", \" : \"\"), i }")

fail() {
    printf '\n' >&2
    printf '%s\n' "$@" >&2
    exit 1
}

# The stamp holds what the environment was made from, and where: a moved .venv is broken.
current_stamp() {
    pwd -P
    cat requirements.txt pyproject.toml instructor/pyproject.toml tools/venv.sh | cksum
}

runs() { # is $1 a CPython we support?
    "$1" -c "import sys; v = sys.version_info
sys.exit(not (3, $LOWEST) <= v[:2] < (3, $BEYOND) or sys.implementation.name != 'cpython')" \
        >/dev/null 2>&1
}

find_python() { # print the first supported Python on PATH
    minor=$((BEYOND - 1))
    candidates=python3
    while [ "$minor" -ge "$LOWEST" ]; do
        candidates="$candidates python3.$minor"
        minor=$((minor - 1))
    done
    for candidate in $candidates python; do
        if runs "$candidate"; then
            echo "$candidate"
            return
        fi
    done
}

found_pythons() { # what is there, for the message
    for candidate in python3 python; do
        version=$("$candidate" -c 'import sys; print(sys.version.split()[0])' 2>/dev/null) &&
            echo "$candidate is $version" && return
    done
    echo "there is no Python on PATH"
}

create() {
    rm -rf "$VENV"
    if command -v uv >/dev/null 2>&1; then
        uv venv --quiet --no-project --python "${UV_PYTHON:-$RANGE}" "$VENV" && runs "$VENV/bin/python" ||
            fail "uv could not provide a supported Python ($SUPPORTED)."
        return
    fi
    python=$(find_python)
    [ -n "$python" ] || fail \
        "No supported Python: this course needs Python $SUPPORTED (TensorFlow has packages for these only);" \
        "$(found_pythons)." \
        "Install one of them, or install uv (https://docs.astral.sh/uv), which fetches one; then run make again."
    "$python" -c 'import ensurepip, venv' 2>/dev/null || fail \
        "$python has no ensurepip or venv module, so it cannot create a virtual environment." \
        "On Debian and Ubuntu: sudo apt-get install python3-venv. Or install uv. Then run make again."
    "$python" -m venv "$VENV"
}

# Keep of the user's pip settings only where to fetch from; `user = true`, `target`, `constraint`
# and the like would send packages elsewhere or stop the installation.
SOURCES="index-url extra-index-url find-links no-index cert client-cert proxy trusted-host timeout"

pip_sources() { # print the settings of the user's configuration files as assignments
    "$VENV/bin/python" -m pip config list 2>/dev/null | awk -v sources="$SOURCES" '
        BEGIN { split(sources, names, " "); for (i in names) wanted[names[i]] }
        /^:env:/ { next }
        {
            name = $0
            sub(/=.*/, "", name)
            value = substr($0, length(name) + 2)
            sub(/^[^.]*\./, "", name)
            if (!(name in wanted)) next
            gsub(/-/, "_", name)
            gsub(/\\n/, " ", value)
            print "PIP_" toupper(name) "=${PIP_" toupper(name) "-" value "}"
        }'
}

install_with_uv() {
    unset UV_SYSTEM_PYTHON UV_TARGET UV_CONSTRAINT UV_OVERRIDE UV_PRERELEASE 2>/dev/null || true
    # Compiled once, here: else each process compiles TensorFlow anew where PYTHONDONTWRITEBYTECODE
    # is set, which takes 20 seconds.
    "$1" pip install --python "$VENV/bin/python" --compile-bytecode --require-hashes \
        --requirement requirements.txt &&
        "$1" pip install --python "$VENV/bin/python" --quiet --no-deps --no-build-isolation \
            --editable . --editable instructor
}

install_with_pip() (
    kept=" $(echo "$SOURCES" | tr 'a-z-' 'A-Z_') DEFAULT_TIMEOUT "
    for setting in $(env | sed -n 's/^PIP_\([A-Z_]*\)=.*/\1/p'); do
        case $kept in *" $setting "*) ;; *) unset "PIP_$setting" ;; esac
    done
    set -a
    eval "$(pip_sources)"
    PIP_CONFIG_FILE=/dev/null
    PIP_DISABLE_PIP_VERSION_CHECK=1
    "$VENV/bin/python" -m pip install --require-hashes --requirement requirements.txt &&
        "$VENV/bin/python" -m pip install --quiet --no-deps --no-build-isolation \
            --editable . --editable instructor
)

install() {
    if command -v uv >/dev/null 2>&1; then
        install_with_uv uv
    elif [ -x "$VENV/bin/uv" ]; then
        install_with_uv "$VENV/bin/uv"
    else
        install_with_pip
    fi || fail "The packages of requirements.txt could not be installed; the reason is above." \
        "TensorFlow has packages for Linux with glibc (x86-64, arm64) and macOS on Apple silicon."
}

unset PYTHONPATH PYTHONHOME VIRTUAL_ENV
if [ -x "$VENV/bin/python" ] && [ "$(cat "$VENV/stamp" 2>/dev/null)" = "$(current_stamp)" ]; then
    exit 0
fi
echo "Setting up $VENV (once; about 3 GB)"
if [ -e "$VENV/stamp" ] && [ "$(head -n 1 "$VENV/stamp")" != "$(pwd -P)" ] || ! runs "$VENV/bin/python"; then
    create
fi
rm -f "$VENV/stamp"
install
if [ -e .git ] && command -v git >/dev/null 2>&1; then # readable diffs of notebooks
    git config diff.jupytext.textconv "$VENV/bin/jupytext --to py:percent --output -"
fi
current_stamp >"$VENV/stamp"
