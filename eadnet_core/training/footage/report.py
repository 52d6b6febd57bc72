"""What became of footage: how much can be trained on, and what was dropped and why."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from ...timebase import FRAME_RATE
from .manifest import FilmRecord
from .passage import Reason


@dataclass(frozen=True)
class FootageReport:
    """About all videos of a folder of prepared footage.

    Attributes:
        films: One record for each, in order of their names.
    """

    films: Sequence[FilmRecord]

    @property
    def seen_share(self) -> float:
        """Share of all frames in which a face was found; 0 without frames."""
        return sum(film.num_seen for film in self.films) / max(1, sum(film.num_frames for film in self.films))

    @property
    def kept_s(self) -> float:
        """Seconds that can be trained on."""
        return _seconds(sum(film.kept_frames for film in self.films))

    def dropped_s(self) -> dict[Reason, tuple[int, float]]:
        """For each reason that occurred: how many videos lost something for it, and how many seconds in all (0 of whole files)."""
        all_dropped = [(film.source, one) for film in self.films for one in film.dropped]
        found = {}
        for reason in Reason:
            dropped = [(source, one.end_s - one.start_s) for source, one in all_dropped if one.reason is reason]
            if dropped:
                found[reason] = len({source for source, _ in dropped}), sum(seconds for _, seconds in dropped)
        return found

    def to_json(self) -> str:
        """Everything, with each video's record."""
        said = {
            "videos": len(self.films),
            "videos_kept": sum(film.clips > 0 for film in self.films),
            "people": len({film.person for film in self.films if film.clips}),
            "clips": sum(film.clips for film in self.films),
            "seconds": _seconds(sum(film.num_frames for film in self.films)),
            "seconds_kept": self.kept_s,
            "seen_share": round(self.seen_share, 4),
            "sound_shifted": sum(film.sync_shift != 0 for film in self.films),
            "dropped": {reason.value: {"videos": films, "seconds": round(s, 2)} for reason, (films, s) in self.dropped_s().items()},
            "films": [asdict(film) for film in self.films],
        }
        return json.dumps(said, indent=1, ensure_ascii=False)

    def summary(self) -> str:
        """One line."""
        kept = sum(film.clips > 0 for film in self.films)
        return (
            f"{kept} of {len(self.films)} videos gave {sum(film.clips for film in self.films)} clips, {self.kept_s:.0f} of "
            f"{_seconds(sum(film.num_frames for film in self.films)):.0f} s; a face was seen in {self.seen_share:.1%} of the frames"
        )

    def to_text(self) -> str:
        """For people: sums, then each video that lost something or was changed."""
        lines = [self.summary() + ".", ""]
        lines += [f"dropped, {reason.value}: {films} videos, {s:.1f} s" for reason, (films, s) in self.dropped_s().items()]
        for film in self.films:
            if said := _said(film):
                lines += ["", film.source, *(f"  {line}" for line in said)]
        return "\n".join(lines) + "\n"


def _said(film: FilmRecord) -> list[str]:
    """One line for each thing that was lost of a video or changed in it."""
    lines = []
    if film.sync_shift:
        lines.append(f"the sound was {abs(film.sync_shift)} frames {'late' if film.sync_shift > 0 else 'early'} and is used shifted")
    for one in film.dropped:
        when = f"{one.start_s:.2f} to {one.end_s:.2f} s: " if one.end_s else ""
        lines.append(when + (f"{one.reason.value} ({one.detail.rstrip('.')})" if one.detail else one.reason.value))
    return lines + list(film.notes)


def _seconds(num_frames: int) -> float:
    return float(num_frames / FRAME_RATE)
