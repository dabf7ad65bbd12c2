// Ctrl+K: pages, actions, promises, customers and teams in one field.

const palette = document.getElementById("palette");

if (palette) {
  const input = palette.querySelector("input");
  const list = palette.querySelector("[role=listbox]");
  const none = palette.querySelector("[data-none]");
  const box = window.promiseGapCombobox(input, list, {
    stays: true,
    address: (typed) => `${palette.dataset.url}?q=${encodeURIComponent(typed)}`,
    shown(count) {
      none.textContent = count ? "" : none.dataset.none;
    },
    chosen(option) {
      palette.close();
      if (option.hasAttribute("data-opens-dialog")) window.promiseGapDesk.openSheet(option.dataset.href);
      else location.assign(option.dataset.href);
    },
  });

  const open = () => {
    if (palette.open || document.querySelector("dialog[open]")) return;
    input.value = "";
    list.replaceChildren();
    palette.showModal();
    box.ask();
  };

  palette.addEventListener("click", (event) => {
    if (event.target === palette) palette.close();
  });
  palette.addEventListener("close", box.forget);
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("[data-palette]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    open();
  });
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    if (event.key.toLowerCase() !== "k" || event.isComposing) return;
    event.preventDefault();
    if (palette.open) palette.close();
    else open();
  });

  window.promiseGapPalette = { open };
}
