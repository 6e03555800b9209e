// The server's time, so that a machine whose clock is wrong still shows the right time left.

// The page was stamped when the server answered, which is when its first byte came, not when
// this script runs.
const [navigation] = performance.getEntriesByType("navigation");
const answeredAt = performance.timeOrigin + (navigation ? navigation.responseStart : 0);
const stamped = Date.parse(document.documentElement.dataset.now ?? "");
const ahead = Number.isNaN(stamped) ? 0 : stamped - answeredAt;

/** Milliseconds since 1970 by the server's clock. */
export function serverNow() {
  return Date.now() + ahead;
}
