# `make help` lists the targets. Works with GNU make 3.81 (macOS) and later.
SHELL := /bin/sh
.DEFAULT_GOAL := help

PYTHON := .venv/bin/python
STUDENT := build/student
RELEASE := build/release
SITE_SOURCE := build/site
OUTPUT := .
SITE := $(OUTPUT)/_build/html
FORM := $(OUTPUT)/_build/deep-convolutional-models
PORT := 8000
WORKERS := 2

# TensorFlow writes to stderr on import unless both are set before it starts.
export TF_CPP_MIN_LOG_LEVEL := 3
export TF_ENABLE_ONEDNN_OPTS := 0
KERAS_BACKEND ?= tensorflow
export KERAS_BACKEND
export PATH := $(CURDIR)/.venv/bin:$(PATH)
unexport PYTHONPATH
unexport PYTHONHOME

PYTEST := $(PYTHON) -m pytest -n $(WORKERS) --dist loadfile
NBVAL := $(PYTEST) --nbval --nbval-current-env
# What passed is not run again while nothing that it depends on has changed; FRESH=1 runs all.
KEPT := $(if $(COURSE_CI)$(FRESH),,-p tests.kept --kept build/kept-$$KERAS_BACKEND.json)
# A test runs what XLA compiles once or twice, so that compiling well costs more than it saves; and
# many tests compile the same, which is kept.
KEEP_COMPILED := JAX_COMPILATION_CACHE_DIR="$(CURDIR)/build/jax" \
  JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS=0 JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES=-1
QUICK_XLA := XLA_FLAGS="--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true" \
  $(KEEP_COMPILED)

.PHONY: help book site-anew pdf epub offline serve test check notebooks student solutions autograder lock \
  test-code test-notebooks test-site test-lab test-jax test-torch test-weekly test-all test-colab bench \
  bench-augment bench-grading bench-training performance lab-heights clean venv

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{ printf "%-22s%s\n", $$1, $$2 }'

# The site has a student's tree of its own, so that somebody may work in the other one.
book: venv ## build the site into _build/html (sets everything up first)
	@$(PYTHON) tools/student.py $(SITE_SOURCE)
	@$(PYTHON) tools/once.py $(OUTPUT)/_build/built $(SITE)/index.html $(SITE_SOURCE) \
	  requirements.txt instructor book/exercises -- $(MAKE) --no-print-directory site-anew
	@echo "The book is built. Open $(abspath $(SITE))/index.html in a browser, or run: make serve"

site-anew:
	@.venv/bin/jupyter-book build $(SITE_SOURCE) --path-output $(OUTPUT) --all -n -W --keep-going
	@$(PYTHON) -m instructor.leaks $(SITE_SOURCE) $(SITE)

# The other forms of the book are made of the built site.
pdf: book ## print the book as one PDF into _build
	@$(PYTHON) tools/pdf.py $(SITE) $(FORM).pdf

epub: book ## write the book as an EPUB into _build
	@$(PYTHON) tools/epub.py $(SITE) $(FORM).epub

offline: book ## pack the site as an archive to read without a connection into _build
	@$(PYTHON) tools/offline_zip.py $(SITE) $(FORM)-offline.zip

serve: ## show the built site at http://127.0.0.1:8000 (PORT=... for another)
	@test -f $(SITE)/index.html || { echo "There is no site yet; run: make book"; exit 1; }
	@echo "The book is at http://127.0.0.1:$(PORT); stop with Ctrl-C"
	@$(PYTHON) -m http.server $(PORT) --bind 127.0.0.1 --directory $(SITE)

test: book ## run all tests that a change may have touched (FRESH=1: all)
	@$(NBVAL) $(KEPT) tests book

test-code: book ## the first half of make test: everything but the notebooks
	@$(PYTEST) $(KEPT) tests

test-notebooks: venv ## the second half: run every notebook and compare its outputs
	@$(NBVAL) $(KEPT) book

# All looks of all pages take a minute more, so pictures are taken only when asked for.
test-site: venv ## visit every page in a browser (SCREENSHOTS=1: pictures in build/screenshots)
	@$(if $(SCREENSHOTS),rm -rf build/screenshots; COURSE_SCREENSHOTS=build/screenshots) \
	  $(PYTEST) tests/site

test-lab: venv ## open labs in a real JupyterLab, in a browser
	@$(PYTHON) -m pytest tests/widgets/test_jupyterlab.py -m weekly

