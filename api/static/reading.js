const PAUSE_MS = 1500;

/** Reload the page of an asset as soon as the worker has read its file. */
function waitForReading() {
  const waiting = document.querySelector("[data-reading]");
  if (!waiting) return;
  const look = async () => {
    try {
      const answer = await fetch(waiting.dataset.reading, { cache: "no-store" });
      const asset = answer.ok ? await answer.json() : null;
      const version = asset?.versions.find((one) => String(one.number) === waiting.dataset.version);
      if (version && version.processing !== "pending") {
        location.reload();
        return;
      }
    } catch {
      // The service is away for a moment; it is asked again below.
    }
    // Nobody looks at a page in the background.
    if (document.hidden) {
      await new Promise((seen) => {
        document.addEventListener("visibilitychange", seen, { once: true });
      });
    }
    setTimeout(look, PAUSE_MS);
  };
  setTimeout(look, PAUSE_MS);
}

waitForReading();
