"""What a dispatcher sees and does on the desk, in the words of the tests."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect


class DeskPage:
    """The desk in one browser window."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.settle()

    def settle(self) -> None:
        """Wait until the queue is there and its case is open."""
        # A move that is under way ends first: only then is the next case asked for.
        expect(self.page.locator("#confirm[aria-busy]")).to_have_count(0)
        expect(self.page.locator("#rows .ghost")).to_have_count(0)
        expect(self.page.locator("#case .ghost-case")).to_have_count(0)
        # Not wait_for_function: polling in the page needs eval, which its policy forbids.
        expect(self.page.locator("#case h2, #case .nothing")).to_have_count(1)

    @property
    def rows(self) -> Locator:
        return self.page.locator("#rows [role=option]")

    @property
    def case_no(self) -> str:
        return self.page.locator("#case h2").inner_text()

    @property
    def focused(self) -> str:
        return str(self.page.evaluate("document.activeElement.id"))

    def tab(self, name: str) -> None:
        self.page.click(f"#tab-{name}")
        self.settle()

    def count(self, name: str) -> int:
        return int(self.page.inner_text(f"[data-count={name}]"))

    def open_row(self, words: str) -> None:
        self.rows.filter(has_text=words).click()
        self.settle()
        expect(self.page.locator("#case .text")).to_contain_text(words)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
