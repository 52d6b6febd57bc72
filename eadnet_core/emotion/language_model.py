"""A causal language model from a local folder: how likely it finds each of some answers, and what it writes by itself."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from ..errors import InputError
from .language_model_folder import check_model_folder

TEMPERATURE, TOP_P = 0.8, 0.95
"""Of drawn text; a first attempt takes the likeliest word each time."""
_SPELLED = "The feeling: happy, a bit uneasy"
"""What a tokenizer must know: a missing one may be taken for one without words."""

Heed = Callable[[], None]
"""Called before each step of the model; raising in it cancels."""


@dataclass(frozen=True, eq=False)
class LanguageModel:
    """A model with its tokenizer.

    Attributes:
        net: The network; it may be moved between devices.
        tokenizer: Of the network.
        processor: What turns pictures into the network's inputs; None: it reads text alone.
        name: Of its folder.
    """

    net: nn.Module
    tokenizer: Any
    processor: Any
    name: str

    @property
    def sees(self) -> bool:
        return self.processor is not None

    @property
    def _goes_on(self) -> bool:
        """Whether it can go on from what it has read; if not, it reads the prompt again for each answer.

        Where pictures take part, places are counted in ways that differ from model to model; a recurrent model (Mamba, Qwen3-Next)
        takes up its state for one token at a time only.
        """
        return not self.sees and not getattr(self.net, "_is_stateful", False)

    def score(self, prompt: str, answers: Sequence[str], pictures: Sequence[np.ndarray] = (), heed: Heed | None = None) -> np.ndarray:
        """Log-probability of each answer as what follows the prompt, float64 [K], below 0.

        Args:
            prompt: A request; where the model has a chat template, it is put to it as a user's.
            answers: K texts; each is taken whole, so any causal model gives a number for any answer.
            pictures: uint8 [H, W, 3] each, for a model that sees.
            heed: Called before each answer.

        Raises:
            InputError: The prompt is too long for the model, or its weights give no numbers.
        """
        text = self._as_asked(prompt, len(pictures))
        inputs = self._encode(text, pictures)
        self._check_room(inputs["input_ids"].shape[1], 32)
        prompt_read = self._read(inputs, 1) if self._goes_on else None
        scores = []
        for answer in answers:
            if heed is not None:
                heed()
            scores.append(self._log_probability(inputs, prompt_read, self._continuation(text, answer)))
        if not np.isfinite(scores).all():
            raise InputError(f"language model {self.name} answers with no numbers; its weights are damaged, or its precision too low.")
        return np.array(scores)

    def write(
        self, prompt: str, max_tokens: int, seed: int | None = None, pictures: Sequence[np.ndarray] = (), heed: Heed | None = None
    ) -> str:
        """What the model writes after a prompt.

        Args:
            prompt: See score.
            max_tokens: Where it is stopped.
            seed: Of chance; None: none, the likeliest token each time.
            pictures: See score.
            heed: Called before each token.
        """
        from transformers import GenerationConfig, StoppingCriteria, StoppingCriteriaList

        class Heeding(StoppingCriteria):
            def __call__(self, input_ids: Tensor, scores: Tensor, **_: Any) -> Tensor:  # noqa: ANN401
                if heed is not None:
                    heed()
                return torch.zeros(len(input_ids), dtype=torch.bool, device=input_ids.device)

        inputs = self._encode(self._as_asked(prompt, len(pictures)), pictures)
        length = inputs["input_ids"].shape[1]
        self._check_room(length, max_tokens)
        known = getattr(self.net, "generation_config", None)
        end = getattr(known, "eos_token_id", None)
        end = self.tokenizer.eos_token_id if end is None else end
        pad = next((token for token in (self.tokenizer.pad_token_id, *np.atleast_1d(end)) if token is not None), 0)
        chance = {"do_sample": False} if seed is None else {"do_sample": True, "temperature": TEMPERATURE, "top_p": TOP_P}
        wanted = GenerationConfig(max_new_tokens=max_tokens, eos_token_id=end, pad_token_id=int(pad), num_beams=1, **chance)
        devices = [inputs["input_ids"].device] if inputs["input_ids"].is_cuda else []
        with torch.inference_mode(), torch.random.fork_rng(devices):
            torch.manual_seed(seed or 0)
            written = self.net.generate(**inputs, generation_config=wanted, stopping_criteria=StoppingCriteriaList([Heeding()]))  # type: ignore[operator]
        return self.tokenizer.decode(written[0, length:], skip_special_tokens=True)

    def _read(self, inputs: dict[str, Tensor], num_logits: int, cache: Any = None) -> Any:  # noqa: ANN401
        """The model's output for its inputs, with the last logits alone where it can; `cache` is what it read before them."""
        options: dict[str, Any] = {"use_cache": self._goes_on}
        if cache is not None:
            options["past_key_values"] = cache
        if "logits_to_keep" in inspect.signature(self.net.forward).parameters:
            options["logits_to_keep"] = num_logits  # a vocabulary times a long prompt is gigabytes
        with torch.inference_mode():
            return self.net(**inputs, **options)

    def _log_probability(self, inputs: dict[str, Tensor], prompt_read: Any, answer: Tensor) -> float:  # noqa: ANN401
        """Sum over the answer's tokens of log p(token | all before); `prompt_read` is the output for what is before them, if known."""
        more, shape = answer[:-1], inputs["input_ids"].shape
        fed = {name: _lengthened(name, value, more) for name, value in inputs.items() if value.shape == shape}
        if prompt_read is None:
            logits = self._read({**inputs, **fed}, len(answer)).logits[0, -len(answer) :]  # [L, vocabulary]
        else:
            logits = prompt_read.logits[0, -1:]
            if len(more):
                cache = copy.deepcopy(prompt_read.past_key_values)  # the model appends to what it is given
                said = {"input_ids": fed["input_ids"][:, -len(more) :], "attention_mask": fed["attention_mask"]}
                logits = torch.cat([logits, self._read(said, len(more), cache).logits[0, -len(more) :]])
        chances = torch.log_softmax(logits.float(), -1)
        return float(chances.gather(1, answer.to(chances.device)[:, None]).double().sum())

    def _as_asked(self, prompt: str, num_pictures: int) -> str:
        """The prompt as the model was taught to be asked, up to where its answer begins."""
        asking = self.processor if self.processor is not None and getattr(self.processor, "chat_template", None) else self.tokenizer
        if not getattr(asking, "chat_template", None):
            return prompt
        content: Any = prompt
        if asking is not self.tokenizer:
            content = [*({"type": "image"} for _ in range(num_pictures)), {"type": "text", "text": prompt}]
        messages = [{"role": "user", "content": content}]
        return asking.apply_chat_template(messages, tokenize=False, add_generation_prompt=True, enable_thinking=False)

    def _encode(self, text: str, pictures: Sequence[np.ndarray]) -> dict[str, Tensor]:
        if len(pictures) and self.processor is not None:
            from PIL import Image

            encoded = self.processor(text=text, images=[Image.fromarray(picture) for picture in pictures], return_tensors="pt")
        else:
            encoded = self.tokenizer(text, return_tensors="pt", add_special_tokens=not getattr(self.tokenizer, "chat_template", None))
        weights = next(self.net.parameters())
        return {
            name: value.to(weights.device, weights.dtype if value.is_floating_point() else None)
            for name, value in encoded.items()
            if isinstance(value, Tensor)
        }

    def _continuation(self, text: str, answer: str) -> Tensor:
        """Tokens that an answer adds to a text, int64 [L]: as they are spelled behind it, not by themselves."""
        gap = "" if text[-1:].isspace() or getattr(self.tokenizer, "chat_template", None) else " "
        before, whole = (self.tokenizer(part, add_special_tokens=False)["input_ids"] for part in (text, text + gap + answer))
        added = whole[len(before) :] or self.tokenizer(answer, add_special_tokens=False)["input_ids"]
        return torch.tensor(added, dtype=torch.long)

    def _check_room(self, length: int, more: int) -> None:
        config = self.net.config.get_text_config()  # type: ignore[union-attr, operator]
        room = getattr(config, "max_position_embeddings", None)
        if isinstance(room, int) and length + more > room:
            raise InputError(
                f"language model {self.name} reads {room} tokens, and the question has {length + more}; choose a larger model."
            )


