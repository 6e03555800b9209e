/** Make `<button data-copy="text">` put its text on the clipboard and say so. */
export function copyButtons() {
  for (const button of document.querySelectorAll("[data-copy]")) {
    // Browsers give the clipboard to secure pages only; elsewhere the button would do nothing.
    if (!navigator.clipboard) {
      button.hidden = true;
      continue;
    }
    const words = button.textContent;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(button.dataset.copy);
      button.textContent = button.dataset.copied ?? words;
      setTimeout(() => {
        button.textContent = words;
      }, 2000);
    });
  }
}
