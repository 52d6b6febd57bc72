# Every target sets up .venv first and reuses it until requirements-dev.txt changes.
PYTHON ?= python3
SHARED ?= ../shared
RUN := .venv/bin/python
STAMP := .venv/requirements.stamp

.PHONY: setup demo test lint bench judge judge-people feeling

setup: $(STAMP)

$(STAMP): requirements-dev.txt
	@test -x $(RUN) || $(PYTHON) -m venv .venv
	$(RUN) -m pip install --quiet --disable-pip-version-check --requirement requirements-dev.txt
	@touch $@

demo: $(STAMP)
	$(RUN) scripts/demo.py

test: $(STAMP)
	$(RUN) -m pytest

lint: $(STAMP)
	$(RUN) -m ruff check .
	$(RUN) -m mypy

bench: $(STAMP)
	$(RUN) -m eadnet_core bench

# Real portraits and recordings, measured by an independent face tracker in an environment of its own.
JUDGE := .venv-judge/requirements.stamp

$(JUDGE): $(SHARED)/tools/requirements.txt
	@test -x .venv-judge/bin/python || $(PYTHON) -m venv .venv-judge
	.venv-judge/bin/python -m pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@

judge: $(STAMP) $(JUDGE)
	@mkdir -p output/judge
	.venv-judge/bin/python $(SHARED)/tools/real_eval.py --data $(SHARED)/data/real --work output/judge --json output/judge/figures.json \
		--command '$(RUN) -m eadnet_core animate --portrait {portrait} --audio {audio} --emotion {emotion} --seed 0 --out {out}'

# People who talk: one frame and the sound of a clip in, what they really did beside what was made.
judge-people: $(STAMP) $(JUDGE)
	@mkdir -p output/people
	.venv-judge/bin/python $(SHARED)/tools/people_eval.py --data $(SHARED)/data/people --work output/people --json output/people/figures.json \
		--command '$(RUN) -m eadnet_core animate --portrait {portrait} --audio {audio} --seed 0 --out {out}'

# How feelings are shown, and what they cost the lips (docs/feeling.md).
feeling: $(STAMP) $(JUDGE)
	$(RUN) -m benchmarks.feeling --judge $(SHARED)/tools/real_eval.py --data $(SHARED)/data/real

# ComfyUI: the pack inside a real ComfyUI.
include comfy.mk
