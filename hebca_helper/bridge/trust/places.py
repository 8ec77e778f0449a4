"""Where browsers of this person keep trusted certificates. Nothing is written here."""

from __future__ import annotations

import configparser
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from hebca_helper.bridge.trust.stores import Place, StoreKind
from hebca_helper.bridge.trust.system_store import writes_as_root
from hebca_helper.texts import tr

_FLATPAKS = {
    "Chromium": "org.chromium.Chromium",
    "Chrome": "com.google.Chrome",
    "Edge": "com.microsoft.Edge",
}
_SNAP_CHROMIUM = "snap/chromium/current/.pki/nssdb"
_FIREFOX = (
    ".mozilla/firefox",
    ".config/mozilla/firefox",  # new profiles since Firefox 147
    "snap/firefox/common/.mozilla/firefox",
    "snap/firefox/common/.config/mozilla/firefox",
    ".var/app/org.mozilla.firefox/.mozilla/firefox",
    ".var/app/org.mozilla.firefox/config/mozilla/firefox",
)
_MAC_FIREFOX = ("Library/Application Support/Firefox",)
_MAC_KEYCHAIN = "Library/Keychains/login.keychain-db"


def find_places(home: Path, environment: Mapping[str, str], root: Path, system: str = sys.platform) -> list[Place]:
    """Every place of this person (`home` is their home folder); the system's store only where we may write it."""
    if system == "win32":
        return [Place(StoreKind.WINDOWS, Path("Root"), tr("Windows 当前用户（Edge、Chrome、Firefox）"))]
    if system == "darwin":
        keychain = Place(StoreKind.MACOS, home / _MAC_KEYCHAIN, tr("登录钥匙串（Safari、Chrome）"))
        return [keychain, *_firefox(home, _MAC_FIREFOX)]
    found = [*_chromium(home, environment), *_firefox(home, _firefox_folders(home, environment))]
    if writes_as_root(root):
        found.append(Place(StoreKind.SYSTEM, root, tr("系统")))
    return found


def _chromium(home: Path, environment: Mapping[str, str]) -> Iterator[Place]:
    yield Place(StoreKind.NSS, _shared(home, environment), tr("Chrome、Chromium、Edge"))
    if (home / _SNAP_CHROMIUM).parents[1].is_dir():
        yield Place(StoreKind.NSS, home / _SNAP_CHROMIUM, tr("Chromium（snap）"))
    for name, folder in _FLATPAKS.items():
        if (home / ".var/app" / folder).is_dir():
            yield Place(
                StoreKind.NSS, home / ".var/app" / folder / ".pki/nssdb", tr("{name}（flatpak）").format(name=name)
            )


def _shared(home: Path, environment: Mapping[str, str]) -> Path:
    """Newer versions read the second folder where the first is not there, so nobody may make the first then."""
    classic = home / ".pki/nssdb"
    newer = Path(environment.get("XDG_DATA_HOME") or home / ".local/share", "pki/nssdb")
    return newer if newer.is_dir() and not classic.is_dir() else classic


def _firefox_folders(home: Path, environment: Mapping[str, str]) -> Iterator[str]:
    yield from _FIREFOX
    if chosen := environment.get("XDG_CONFIG_HOME"):
        yield str(Path(chosen, "mozilla/firefox"))


def _firefox(home: Path, folders: Iterator[str] | tuple[str, ...]) -> Iterator[Place]:
    seen: set[Path] = set()
    for folder in folders:
        for name, profile in _profiles(home / folder):
            if profile not in seen:
                seen.add(profile)
                yield Place(StoreKind.NSS, profile, f"Firefox：{name}")


def _profiles(folder: Path) -> Iterator[tuple[str, Path]]:
    """Name and folder of each profile that is there (profiles.ini: Path is relative unless IsRelative is 0)."""
    file = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        file.read(folder / "profiles.ini", "utf-8")
    except (configparser.Error, UnicodeDecodeError):
        return
    for section in file.sections():
        path = file.get(section, "Path", fallback="") if section.startswith("Profile") else ""
        if path and (folder / path).is_dir():
            yield file.get(section, "Name", fallback=path), folder / path
