#!/bin/sh
# Create or refresh build/otter: otter-grader and what .venv lacks for it; the rest is read in .venv.
#
# Otter wants an older wrapt than .venv has, so it is no part of it. Everything else has the same
# version in both locks, so that TensorFlow is not installed twice. It needs .venv first.
set -eu
cd "$(dirname "$0")/.."

VENV=build/otter
UV=.venv/bin/uv
current_stamp() { # a moved folder breaks the way to .venv
    pwd -P
    cat requirements.txt requirements/otter.txt tools/otter_env.sh | cksum
}
[ "$(cat "$VENV/stamp" 2>/dev/null)" = "$(current_stamp)" ] && exit 0

echo "Setting up $VENV (once; about 20 MB)"
rm -rf "$VENV"
mkdir -p build
"$UV" venv --quiet --python .venv/bin/python "$VENV"
# The entries whose version is not that of the main lock, with their hashes.
awk 'NR == FNR { main[$1]; next } /^[a-z0-9-]+==/ { lacks = !($1 in main) } lacks' \
    requirements.txt requirements/otter.txt >"$VENV/own.txt"
"$UV" pip install --quiet --compile-bytecode --python "$VENV/bin/python" --no-deps \
    --require-hashes -r "$VENV/own.txt"
# What is installed here comes first; `addsitedir` also finds course_lib, which .venv names by path.
"$VENV/bin/python" - "$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')" <<'EOF'
import pathlib, sys, sysconfig
here = pathlib.Path(sysconfig.get_path("purelib"))
(here / "venv.pth").write_text(f"import site; site.addsitedir({sys.argv[1]!r})\n", "utf-8")
EOF
"$VENV/bin/python" -m ipykernel install --sys-prefix >/dev/null
"$VENV/bin/python" -m otter --version >/dev/null
current_stamp >"$VENV/stamp"