def load_language_model(path: str | Path, dtype: torch.dtype | None = None, device: torch.device | None = None) -> LanguageModel:
    """The model of a folder, still on the CPU; from local files only, from safetensors only, and without running code of the folder.

    Args:
        path: A folder as model hubs lay it out: config.json, a tokenizer, .safetensors files.
        dtype: Number format of the weights; None: that of the files, but bfloat16 for float16 on a CPU, which is slow at the latter.
        device: Where it will compute; None: on the CPU.

    Raises:
        InputError: See check_model_folder; or the files do not fit each other.
    """
    folder = check_model_folder(path)
    import transformers

    options: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}
    loader = transformers.AutoModelForImageTextToText if folder.sees else transformers.AutoModelForCausalLM
    place = str(folder.path)
    try:
        tokenizer = transformers.AutoTokenizer.from_pretrained(place, **options)
        processor = transformers.AutoProcessor.from_pretrained(place, **options) if folder.sees else None
        net, told = loader.from_pretrained(place, **options, use_safetensors=True, torch_dtype=dtype or "auto", output_loading_info=True)
    except Exception as error:  # the libraries behind raise whatever they please, bare Exception among it
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
        raise InputError(f"language model {folder.path} cannot be loaded ({reason}); download it again, or choose another.") from error
    if len(set(tokenizer(_SPELLED, add_special_tokens=False)["input_ids"])) < 2:
        raise InputError(f"language model {folder.path} has no tokenizer that can spell; download its tokenizer files.")
    if told["missing_keys"]:
        missing = sorted(told["missing_keys"])
        raise InputError(f"language model {folder.path} lacks {len(missing)} tensors such as {missing[0]}; download it again.")
    if dtype is None and net.dtype == torch.float16 and (device is None or device.type == "cpu"):
        net = net.to(torch.bfloat16)
    return LanguageModel(net.eval().requires_grad_(False), tokenizer, processor, folder.path.name)


def _lengthened(name: str, value: Tensor, answer: Tensor) -> Tensor:
    """One of the model's inputs [1, N], a number a token, with those of all but the last token of the answer behind it."""
    more = answer if name == "input_ids" else torch.full_like(answer, int(name == "attention_mask"))
    return torch.cat([value, more.to(value)[None]], 1)
