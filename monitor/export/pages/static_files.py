"""Static files under names that carry their hash, so that a browser keeps them for ever and never shows an old one."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from aiohttp import web

from monitor.export.responses import accepts_gzip

FOLDER = Path(__file__).parent / "static"
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".txt": "text/plain; charset=utf-8",
}
_FOR_EVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class _File:
    """A file as it is sent. kind: its Content-Type. zipped: None where that makes it no smaller."""

    kind: str
    content: bytes
    zipped: bytes | None


class Static:
    """The static files, read and zipped once: the stylesheet names its fonts by their hashed names, so fonts come first."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._names: dict[str, str] = {}
        self._files: dict[str, _File] = {}
        files = sorted(path for path in folder.rglob("*") if path.suffix in _TYPES)
        for path in sorted(files, key=lambda path: path.suffix == ".css"):
            self._add(path.relative_to(folder).as_posix(), path)

    def _add(self, name: str, path: Path) -> None:
        content = path.read_bytes()
        if path.suffix == ".css":
            for plain, hashed in self._names.items():
                content = content.replace(f'url("{plain}")'.encode(), f'url("/static/{hashed}")'.encode())
        digest = hashlib.sha256(content).hexdigest()[:10]
        hashed_name = f"{name.removesuffix(path.suffix)}.{digest}{path.suffix}"
        self._names[name] = hashed_name
        kind = _TYPES[path.suffix]
        # Fonts are compressed already.
        zipped = gzip.compress(content, 9, mtime=0) if kind.startswith(("text/", "image/")) else None
        self._files[hashed_name] = _File(kind, content, zipped)

    def url(self, name: str) -> str:
        """Return the address of a file by its plain name; KeyError where there is none, which is our bug."""
        return f"/static/{self._names[name]}"

    @property
    def names(self) -> Mapping[str, str]:
        """Return a file's plain name → its name with the hash of what is in it."""
        return MappingProxyType(self._names)

    async def serve(self, request: web.Request) -> web.Response:
        """Answer /static/NAME; only hashed names are known."""
        found = self._files.get(request.match_info["name"])
        if found is None:
            raise web.HTTPNotFound(text="no such file\n")
        headers = {"Content-Type": found.kind, "Cache-Control": _FOR_EVER}
        if found.zipped is None:
            return web.Response(body=found.content, headers=headers)
        headers["Vary"] = "Accept-Encoding"
        if accepts_gzip(request.headers.get("Accept-Encoding", "")):
            return web.Response(body=found.zipped, headers=headers | {"Content-Encoding": "gzip"})
        return web.Response(body=found.content, headers=headers)
