"""Whether a Chromium-like browser forbids every pop-up window: one value of its preferences, nothing else is read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from hebca_helper.tokens.catalogue import System

BLOCK = 2
"""ContentSetting CONTENT_SETTING_BLOCK (Chromium, components/content_settings). Absent means Chromium's own default, which
asks for each site."""
_FOLDERS: Mapping[System, Mapping[str, str]] = {
    System.LINUX: {"Chrome": "google-chrome", "Chromium": "chromium", "Edge": "microsoft-edge"},
    System.WINDOWS: {"Chrome": "Google/Chrome/User Data", "Edge": "Microsoft/Edge/User Data"},
    System.MACOS: {"Chrome": "Google/Chrome", "Chromium": "Chromium", "Edge": "Microsoft Edge"},
}


def profiles(environment: Mapping[str, str], system: System) -> dict[str, Path]:
    """Preferences file of the first profile of each browser, whether it is there or not."""
    bases = {
        System.LINUX: environment.get("XDG_CONFIG_HOME") or "~/.config",
        System.WINDOWS: environment.get("LOCALAPPDATA") or "~",
        System.MACOS: "~/Library/Application Support",
    }
    base = Path(bases[system]).expanduser()
    return {name: base / folder / "Default" / "Preferences" for name, folder in _FOLDERS[system].items()}


def blocked_in(files: Mapping[str, Path]) -> list[str]:
    return [name for name, path in files.items() if _value(path) == BLOCK]


def _value(path: Path) -> object:
    return inside(preferences(path), ("profile", "default_content_setting_values", "popups"))


def preferences(path: Path) -> object:
    """What stands in the file; None for one that cannot be read."""
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return None


def inside(content: object, names: Iterable[str]) -> object:
    for name in names:
        content = content.get(name) if isinstance(content, dict) else None
    return content
