"""The collector writes out snapshot after snapshot; making them is not in the time."""

from __future__ import annotations

import json
import random
import time

from benchmarks.children.pictures import first, next_picture
from benchmarks.children.report import parameters
from monitor.export.metrics.collector import Collector


def main() -> None:
    """Write out as often as asked, with a share of the targets probed again in between."""
    asked = parameters()
    chance = random.Random(1)
    picture, settings = first(asked["targets"])
    names = list(picture.views)
    collector = Collector(settings)
    text = b"".join(collector.render(picture))
    used_s, wall_s = 0.0, 0.0
    for _ in range(asked["rounds"]):
        again = chance.sample(names, round(len(names) * asked["changed"]))
        picture = next_picture(picture, again, chance)
        began_s, began_cpu_s = time.perf_counter(), time.process_time()
        text = b"".join(collector.render(picture))
        used_s += time.process_time() - began_cpu_s
        wall_s += time.perf_counter() - began_s
    samples = sum(not line.startswith(b"#") for line in text.splitlines())
    figures = {"exchanges": samples * asked["rounds"], "cpu_s": used_s, "wall_s": wall_s, "samples": samples}
    print(json.dumps(figures | {"page_ms": used_s / asked["rounds"] * 1000}))


main()
