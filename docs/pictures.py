"""Makes the pictures of the README from the running demo: `.venv/bin/python docs/pictures.py [address]`."""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

PICTURES = Path(__file__).parent / "pictures"
SHOTS = {"contract": "/contracts/", "coaches": "/coaches/"}
READER = {"locale": "en-US", "timezone_id": "Europe/London", "reduced_motion": "reduce"}  # where she lives
STUDENT = {"login": "anna@skileez.example", "password": "learn-with-people"}


def main(address: str) -> None:
    PICTURES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(base_url=address, viewport={"width": 1280, "height": 960}, **READER)
        page.goto("/accounts/login/")
        for name, value in STUDENT.items():
            page.fill(f"main [name={name}]", value)
        page.locator("main button[type=submit]").first.click()
        page.wait_for_url("**/dashboard/")
        for name, path in SHOTS.items():
            page.goto(path)
            if name == "contract":
                page.get_by_role("main").get_by_role("link", name="Conversational Spanish").first.click()
                page.wait_for_load_state()
            page.wait_for_timeout(1000)  # one page fades into the next
            page.locator(".demo-bar").evaluate("bar => bar.remove()")
            page.screenshot(path=PICTURES / f"{name}.png")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://localhost:8000")