# Mutants of the solutions are judged on TensorFlow: a mutant tells whether the cases of a check are
# enough, and cases and mutants are the same on every backend. What differs is how layers compute,
# and all right and a share of the wrong answers show on JAX that checks see that rightly.
test-jax: venv ## run the tests of networks, costs and checks on JAX
	@KERAS_BACKEND=jax; export KERAS_BACKEND; COURSE_MUTANTS="$${COURSE_MUTANTS:-none}"; \
	  export COURSE_MUTANTS; $(QUICK_XLA) $(PYTEST) $(KEPT) tests --ignore=tests/tools --ignore=tests/book \
	  --ignore=tests/site --ignore=tests/widgets --ignore=tests/instructor \
	  --ignore=tests/nets/test_faults.py

test-torch: venv ## run the tests of networks and costs on PyTorch, in an environment of its own
	@sh tools/torch_env.sh
	@KERAS_BACKEND=torch build/torch/bin/python -m pytest -n $(WORKERS) --dist loadfile \
	  tests/nets --ignore=tests/nets/test_faults.py tests/test_cost.py tests/test_memory.py \
	  tests/test_receptive_field.py

test-weekly: venv ## run what takes too long for every run: large files, small experiments
	@$(PYTEST) tests -m weekly

# Every mutant on TensorFlow and on JAX; all parts run, also after one has failed.
test-all: venv ## run everything: all backends, what is weekly, every mutant (hours)
	@status=0; COURSE_MUTANTS=all; export COURSE_MUTANTS; \
	  for part in test test-weekly test-jax test-torch; do \
	    $(MAKE) --no-print-directory $$part || status=1; done; exit $$status

bench: venv ## time our nets against those of keras.applications (FULL=1: all of them)
	@for backend in tensorflow jax; do \
	  $(KEEP_COMPILED) KERAS_BACKEND=$$backend $(PYTHON) tools/bench.py $(if $(FULL),--all) || exit 1; done

bench-augment: venv ## time our augmentations against those of other libraries
	@sh tools/torch_env.sh
	@PYTHONPATH=$$($(PYTHON) -c "import sysconfig; print(sysconfig.get_path('purelib'))") \
	  build/torch/bin/python tools/bench_augment.py

bench-grading: venv ## time our grading beside nbgrader and otter, each check, large classes
	@sh tools/otter_env.sh
	@$(PYTHON) tools/bench_grading.py --submissions 6 --answers --class 200 1000

bench-training: venv ## time the ways to train the small nets of the experiments
	@$(PYTHON) tools/bench_training.py

performance: book ## measure the site beside its goals and the stock theme, for its own page
	@$(PYTHON) tools/performance.py

lab-heights: book ## measure the labs of the book, so that its pages keep room for them
	@$(PYTHON) tools/lab_heights.py

test-colab: venv ## try the wheel and the student's notebooks among Colab's versions
	@$(PYTHON) tools/try_student.py --colab

check: venv ## lint, format, types, spelling, layout, prose, notebooks, locks; in seconds
	@$(PYTHON) tools/check.py

notebooks: venv ## run every notebook (NB=path: one) and store its outputs
	@$(PYTHON) tools/execute.py $(NB)

student: venv ## write build/student to publish (COHORT=name: with its variants), build/release
	@$(PYTHON) tools/student.py $(if $(COHORT),--cohort "$(COHORT)") $(STUDENT)
	@rm -rf $(RELEASE)
	@$(PYTHON) tools/stored_results.py --release
	@$(PYTHON) tools/release.py $(RELEASE)
	@$(PYTHON) -m instructor.leaks $(STUDENT) $(RELEASE)

solutions: venv ## write what an instructor publishes afterwards to build/solutions (COHORT=name)
	@$(PYTHON) tools/student.py $(if $(COHORT),--cohort "$(COHORT)") --solutions build/solutions

autograder: venv ## write what another machine needs to grade to build/autograder (COHORT=name)
	@$(PYTHON) tools/autograder.py $(if $(COHORT),--cohort "$(COHORT)")

lock: venv ## write requirements.txt and requirements/ from pyproject.toml (UPGRADE=1: newest)
	@$(PYTHON) tools/lock.py $(if $(UPGRADE),--upgrade)

clean: ## remove what was built, build/student too; .venv stays
	@rm -rf build _build dist .mypy_cache .pytest_cache .ruff_cache

venv:
	@sh tools/venv.sh
