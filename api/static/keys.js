/** Let "/" go to the page's search box, unless the person is writing somewhere. */
export function searchKey() {
  const box = document.querySelector("[data-search]");
  if (!box) return;
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
    const at = document.activeElement;
    if (at && (at.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(at.tagName))) return;
    event.preventDefault();
    box.focus();
    box.select();
  });
}
