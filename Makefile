# Every target sets up .venv first and reuses it until requirements-dev.txt changes.
PYTHON ?= python3
SHARED ?= ../shared
RUN := .venv/bin/python
STAMP := .venv/requirements.stamp

.PHONY: setup demo test lint bench judge validate judge-footage feeling

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

# What `evaluate` says of the judge's videos and of the clips of people, against what the tracker sees in them.
validate: judge
	$(RUN) -m eadnet_core evaluate --video $(SHARED)/data/real/video --out output/judge/footage.json
	$(RUN) -m eadnet_core evaluate --video output/judge --out output/judge/report.json
	.venv-judge/bin/python scripts/compare_with_mediapipe.py output/judge/report.json output/judge $(SHARED)/data/models/face_landmarker.task

# Real videos: faces found, shifted sound noticed, and what five minutes of fine-tuning on each do for its end; a quarter of an hour.
judge-footage: $(STAMP)
	$(RUN) scripts/judge_footage.py --videos $(SHARED)/data/real/video --work output/judge/footage

# How feelings and Action Units are shown, and what they cost the lips (docs/feeling.md).
feeling: $(STAMP) $(JUDGE)
	$(RUN) -m benchmarks.feeling --judge $(SHARED)/tools/real_eval.py --data $(SHARED)/data/real

# ComfyUI: the pack inside a real ComfyUI.
include comfy.mk
