"""Language models of real architectures, small and random, saved as model hubs lay them out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import (
    CLIPVisionConfig,
    GPT2Config,
    GPT2LMHeadModel,
    LlamaConfig,
    LlamaForCausalLM,
    LlavaConfig,
    LlavaForConditionalGeneration,
    LlavaProcessor,
    MambaConfig,
    MambaForCausalLM,
    PreTrainedModel,
    PreTrainedTokenizerFast,
)

from eadnet_core.emotion.prompt import fill_prompt
from eadnet_core.emotion.vocabulary import EMOTIONS

CHAT = "{% for m in messages %}<user>{{ m['content'] }}</s>{% endfor %}{% if add_generation_prompt %}<bot>{% endif %}"
SEEING_CHAT = (
    "{% for m in messages %}<user>{% for part in m['content'] %}{% if part['type'] == 'image' %}<image>{% else %}{{ part['text'] }}"
    "{% endif %}{% endfor %}</s>{% endfor %}{% if add_generation_prompt %}<bot>{% endif %}"
)
SPECIAL = ["<pad>", "<s>", "</s>", "<user>", "<bot>", "<image>"]


def make_tokenizer(chat: str | None = None) -> PreTrainedTokenizerFast:
    """Byte-level BPE, so that any text has tokens; trained on the prompts."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    places = {name: "" for name in ("before", "line", "after", "voice", "label", "degree", "degrees", "count", "passages")}
    texts = [fill_prompt(name, **places) for name in ("label", "intensity", "caption", "answer")] + [" ".join(EMOTIONS)]
    trainer = trainers.BpeTrainer(
        vocab_size=700, special_tokens=SPECIAL, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False
    )
    tokenizer.train_from_iterator(texts * 2, trainer)
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, pad_token="<pad>", bos_token="<s>", eos_token="</s>")
    fast.chat_template = chat
    return fast


def save_llama(folder: Path, chat: str | None = CHAT, room: int = 4096) -> Path:
    tokenizer = make_tokenizer(chat)
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(tokenizer), hidden_size=48, intermediate_size=96, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, max_position_embeddings=room, bos_token_id=1, eos_token_id=2, pad_token_id=0, initializer_range=0.4,
    )  # fmt: skip
    return _save(folder, LlamaForCausalLM(config), tokenizer)


def save_gpt2(folder: Path) -> Path:
    """A base model: no chat template."""
    tokenizer = make_tokenizer()
    torch.manual_seed(1)
    config = GPT2Config(
        vocab_size=len(tokenizer), n_embd=32, n_layer=2, n_head=2, n_positions=2048, bos_token_id=1, eos_token_id=2, initializer_range=0.4
    )
    return _save(folder, GPT2LMHeadModel(config), tokenizer)


def save_mamba(folder: Path) -> Path:
    """A recurrent model, which has a state and no keys and values."""
    tokenizer = make_tokenizer()
    torch.manual_seed(3)
    config = MambaConfig(
        vocab_size=len(tokenizer), hidden_size=32, num_hidden_layers=2, bos_token_id=1, eos_token_id=2, initializer_range=0.4
    )
    return _save(folder, MambaForCausalLM(config), tokenizer)


def save_llava(folder: Path) -> Path:
    """A vision-language model; a picture is four tokens."""
    from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

    tokenizer = make_tokenizer(SEEING_CHAT)
    torch.manual_seed(2)
    vision = CLIPVisionConfig(
        hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=2, image_size=28, patch_size=14
    )
    text = LlamaConfig(
        vocab_size=len(tokenizer), hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=2,
        num_key_value_heads=2, max_position_embeddings=4096, bos_token_id=1, eos_token_id=2, pad_token_id=0, initializer_range=0.4,
    )  # fmt: skip
    config = LlavaConfig(
        vision_config=vision, text_config=text, image_token_index=SPECIAL.index("<image>"), vision_feature_layer=-1, image_seq_length=4
    )
    pictures = CLIPImageProcessorPil(size={"shortest_edge": 28}, crop_size={"height": 28, "width": 28})
    processor = LlavaProcessor(
        image_processor=pictures, tokenizer=tokenizer, patch_size=14, vision_feature_select_strategy="default",
        num_additional_image_tokens=1, chat_template=SEEING_CHAT,
    )  # fmt: skip
    _save(folder, LlavaForConditionalGeneration(config), tokenizer)
    processor.save_pretrained(folder)
    return folder


def _save(folder: Path, net: PreTrainedModel, tokenizer: PreTrainedTokenizerFast) -> Path:
    net.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def picture(seed: int, side: int = 40) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 255, (side, side, 3), dtype=np.uint8)
