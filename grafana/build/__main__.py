"""Write the dashboards, their map's ground and the numbers in alerts; `--check` only says which are not what the code builds."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from grafana_foundation_sdk.builders.dashboard import Dashboard
from grafana_foundation_sdk.cog.encoder import JSONEncoder

from grafana.build import alert_numbers, availability, capacity, readiness, target, wan, watch
from grafana.build.geography import outline
from grafana.build.names import inventory
from grafana.build.style import Say, speaker

FOLDER = Path(__file__).parents[1]
BOARDS: Mapping[str, Callable[[Say], Dashboard]] = {
    "wan": wan.build,
    "target": target.build,
    "capacity": capacity.build,
    "readiness": readiness.build,
    "availability": availability.build,
    "monitor": watch.build,
}


def texts() -> dict[Path, str]:
    """Return path → text of all that is built: dashboards in both languages, what their map stands on, and Prometheus' rules."""
    return dashboards() | {FOLDER / wan.GROUND: outline(inventory())} | alert_numbers.rules()


def dashboards() -> dict[Path, str]:
    """Return path → JSON of every dashboard in both languages."""
    return {
        FOLDER / "dashboards" / language / f"{name}.json": JSONEncoder(sort_keys=True, indent=1, ensure_ascii=False).encode(
            build(speaker(language)).build()
        )
        + "\n"
        for language in ("vi", "en")
        for name, build in BOARDS.items()
    }


def main() -> int:
    """Write or check; 1 where a file is not what the code builds."""
    parser = argparse.ArgumentParser(prog="python -m grafana.build", description=__doc__)
    parser.add_argument("--check", action="store_true")
    is_check = parser.parse_args().check
    stale = {path: text for path, text in texts().items() if not path.exists() or path.read_text(encoding="utf-8") != text}
    for path, text in stale.items():
        print(path)
        if not is_check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    return 1 if is_check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
