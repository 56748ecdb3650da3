# Each target is the only command needed: .venv is made from the pinned requirements on first use.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export OMP_NUM_THREADS ?= 1
export OPENBLAS_NUM_THREADS ?= 1

.PHONY: demo test lint types bench-coder bench-own bench-measure bench-corpus bench-demo bench-speed fuzz requirements clean

$(VENV)/.runtime: requirements/runtime.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("tiltmeter needs Python 3.11 or newer, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes --only-binary :all: -r requirements/runtime.txt
	$(BIN)/python -m pip install --quiet --require-hashes --only-binary :all: -r requirements/build.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.runtime
	$(BIN)/python -m pip install --quiet --require-hashes --only-binary :all: -r requirements/dev.txt
	@touch $@

demo: $(VENV)/.runtime  ## the main job on the bundled chronicle
	$(BIN)/tiltmeter demo

test: $(VENV)/.dev
	$(BIN)/python -m pytest

lint: $(VENV)/.dev
	$(BIN)/ruff check src tests training bench
	$(BIN)/ruff format --check src tests training bench

types: $(VENV)/.dev
	$(BIN)/mypy

bench-coder: $(VENV)/.runtime
	$(BIN)/python bench/coder.py

bench-corpus: $(VENV)/.runtime
	$(BIN)/python bench/corpus.py

bench-measure: $(VENV)/.runtime
	$(BIN)/python bench/recovery.py

bench-own: $(VENV)/.runtime
	$(BIN)/python bench/own.py

bench-demo: $(VENV)/.runtime
	$(BIN)/python bench/demo.py

bench-speed: $(VENV)/.runtime
	$(BIN)/python bench/speed.py

MINUTES ?= 60

$(VENV)/.fuzz: requirements/fuzz.txt $(VENV)/.dev
	$(BIN)/python -m pip install --quiet --require-hashes --only-binary :all: -r requirements/fuzz.txt
	@touch $@

fuzz: $(VENV)/.fuzz  ## hostile input for MINUTES (60 if not given); Linux only, as atheris is
	$(BIN)/python bench/fuzz.py --minutes $(MINUTES)

requirements:  ## re-pin (needs uv on the PATH)
	uv pip compile --universal --generate-hashes --no-header --no-annotate --no-emit-index-url --python-version 3.11 --extra text --extra endpoint pyproject.toml -o requirements/runtime.txt
	uv pip compile --universal --generate-hashes --no-header --no-annotate --no-emit-index-url --python-version 3.11 --extra text --extra endpoint --extra dev pyproject.toml -o requirements/dev.txt
	printf "atheris\n" | uv pip compile --universal --generate-hashes --no-header --no-annotate --no-emit-index-url --python-version 3.11 - -o requirements/fuzz.txt
	printf "hatchling\neditables\n" | uv pip compile --universal --generate-hashes --no-header --no-annotate --no-emit-index-url --python-version 3.11 - -o requirements/build.txt

clean:
	rm -rf $(VENV) demo .tiltmeter
