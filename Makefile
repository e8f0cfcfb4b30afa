# Ebb: two commands do it all, `make run` and `make test`. `make help` lists the rest.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PREFIX ?= $(HOME)/.local
BIN := $(PREFIX)/bin
MVN := scripts/mvn.sh

# Folder of the stamp files; a stamp is newer than what it was made from, or it is made again.
STAMPS := dist/.stamps
SOURCES := $(shell find pom.xml functions native router-fn knative keda kueue -type f \
  \( -path '*/src/main/*' -o -path 'keda/deploy/*' -o -name pom.xml -o -name CMakeLists.txt \) -not -path '*/target/*' 2>/dev/null)
DIST_MODULES := knative,router-fn/app,functions/prefill,functions/decode
IMAGE_SOURCES := $(shell find keda images -type f \( -path '*/src/main/*' -o -name pom.xml \) \
  -not -path '*/target/*' 2>/dev/null)
IMAGE_PREFIX ?= dev.local/
# One more argument of the build, such as --tag=0.1.0 or --only=router,decode.
IMAGE_ARGS ?=

CLUSTER := integration-tests/cluster/cluster
# Another Knative Serving than the usual one, such as v0.42.2.
SERVING ?= $(EBB_SERVING)
ifneq ($(SERVING),)
export EBB_SERVING := $(SERVING)
endif

.PHONY: run test test-cluster test-cuda quick native build images cluster-tools cluster-up cluster-down cuda-toolchain
.PHONY: gpu-check model install uninstall clean help bootstrap bench-first-light

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 20

run: build model ## set everything up and serve the default model on 127.0.0.1:8080 (EBB_PORT changes it)
	@exec dist/bin/ebb up

test: ## set everything up and run every test
	@scripts/test.sh all

quick: ## the tests that need under 10 minutes
	@scripts/test.sh quick

test-cluster: ## run the tests on a real Kubernetes of one node, made for them and taken away; needs root
	@scripts/test-cluster.sh

cluster-tools: ## build what such a cluster consists of, once, into ~/.cache/ebb/cluster
	@integration-tests/cluster/tools/fetch.sh && integration-tests/cluster/tools/build.sh

cluster-up: cluster-tools build model images ## bring that cluster up with Ebb's images on it and leave it
	@$(CLUSTER) up && $(CLUSTER) load dist/images "$$(dist/bin/ebb model path)"

cluster-down: ## take it away, also after a crash
	@$(CLUSTER) down

build: $(STAMPS)/build ## the distribution folder dist/

images: $(STAMPS)/images ## container images in dist/images/, as OCI archives
	@cat dist/images/digests.txt

native: $(STAMPS)/bootstrap ## the native core alone
	@$(MVN) -q -pl native -am -DskipTests -Dmaven.test.skip=true package

model: build ## fetch the default model
	@dist/bin/ebb model pull >&2

install: build ## link ebb, and kn-ebb for `kn ebb`, into PREFIX/bin (default ~/.local/bin)
	@mkdir -p $(BIN) && for name in ebb kn-ebb; do \
	  ln -sfn $(CURDIR)/dist/bin/$$name $(BIN)/$$name && echo "$(BIN)/$$name"; done
	@case ":$$PATH:" in *":$(BIN):"*) ;; \
	  *) echo "$(BIN) is not on your PATH; add it:  export PATH=\"$(BIN):\$$PATH\"" ;; esac

uninstall: ## remove those links
	@for name in ebb kn-ebb; do if [ -L $(BIN)/$$name ]; then rm $(BIN)/$$name && echo "removed $(BIN)/$$name"; \
	  else echo "$(BIN)/$$name is not there"; fi; done

bench-first-light: build model ## one JSON object: speed beside llama.cpp on the same file
	@EBB_DIST=$(CURDIR)/dist EBB_MODEL=$$(dist/bin/ebb model path) \
	  python3 integration-tests/bench/first_light.py $(ARGS)

cuda-toolchain: ## an nvcc 13: the one installed, else from PyPI into ~/.cache/ebb/cuda (134 MB)
	@scripts/cuda_toolchain.sh

test-cuda: $(STAMPS)/build ## the CUDA kernels: on the emulator (no GPU needed), and their budgets
	@scripts/test_cuda.sh

gpu-check: ## on a machine with an NVIDIA GPU: all CUDA tests on it, then its figures (Error 3 without one)
	@scripts/gpu_check.sh

clean: ## remove what was built; the model cache stays
	@rm -rf dist && find . -name target -type d -not -path './.git/*' -prune -exec rm -rf {} +

bootstrap:
	@scripts/bootstrap.sh

$(STAMPS)/bootstrap: scripts/bootstrap.sh scripts/jdk.sh
	@scripts/bootstrap.sh
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/build: $(STAMPS)/bootstrap $(STAMPS)/nvcc $(SOURCES) scripts/dist.sh scripts/mvn.sh knative/src/main/launcher/ebb
	@echo "building dist/ (the first time fetches libraries and takes some minutes)" >&2
	@nvcc=$$(cat $(STAMPS)/nvcc); if [ -n "$$nvcc" ]; then echo "the backend cuda is in it, by $$nvcc" >&2; \
	  else echo "the backend cuda is not in it (make cuda-toolchain fetches a compiler)" >&2; fi
	@touch $(STAMPS)/build.began
	@$(MVN) -q -pl $(DIST_MODULES) -am -DskipTests -Dmaven.test.skip=true package >&2
	@scripts/dist.sh
	@touch -r $(STAMPS)/build.began $@

# An nvcc that came or went makes another native core.
$(STAMPS)/nvcc: force
	@mkdir -p $(STAMPS) && found=$$(scripts/cuda_toolchain.sh find 2>/dev/null || true) && \
	  { echo "$$found" | cmp -s - $@ || echo "$$found" > $@; }

# Other arguments make other images, so they are part of the stamp; a new commit alone is not.
$(STAMPS)/images: $(STAMPS)/build $(IMAGE_SOURCES) scripts/images.sh $(STAMPS)/images.args
	@touch $(STAMPS)/images.began
	@scripts/images.sh --prefix=$(IMAGE_PREFIX) $(IMAGE_ARGS)
	@touch -r $(STAMPS)/images.began $@

$(STAMPS)/images.args: force
	@mkdir -p $(STAMPS) && echo '$(IMAGE_PREFIX) $(IMAGE_ARGS)' | cmp -s - $@ || echo '$(IMAGE_PREFIX) $(IMAGE_ARGS)' > $@

.PHONY: force
force:
