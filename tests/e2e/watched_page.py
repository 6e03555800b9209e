"""A page of the browser whose console is listened to."""

from playwright.sync_api import BrowserContext, ConsoleMessage, Page


class Watched:
    """A page and everything that its console complained of."""

    def __init__(self, context: BrowserContext) -> None:
        self.page: Page = context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", self._note)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _note(self, message: ConsoleMessage) -> None:
        # Our own answers to a wrong address or form are told as errors too; those are meant.
        meant = "status of 404" in message.text or "status of 422" in message.text
        if message.type in {"error", "warning"} and not meant:
            self.complaints.append(f"{self.page.url}: {message.text}")
