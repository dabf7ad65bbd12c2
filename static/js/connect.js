// Copying a key or a program, tabs of programs, and the line that waits for the first event.

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  const words = button.textContent;
  button.addEventListener("click", async () => {
    const source = document.getElementById(button.dataset.copy);
    if (await copied(source)) {
      button.textContent = button.dataset.copied;
      setTimeout(() => { button.textContent = words; }, 2000);
    }
  });
}

// Browsers give the clipboard to safe addresses only; elsewhere the text is selected for the reader.
async function copied(source) {
  try {
    await navigator.clipboard.writeText(source.textContent);
    return true;
  } catch {
    getSelection().selectAllChildren(source);
    return false;
  }
}

for (const group of document.querySelectorAll("[data-tabs]")) {
  const tabs = [...group.querySelectorAll("[role=tab]")];
  const panels = [...group.querySelectorAll("[data-panel]")];
  const show = (chosen) => tabs.forEach((tab, place) => {
    tab.setAttribute("aria-selected", String(place === chosen));
    tab.tabIndex = place === chosen ? 0 : -1;
    panels[place].hidden = place !== chosen;
  });
  group.querySelector("[role=tablist]").hidden = false;
  panels.forEach((panel) => panel.setAttribute("role", "tabpanel"));
  show(0);
  tabs.forEach((tab, place) => {
    tab.addEventListener("click", () => show(place));
    tab.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      const next = (place + step + tabs.length) % tabs.length;
      show(next);
      tabs[next].focus();
    });
  });
}

const live = document.querySelector("[data-live]");
if (live) {
  // Nobody looks: nothing is asked. The clock goes on, so that it is right again at once.
  live.addEventListener("htmx:beforeRequest", (event) => {
    if (document.hidden) event.preventDefault();
  });
  // One lost request is no reason to leave the page that shows the key; the next one may arrive.
  live.addEventListener("htmx:sendError", (event) => event.stopPropagation());
  live.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr, requestConfig } = event.detail;
    const got = new URL(xhr.responseURL || requestConfig.path, location.href);
    const asked = new URL(requestConfig.path, location.href);
    if (got.pathname === asked.pathname) {
      if (xhr.status !== 200) event.stopPropagation();
      return;
    }
    // Signed out meanwhile.
    event.stopPropagation();
    event.detail.shouldSwap = false;
    location.assign(live.dataset.back);
  });
}
