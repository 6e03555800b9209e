// Time left on every clock of the page, and the age of every recent time.
import { serverNow } from "./now.js";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const SOON_FROM = 80; // per cent spent, the second warning of a policy

/** h:mm of a length of time, rounded down as a clock does. */
export function hoursAndMinutes(milliseconds) {
  const minutes = Math.floor(milliseconds / MINUTE);
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}`;
}

/** What a clock shows at `now`: its words, its level and how much of it is spent, 0 to 100. */
export function reading(start, due, now, lateWord) {
  const spent = Math.min(100, Math.max(0, ((now - start) / (due - start)) * 100));
  if (now >= due) {
    return { text: `${lateWord} ${hoursAndMinutes(now - due)}`, level: "late", spent: 100 };
  }
  return {
    text: hoursAndMinutes(due - now),
    level: spent >= SOON_FROM ? "soon" : "ok",
    spent,
  };
}

function showClock(element, now, words) {
  const { start, due } = element.dataset;
  const { text, level, spent } = reading(Date.parse(start), Date.parse(due), now, words.textLate);
  const shown = element.querySelector(".clock-text");
  if (shown.textContent !== text) shown.textContent = text;
  element.classList.toggle("is-late", level === "late");
  element.classList.toggle("is-soon", level === "soon");
  element.querySelector(".spent").setAttribute("stroke-dasharray", `${spent.toFixed(1)} 100`);
}

function showAge(element, now, words) {
  const age = now - Date.parse(element.dateTime);
  if (age < 0 || age >= DAY) return;
  let text = words.textNow;
  if (age >= HOUR) text = words.textHours.replace("0", String(Math.floor(age / HOUR)));
  else if (age >= MINUTE) text = words.textMinutes.replace("0", String(Math.floor(age / MINUTE)));
  if (element.textContent !== text) element.textContent = text;
}

/** Show every clock now and at each full second of the server's time. */
export function startClocks() {
  const words = document.body.dataset;
  const tick = () => {
    const now = serverNow();
    for (const clock of document.querySelectorAll("[data-due]")) showClock(clock, now, words);
    for (const time of document.querySelectorAll("time[data-age]")) showAge(time, now, words);
    // Each wait is measured anew, so that late timers do not add up.
    setTimeout(tick, SECOND - (serverNow() % SECOND));
  };
  tick();
}
