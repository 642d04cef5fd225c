"""Static files under names that carry their hash, so that a browser keeps them for ever and never shows an old one."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from aiohttp import web

FOLDER = Path(__file__).parent / "pages" / "static"
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".txt": "text/plain; charset=utf-8",
}
_FOR_EVER = "public, max-age=31536000, immutable"


class Static:
    """The static files, read once: the stylesheet names its fonts by their hashed names, so fonts come first."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._names: dict[str, str] = {}
        self._files: dict[str, tuple[str, bytes]] = {}
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
        self._files[hashed_name] = (_TYPES[path.suffix], content)

    def url(self, name: str) -> str:
        """Return the address of a file by its plain name; KeyError where there is none, which is our bug."""
        return f"/static/{self._names[name]}"

    @property
    def names(self) -> Mapping[str, str]:
        """Return plain name → hashed name."""
        return MappingProxyType(self._names)

    async def serve(self, request: web.Request) -> web.Response:
        """Answer /static/NAME; only hashed names are known."""
        found = self._files.get(request.match_info["name"])
        if found is None:
            raise web.HTTPNotFound(text="no such file\n")
        kind, content = found
        response = web.Response(body=content, headers={"Content-Type": kind, "Cache-Control": _FOR_EVER})
        if kind.startswith(("text/", "image/")):
            response.enable_compression()
        return response
