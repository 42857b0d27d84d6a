#!/bin/sh
# Create or refresh build/torch: PyTorch, what the nets need, pytest and the libraries of
# augmentations that ours are timed against; no TensorFlow, no JAX.
#
# PyTorch brings 5 GB of its own, so it is no part of .venv, which this needs first.
set -eu
cd "$(dirname "$0")/.."

VENV=build/torch
UV=.venv/bin/uv
stamp=$(cat requirements.txt requirements/torch.txt pyproject.toml tools/torch_env.sh | cksum)
[ "$(cat "$VENV/stamp" 2>/dev/null)" = "$stamp" ] && exit 0

echo "Setting up $VENV (once; about 5 GB)"
rm -rf "$VENV"
mkdir -p build
"$UV" venv --quiet --python .venv/bin/python "$VENV"
"$UV" pip install --quiet --compile-bytecode --python "$VENV/bin/python" --require-hashes -r requirements/torch.txt
# The versions of the main lock, without its hashes: a constraint holds names and versions only.
sed -n 's/^\([a-z0-9-]*==[^ ]*\)\( ;.*\)\{0,1\} \\$/\1\2/p' requirements.txt >"$VENV/versions.txt"
"$UV" pip install --quiet --compile-bytecode --python "$VENV/bin/python" --constraint "$VENV/versions.txt" \
    --editable '.[weights,data]' onnx pytest pytest-xdist pyyaml
echo "$stamp" >"$VENV/stamp"
