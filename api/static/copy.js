/** Put *text* on the clipboard; say whether that worked. */
export async function copyText(text) {
  // Browsers give the clipboard to secure pages only; the older way works everywhere else.
  if (navigator.clipboard) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // Refused by the browser: the other way may still be open.
    }
  }
  return copyBySelecting(text);
}

function copyBySelecting(text) {
  const field = document.createElement("textarea");
  field.value = text;
  field.readOnly = true;
  field.className = "sr-only";
  document.body.append(field);
  const before = document.activeElement;
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  before?.focus?.();
  return done;
}

/** Make `<button data-copy="text">` put its text on the clipboard and say so. */
export function copyButtons() {
  for (const button of document.querySelectorAll("[data-copy]")) {
    const words = button.textContent;
    button.addEventListener("click", async () => {
      const done = await copyText(button.dataset.copy);
      if (!done) return;
      button.textContent = button.dataset.copied ?? words;
      setTimeout(() => {
        button.textContent = words;
      }, 2000);
    });
  }
}

/** Make `<form data-copies>` copy the chosen variant's text before it is sent. */
export function copyForms() {
  for (const form of document.querySelectorAll("form[data-copies]")) {
    let sent = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (sent) return;
      sent = true;
      const chosen = form.querySelector("[data-copy-text]:checked");
      if (chosen && (await copyText(chosen.dataset.copyText))) {
        const copied = document.createElement("input");
        copied.type = "hidden";
        copied.name = "copied";
        copied.value = "1";
        form.append(copied);
      }
      form.submit();
    });
  }
  // A page that comes back from the cache may be sent again.
  addEventListener("pageshow", (event) => {
    if (event.persisted && document.querySelector("form[data-copies]")) location.reload();
  });
}
