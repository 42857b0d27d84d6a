#!/bin/sh
# Run every notebook in the full profile on a GPU and compare its outputs with the stored ones.
#
#   tools/gpu.sh             on a machine that has everything; needs no network, installs nothing
#   tools/gpu.sh --install   first make .venv and add the backend's CUDA libraries to it
#
# KERAS_BACKEND chooses tensorflow (default), jax or torch; PYTHON another Python than .venv's.
set -eu
cd "$(dirname "$0")/.."
export KERAS_BACKEND="${KERAS_BACKEND:-tensorflow}"
export COURSE_PROFILE=full TF_CPP_MIN_LOG_LEVEL=3 TF_ENABLE_ONEDNN_OPTS=0
PYTHON="${PYTHON:-.venv/bin/python}"

if [ "${1:-}" = --install ]; then
    make venv
    case $KERAS_BACKEND in
        tensorflow) cuda='tensorflow[and-cuda]' ;;
        jax) cuda='jax[cuda12]' ;;
        torch) cuda='torch' ;;
        *) echo "KERAS_BACKEND must be tensorflow, jax or torch, got $KERAS_BACKEND" >&2 && exit 2 ;;
    esac
    grep -E '^[a-z0-9-]+==[^ ]+( ;.*)? \\$' requirements.txt | tr -d '\\' >.venv/versions.txt
    .venv/bin/uv pip install --python .venv/bin/python --constraint .venv/versions.txt "$cuda"
fi

export PYTHONPATH="$PWD" # course_lib of this tree, whatever Python runs it
"$PYTHON" -c 'import keras
try:
    devices = keras.distribution.list_devices("gpu")
except RuntimeError:  # how JAX says that there is none
    devices = []
print("Keras", keras.__version__, "on", keras.backend.backend(), "with", devices or "no GPU")
raise SystemExit(not devices)'
"$PYTHON" -m pytest --nbval --nbval-current-env --nbval-cell-timeout=3600 book
