"""Folders that are missing, half downloaded, of the wrong kind, or that want to run something."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from eadnet_core.emotion.language_model import load_language_model
from eadnet_core.emotion.language_model_folder import check_model_folder
from eadnet_core.errors import InputError
from tests.emotion.tiny_models import save_gpt2, save_llava


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_gpt2(tmp_path_factory.mktemp("whole") / "gpt2")


@pytest.fixture
def folder(whole: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(whole, tmp_path / "model"))


def change_config(folder: Path, **changes: object) -> None:
    path = folder / "config.json"
    config = json.loads(path.read_text())
    path.write_text(json.dumps({key: value for key, value in {**config, **changes}.items() if value is not None}))


def split_weights(folder: Path) -> None:
    """The weights as two shards with an index."""
    tensors = load_file(folder / "model.safetensors")
    names = sorted(tensors)
    halves = (names[: len(names) // 2], names[len(names) // 2 :])
    files = [f"model-0000{i}-of-00002.safetensors" for i in (1, 2)]
    for half, file in zip(halves, files, strict=True):
        save_file({name: tensors[name] for name in half}, folder / file, {"format": "pt"})
    index = {"metadata": {}, "weight_map": {name: file for half, file in zip(halves, files, strict=True) for name in half}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    (folder / "model.safetensors").unlink()


def test_whole_folders(folder: Path, tmp_path: Path) -> None:
    assert not check_model_folder(folder).sees
    assert check_model_folder(save_llava(tmp_path / "llava")).sees
    split_weights(folder)
    assert check_model_folder(str(folder)).path == folder
    assert load_language_model(folder).name == "model"


def refused(folder: Path) -> str:
    """The one sentence of a folder that must be refused, by the check or by the loader."""
    with pytest.raises(InputError) as refusal:
        load_language_model(folder)
    said = str(refusal.value)
    assert "\n" not in said and said.endswith(".") and str(folder) in said
    return said


def test_missing_folder_and_a_file_in_its_place(folder: Path, tmp_path: Path) -> None:
    assert "is no folder" in refused(tmp_path / "nowhere")
    assert "is no folder" in refused(folder / "config.json")


def test_folder_without_a_config(folder: Path) -> None:
    (folder / "config.json").unlink()
    assert "holds no config.json" in refused(folder)
    (folder / "model-q4.gguf").write_bytes(b"GGUF")
    assert "only a .gguf file" in refused(folder)


@pytest.mark.parametrize("text", ["", "{", "[1]", "nul", "[" * 100_000])
def test_config_that_is_damaged(folder: Path, text: str) -> None:
    (folder / "config.json").write_text(text)
    assert "config.json" in refused(folder)


def test_pickles_are_never_opened(folder: Path) -> None:
    class Trap:
        def __reduce__(self) -> tuple:
            return (Path.write_text, (folder / "sprung", "x"))

    (folder / "model.safetensors").unlink()
    torch.save({"weight": Trap()}, folder / "pytorch_model.bin")
    assert "pytorch_model.bin, a pickle" in refused(folder)
    assert not (folder / "sprung").exists()


@pytest.mark.parametrize("known", [True, False])
def test_code_in_the_folder_is_never_run(folder: Path, known: bool) -> None:
    """Of a type that transformers knows the built-in class is taken; any other is refused."""
    (folder / "modeling_own.py").write_text(f"from pathlib import Path\nPath({str(folder / 'sprung')!r}).write_text('x')\n")
    change_config(folder, auto_map={"AutoConfig": "modeling_own.C", "AutoModelForCausalLM": "modeling_own.M"})
    (folder / "custom_generate").mkdir()
    (folder / "custom_generate" / "generate.py").write_text((folder / "modeling_own.py").read_text())
    if known:
        load_language_model(folder).write("word", 2)
    else:
        change_config(folder, model_type="own")
        assert "wants to run code of its own, which is never done" in refused(folder)
    assert not (folder / "sprung").exists()


def test_tokenizers_code_is_never_run(folder: Path) -> None:
    (folder / "tokenization_own.py").write_text(f"from pathlib import Path\nPath({str(folder / 'sprung')!r}).write_text('x')\n")
    path = folder / "tokenizer_config.json"
    settings = json.loads(path.read_text()) | {"tokenizer_class": "Own", "auto_map": {"AutoTokenizer": ["tokenization_own.Own", None]}}
    path.write_text(json.dumps(settings))
    try:
        load_language_model(folder)
    except InputError as refusal:
        assert "cannot be loaded" in str(refusal)
    assert not (folder / "sprung").exists()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"model_type": "qxz"}, "'qxz', which the installed transformers does not know"),
        ({"model_type": "bert", "architectures": ["BertForMaskedLM"]}, "BertForMaskedLM, which does not continue text"),
        ({"model_type": "clip", "architectures": ["CLIPModel"]}, "CLIPModel, which does not continue text"),
        ({"model_type": "t5", "architectures": ["T5ForConditionalGeneration"], "is_encoder_decoder": True}, "does not continue text"),
        ({"model_type": "whisper", "architectures": ["WhisperForConditionalGeneration"]}, "does not continue text"),
    ],
)
def test_models_of_another_kind(folder: Path, changes: dict[str, object], words: str) -> None:
    change_config(folder, **changes)
    assert words in refused(folder)


def test_half_downloaded_weights(folder: Path) -> None:
    content = (folder / "model.safetensors").read_bytes()
    for part in (content[:-100], content[:50], b"", b"version https://git-lfs.github.com/spec/v1\n"):
        (folder / "model.safetensors").write_bytes(part)
        assert "model.safetensors of language model" in refused(folder)
    (folder / "model.safetensors").unlink()
    assert "holds no model.safetensors" in refused(folder)


def test_a_missing_shard_and_a_damaged_index(folder: Path) -> None:
    split_weights(folder)
    (folder / "model-00002-of-00002.safetensors").unlink()
    assert "half downloaded: model-00002-of-00002.safetensors is missing" in refused(folder)
    for text in ("{", "[]", '{"weight_map": {"a": "../other.safetensors"}}', '{"weight_map": {"a": "model.bin"}}', '{"weight_map": {}}'):
        (folder / "model.safetensors.index.json").write_text(text)
        assert "model.safetensors.index.json of language model" in refused(folder)


def test_weights_that_lack_tensors(folder: Path) -> None:
    tensors = load_file(folder / "model.safetensors")
    kept = {name: tensor for name, tensor in tensors.items() if "h.1.mlp.c_fc" not in name}
    assert len(kept) < len(tensors)
    save_file(kept, folder / "model.safetensors", {"format": "pt"})
    assert "lacks 2 tensors such as" in refused(folder)


@pytest.mark.parametrize("text", [None, "{"])
def test_a_tokenizer_that_is_missing_or_damaged(folder: Path, text: str | None) -> None:
    for name in ("tokenizer.json", "tokenizer_config.json"):
        path = folder / name
        path.unlink()
        if text is not None:
            path.write_text(text)
    assert ("no tokenizer that can spell" if text is None else "cannot be loaded") in refused(folder)
