# A real ComfyUI with the pack in it, in the ignored folder .comfy; COMFYUI_PATH names one of your own. Included by Makefile.
.PHONY: comfy test-comfy

comfy:
	$(PYTHON) scripts/comfy.py serve

test-comfy:
	$(PYTHON) scripts/comfy.py test
