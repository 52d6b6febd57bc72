"""All that knows ComfyUI's insides: types, pictures and sounds, progress, models, video."""
