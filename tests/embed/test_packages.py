"""The app folders in the handbook keep the rules of the tools they are for, as far as these can be checked here."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import urlsplit

HOSTS = Path(__file__).resolve().parents[2] / "docs" / "hosts"
ZENDESK, FRESHDESK = HOSTS / "zendesk", HOSTS / "freshdesk"
NEEDED = {"name", "author", "defaultLocale", "private", "version", "frameworkVersion", "location"}
LOCATIONS = {
    "ticket_sidebar",
    "new_ticket_sidebar",
    "user_sidebar",
    "top_bar",
    "nav_bar",
    "modal",
    "background",
}


def test_zendesks_manifest_has_what_its_validator_asks_for() -> None:
    manifest = json.loads((ZENDESK / "manifest.json").read_text())
    assert manifest.keys() >= NEEDED
    assert set(manifest["author"]) == {"name", "email"}
    assert (manifest["frameworkVersion"], manifest["signedUrls"], manifest["private"]) == ("2.0", True, True)
    places = manifest["location"]["support"]
    assert set(places) <= LOCATIONS
    for place in places.values():
        address = urlsplit(place["url"])
        assert (address.scheme, address.query) == ("https", "")
        assert address.path.startswith("/embed/")
        assert address.path.endswith("/")
        assert address.hostname in manifest["domainWhitelist"]
    words = json.loads((ZENDESK / "translations" / f"{manifest['defaultLocale']}.json").read_text())["app"]
    assert {"name", "short_description", "long_description", "installation_instructions"} <= words.keys()


def test_freshdesks_folder_has_what_its_manifest_names() -> None:
    manifest = json.loads((FRESHDESK / "manifest.json").read_text())
    assert manifest["platform-version"] == "3.0"
    assert set(manifest["engines"]) == {"node", "fdk"}
    place = manifest["modules"]["support_ticket"]["location"]["ticket_sidebar"]
    page = (FRESHDESK / "app" / place["url"]).read_text()
    assert "{{{appclient}}}" in page
    assert (FRESHDESK / "app" / place["icon"]).exists()
    for script in re.findall(r'src="(scripts/[^"]+)"', page):
        assert (FRESHDESK / "app" / script).exists()
    assert re.search(r'src="https://[^"]+/embed/[a-z]+/"', page)
    # No message goes to whoever happens to stand in the frame.
    assert '"*"' not in (FRESHDESK / "app" / "scripts" / "app.js").read_text()
