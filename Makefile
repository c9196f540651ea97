# Two commands: `make demo` sets everything up and serves; `make test` sets everything up and passes the tests.

TARGET := $(or $(CARGO_TARGET_DIR),target)
OSLER  := $(TARGET)/debug/osler
TOOLS  := $(HOME)/.cache/osler/tools
PYTHON := $(or $(OSLER_PYTHON),python3)
NEXTEST_VERSION := 0.9.143
DENY_VERSION    := 0.20.2
MUTANTS_VERSION := 25.3.1

export PATH := $(TOOLS)/bin:$(PATH)

.PHONY: help demo test slow poppler evals evals-retrieval mutants lint deny advisories models build web screens clients chromium check-machine check-node nextest cargo-deny cargo-mutants clean

help:
	@echo "make demo    fetch the starter models, build, ingest the starter corpus, serve on 127.0.0.1:8080"
	@echo "make test    fetch the starter models, build, run every test, those in a browser included"
	@echo "make slow    the tests that take many minutes: mangled files, kills"
	@echo "make evals   measure answers, abstention and checks against the figures that are kept"
	@echo "make evals-retrieval  the same for judged questions of others, where they lie in RETRIEVAL_SETS"
	@echo "make mutants whether the tests of the log's core notice when it is changed: an hour or more"
	@echo "make lint    formatting, clippy, licences and bans of dependencies"
	@echo "make models  fetch and verify the starter models"

demo: build
	$(OSLER) demo

# The whole workspace, so that tests and program share one set of compiled dependencies.
build: check-machine web
	cargo build --workspace --locked

# The pages, embedded by the build after this. Without Node the program serves the API, and says how to get the rest.
WEB := services/web
web:
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory $(WEB)/dist/app/index.html; \
	  else echo "make: Node is missing: building without the pages; install Node 20 with npm for them"; fi

$(WEB)/dist/app/index.html: $(WEB)/node_modules/.package-lock.json $(WEB)/index.html $(WEB)/vite.config.ts \
                            $(shell find $(WEB)/src $(WEB)/public -type f) services/server/openapi.json
	cd $(WEB) && npm run --silent build

$(WEB)/node_modules/.package-lock.json: $(WEB)/package.json $(WEB)/package-lock.json
	cd $(WEB) && npm ci --silent --no-fund --no-audit
	@touch $@

models: build
	$(OSLER) models fetch

test: check-node models nextest clients chromium poppler
	cargo nextest run --workspace --locked
	cd $(WEB) && npm run --silent lint && npm test --silent
	cd $(WEB) && OSLER_BIN=$(abspath $(OSLER)) npm run --silent browser

# What takes many minutes: a hundred thousand mangled files, a million changed bundles, hundreds of kills.
slow: models nextest clients poppler
	cargo nextest run --workspace --locked --profile slow --run-ignored only

# The reader of PDF.
poppler:
	@{ command -v pdftotext && command -v pdftoppm; } >/dev/null || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq poppler-utils >/dev/null; \
	  else echo "make: pdftotext or pdftoppm is missing: install them (apt-get install poppler-utils)"; exit 1; fi; }

# The pictures in the README.
screens: models chromium
	cd $(WEB) && OSLER_BIN=$(abspath $(OSLER)) npm run --silent screens -- --out $(abspath $(WEB)/screens)

# The browser that the pages are tested in.
chromium:
	@command -v $(or $(OSLER_CHROMIUM),chromium) >/dev/null || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null; \
	  else echo "make: Chromium is missing: install it (apt-get install chromium), or name one with OSLER_CHROMIUM"; exit 1; fi; }

# OpenAI's own clients, against which the chat door is tested.
CLIENTS := tests/clients
clients:
	@cmp -s $(CLIENTS)/requirements.txt $(CLIENTS)/.python/requirements.txt || { \
	  rm -rf $(CLIENTS)/.python && \
	  $(PYTHON) -m pip install -qq --root-user-action ignore --disable-pip-version-check --target $(CLIENTS)/.python -r $(CLIENTS)/requirements.txt && \
	  cp $(CLIENTS)/requirements.txt $(CLIENTS)/.python/; }
	@cd $(CLIENTS) && npm ci --silent --no-fund --no-audit

# Everything that needs no writing model, against evals/baseline.json: some minutes. `make test` runs slices of it.
evals: models
	$(OSLER) eval baseline

# Judged questions of others, each directory a collection in BEIR's layout: a quarter of an hour the first time. They do not come
# with the repository.
RETRIEVAL_SETS ?= ../shared/data/retrieval
evals-retrieval: models
	@if [ -d "$(RETRIEVAL_SETS)" ]; then \
	  $(OSLER) eval retrieval --keep $(TARGET)/retrieval --json $(addprefix --from ,$(wildcard $(RETRIEVAL_SETS)/*/)) >$(TARGET)/retrieval.json && \
	  $(OSLER) eval compare $(TARGET)/retrieval.json; \
	else echo "make: there is no $(RETRIEVAL_SETS): name the directory of the collections with RETRIEVAL_SETS"; fi

# Every small change of the tree, its notes, checkpoints, spelling and files, one by one: which does no test of its crate notice?
# A change that never ends is noticed by its time; one that takes all memory, by the limit on it.
CORE := tree note checkpoint canonical tiles
mutants: nextest clients cargo-mutants
	unset CARGO_TARGET_DIR; ulimit -v 16000000; PYTHONPATH=$(abspath $(CLIENTS)/.python) CARGO_PROFILE_DEV_DEBUG=0 \
	  cargo mutants -p audit $(CORE:%=-f services/audit/src/%.rs) -j 2 --timeout 120 --test-tool nextest -o $(TARGET) -- --fail-fast

lint: check-machine deny
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings

deny: cargo-deny
	cargo deny --locked check bans licenses sources

# Needs the advisory database, which is a git repository: where it cannot be reached this fails and says so.
advisories: cargo-deny
	cargo deny --locked check advisories

check-machine:
	@command -v cargo >/dev/null || { echo "make: Rust is missing: install it with rustup (stable, 1.95 or later)"; exit 1; }
	@command -v cc >/dev/null || { echo "make: a C compiler is missing: install gcc and g++, or clang"; exit 1; }
	@command -v c++ >/dev/null || { echo "make: a C++ compiler is missing: install g++, or clang"; exit 1; }
	@$(PYTHON) -m pip --version >/dev/null 2>&1 || { echo "make: Python 3 with pip is missing: install python3 and python3-pip, or name one with OSLER_PYTHON"; exit 1; }
	@if [ "$$(uname -m)" = x86_64 ] && [ -r /proc/cpuinfo ] && ! grep -qw avx2 /proc/cpuinfo; then \
	  echo "make: this CPU lacks AVX2: build with RUSTFLAGS='-C target-cpu=native' cargo build --workspace, and expect answers several times slower"; exit 1; fi

check-node:
	@command -v npm >/dev/null || { echo "make: Node is missing: install Node 20 with npm; the pages and the JavaScript client are tested with it"; exit 1; }

nextest:
	@cargo nextest --version >/dev/null 2>&1 || cargo install cargo-nextest --locked --version $(NEXTEST_VERSION) --root $(TOOLS)

cargo-deny:
	@cargo deny --version >/dev/null 2>&1 || cargo install cargo-deny --locked --version $(DENY_VERSION) --root $(TOOLS)

cargo-mutants:
	@cargo mutants --version >/dev/null 2>&1 || cargo install cargo-mutants --locked --version $(MUTANTS_VERSION) --root $(TOOLS)

clean:
	rm -rf .osler target
