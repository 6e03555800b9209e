// Prints a certificate, and tells the SHA-256 of a file without sending it.

const LARGEST = 64 * 1024 * 1024;

for (const button of document.querySelectorAll("[data-print]")) {
  button.addEventListener("click", () => print());
}
for (const form of document.querySelectorAll("form[data-hash]")) {
  const file = form.querySelector("[data-hash-file]");
  file.addEventListener("change", () => check(form, file.files[0]));
}

/** Hash *file*, write the hash into *form* and send it; else say how to do it by hand. */
async function check(form, file) {
  const says = form.querySelector("[data-hash-says]");
  says.textContent = "";
  if (!file) return;
  // Only secure pages may compute hashes, and a whole file must fit into memory.
  const reason = file.size > LARGEST ? form.dataset.textLarge : form.dataset.textUnable;
  if (file.size > LARGEST || !globalThis.crypto?.subtle) {
    byHand(form, says, reason);
    return;
  }
  says.textContent = form.dataset.textBusy;
  try {
    const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
    const bytes = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0"));
    form.elements.sha256.value = bytes.join("");
    form.requestSubmit();
  } catch {
    byHand(form, says, form.dataset.textUnable);
  }
}

function byHand(form, says, reason) {
  says.textContent = reason;
  form.querySelector("details").open = true;
}
