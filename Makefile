# Ebb: two commands do it all, `make run` and `make test`. `make help` lists the rest.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PREFIX ?= $(HOME)/.local
BIN := $(PREFIX)/bin
MVN := scripts/mvn.sh

# Folder of the stamp files; a stamp is newer than what it was made from, or it is made again.
STAMPS := dist/.stamps
SOURCES := $(shell find pom.xml functions native router-fn knative -type f \
  \( -path '*/src/main/*' -o -name pom.xml -o -name CMakeLists.txt \) -not -path '*/target/*' 2>/dev/null)
DIST_MODULES := knative,router-fn/app,functions/prefill,functions/decode

.PHONY: run test quick native build model install uninstall clean help bootstrap bench-first-light cuda-toolchain test-cuda gpu-check

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 20

run: build model ## set everything up and serve the default model on 127.0.0.1:8080 (EBB_PORT changes it)
	@exec dist/bin/ebb up

test: ## set everything up and run every test
	@scripts/test.sh all

quick: ## the tests that need under 10 minutes
	@scripts/test.sh quick

build: $(STAMPS)/build ## the distribution folder dist/

native: $(STAMPS)/bootstrap ## the native core alone
	@$(MVN) -q -pl native -am -DskipTests -Dmaven.test.skip=true package

model: build ## fetch the default model
	@dist/bin/ebb model pull >&2

install: build ## link the command ebb into PREFIX/bin (default ~/.local/bin)
	@mkdir -p $(BIN) && ln -sfn $(CURDIR)/dist/bin/ebb $(BIN)/ebb && echo "$(BIN)/ebb"
	@case ":$$PATH:" in *":$(BIN):"*) ;; \
	  *) echo "$(BIN) is not on your PATH; add it:  export PATH=\"$(BIN):\$$PATH\"" ;; esac

uninstall: ## remove that link
	@if [ -L $(BIN)/ebb ]; then rm $(BIN)/ebb && echo "removed $(BIN)/ebb"; else echo "$(BIN)/ebb is not there"; fi

bench-first-light: build model ## one JSON object: speed beside llama.cpp on the same file
	@EBB_DIST=$(CURDIR)/dist EBB_MODEL=$$(dist/bin/ebb model path) \
	  python3 integration-tests/bench/first_light.py $(ARGS)

cuda-toolchain: ## an nvcc 13: the one installed, else from PyPI into ~/.cache/ebb/cuda (134 MB)
	@scripts/cuda_toolchain.sh

test-cuda: $(STAMPS)/bootstrap ## the CUDA kernels: on the emulator (no GPU needed), and their budgets
	@scripts/test_cuda.sh

gpu-check: ## on a machine with an NVIDIA GPU: all CUDA tests on it, then its figures (status 3 without one)
	@scripts/gpu_check.sh

clean: ## remove what was built; the model cache stays
	@rm -rf dist && find . -name target -type d -not -path './.git/*' -prune -exec rm -rf {} +

bootstrap:
	@scripts/bootstrap.sh

$(STAMPS)/bootstrap: scripts/bootstrap.sh scripts/jdk.sh
	@scripts/bootstrap.sh
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/build: $(STAMPS)/bootstrap $(SOURCES) scripts/dist.sh scripts/mvn.sh knative/src/main/launcher/ebb
	@echo "building dist/ (the first time fetches libraries and takes some minutes)" >&2
	@touch $(STAMPS)/build.began
	@$(MVN) -q -pl $(DIST_MODULES) -am -DskipTests -Dmaven.test.skip=true package >&2
	@scripts/dist.sh
	@touch -r $(STAMPS)/build.began $@
