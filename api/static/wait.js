const PAUSE_MS = 1000;

/** Go to the address of `[data-wait-for]` as soon as the service answers there. */
export function waitForPage() {
  const waiting = document.querySelector("[data-wait-for]");
  if (!waiting) return;
  const address = waiting.dataset.waitFor;
  const look = async () => {
    try {
      // A redirect means that the old workspace still answers.
      const answer = await fetch(address, { redirect: "manual", cache: "no-store" });
      if (answer.ok) {
        location.assign(address);
        return;
      }
    } catch {
      // The service is between its two lives; it is asked again below.
    }
    setTimeout(look, PAUSE_MS);
  };
  setTimeout(look, PAUSE_MS);
}
