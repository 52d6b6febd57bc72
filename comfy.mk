# A real ComfyUI with the pack in it, in the ignored folder .comfy; COMFYUI_PATH names one of your own. Included by Makefile.
.PHONY: comfy test-comfy thumbnails

comfy:
	$(PYTHON) scripts/comfy.py serve

test-comfy:
	$(PYTHON) scripts/comfy.py test

thumbnails:
	$(PYTHON) scripts/comfy.py thumbnails
