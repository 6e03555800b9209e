// Forms that need a second thought open in a dialog. Without script the same link opens the same
// form inside the page.

/** Make `<a data-dialog="id">` open the dialog of that id. */
export function openDialogs() {
  for (const opener of document.querySelectorAll("[data-dialog]")) {
    const dialog = document.getElementById(opener.dataset.dialog);
    if (!dialog) continue;
    opener.addEventListener("click", (event) => {
      event.preventDefault();
      if (dialog.open) dialog.close();
      dialog.showModal();
    });
  }
  for (const dialog of document.querySelectorAll("dialog")) {
    if (dialog.hasAttribute("open")) {
      // The server opened it because something in it needs mending.
      dialog.removeAttribute("open");
      dialog.showModal();
    }
    for (const closer of dialog.querySelectorAll("[data-close]")) {
      closer.addEventListener("click", (event) => {
        event.preventDefault();
        dialog.close();
      });
    }
    dialog.addEventListener("click", (event) => {
      if (event.target === dialog) dialog.close();
    });
  }
}

/** Close an open `details.menu` when the person goes elsewhere or presses Escape. */
export function closeMenus() {
  const closeOthers = (target) => {
    for (const menu of document.querySelectorAll("details.menu[open], .tabs details[open]")) {
      if (menu.contains(target)) continue;
      // Whoever closes it with the keyboard goes on from where they opened it.
      if (menu.contains(document.activeElement)) menu.querySelector("summary").focus();
      menu.open = false;
    }
  };
  document.addEventListener("click", (event) => closeOthers(event.target));
  document.addEventListener("focusin", (event) => closeOthers(event.target));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") closeOthers(null);
  });
}

/** Ask before a form with `data-confirm` is sent; the words are the attribute's. */
export function confirmForms() {
  const dialog = document.getElementById("confirm");
  if (!dialog) return;
  let waiting = null;
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.dataset.confirm || form === waiting?.form) return;
    event.preventDefault();
    waiting = { form, submitter: event.submitter };
    dialog.querySelector("[data-confirm-words]").textContent = form.dataset.confirm;
    dialog.returnValue = "";
    dialog.showModal();
  });
  dialog.addEventListener("close", () => {
    const asked = waiting;
    if (dialog.returnValue === "yes" && asked) asked.form.requestSubmit(asked.submitter);
    waiting = null;
  });
}
