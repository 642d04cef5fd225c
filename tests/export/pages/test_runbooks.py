"""The page of what to do about each alert."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest
import yaml
from aiohttp import web
from aiohttp.test_utils import TestClient

from monitor.export.pages.runbooks import parse_runbooks
from monitor.model.state import State
from tests.export import sample
from tests.export.sample import FakeSource

RULES = (Path(__file__).parents[3] / "config" / "prometheus" / "rules").glob("*.yml")
ALERTS = {
    rule["alert"]: rule["annotations"]["runbook"]
    for path in RULES
    for group in yaml.safe_load(path.read_text(encoding="utf-8"))["groups"]
    for rule in group["rules"]
    if "alert" in rule
}

Client = TestClient[web.Request, web.Application]


@pytest.mark.parametrize(("alert", "runbook"), ALERTS.items(), ids=list(ALERTS))
async def test_the_link_of_every_alert_leads_to_its_section(client: Client, alert: str, runbook: str) -> None:
    path, anchor = runbook.split("#")
    answer = await client.get(f"/{path}")
    text = await answer.text()
    assert (200, "/runbooks") == (answer.status, answer.url.path)
    (section,) = re.findall(rf'<section class="panel" id="{anchor}">(.*?)</section>', text, re.DOTALL)
    assert f'<i lang="en">{alert}</i></h2>' in section
    assert f'<a href="#{anchor}">' in text


async def test_a_section_is_called_as_its_titles_are_in_both_languages(client: Client) -> None:
    text = html.unescape(await (await client.get("/runbooks")).text())
    assert '<a href="#powercutsuspected"><b>Nghi mất điện</b> <i lang="en">Power cut suspected</i></a>' in text
    assert '<h2>Mất kết nối <i lang="en">TargetDown</i></h2>' in text
    assert 0 == len(re.findall(r"<b>[A-Z][a-z]+[A-Z]", text)), "a section without titles"


def test_what_stands_before_the_first_section_holds_for_all_and_html_is_text() -> None:
    general = "# Sổ tay\n\nGọi ai? <script>x</script>\n\n"
    book = parse_runbooks(f"{general}## TargetDown\n\n**Mất.** Xem.\n\n1. Một\n\n*Down.* See.\n\n## Odd\n\nNo title.\n")
    assert "<p>Gọi ai? &lt;script&gt;x&lt;/script&gt;</p>\n" == book.general
    assert [("targetdown", "Mất", "Down"), ("odd", "Odd", "Odd")] == [(s.anchor, s.title, s.english) for s in book.sections]
    assert "<ol>\n<li>Một</li>\n</ol>" in book.sections[0].body


async def test_the_page_of_a_point_that_is_down_leads_to_what_to_do(client: Client, source: FakeSource) -> None:
    link = '<a href="/runbooks#targetdown">Cách xử lý</a>'
    assert link not in await (await client.get("/targets/xa-1-2")).text()
    source.now = sample.snapshot(states={"xa-1-2": State.DOWN})
    assert link in await (await client.get("/targets/xa-1-2")).text()


async def test_fonts_are_there_before_a_link_jumps_to_its_section(client: Client) -> None:
    text = await (await client.get("/runbooks")).text()
    fonts = re.findall(r'<link rel="preload" href="(/static/fonts/[^"]+)" as="font"', text)
    assert 2 == len(fonts), "letters that change their width later push the section's heading out of sight"
    assert all([(await client.get(font)).status == 200 for font in fonts])
