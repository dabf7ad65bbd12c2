// What every page needs: the theme switch, the menu, and htmx that never leaves the reader stranded.

function showTheme() {
  const choice = window.promiseGapTheme.chosen();
  for (const button of document.querySelectorAll("[data-theme-choice]")) {
    button.setAttribute("aria-pressed", String(button.dataset.themeChoice === choice));
  }
}

// Colours that follow the account are kept with it; without a connection they hold for this page.
function keepTheme(theme) {
  const address = document.documentElement.dataset.themeUrl;
  const token = document.querySelector("[name=csrfmiddlewaretoken]")?.value;
  if (!address || !token) return;
  const body = new URLSearchParams({ theme, csrfmiddlewaretoken: token });
  fetch(address, { method: "POST", body }).catch(() => {});
}

for (const group of document.querySelectorAll(".theme-switch")) {
  group.hidden = false;
  group.addEventListener("click", (event) => {
    const button = event.target.closest("[data-theme-choice]");
    if (!button) return;
    window.promiseGapTheme.choose(button.dataset.themeChoice);
    showTheme();
    keepTheme(button.dataset.themeChoice);
  });
}
showTheme();

// A menu closes when the reader leaves it.
for (const menu of document.querySelectorAll("details.menu")) {
  document.addEventListener("click", (event) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
}

// A part of the page was exchanged: say its sentence to those who do not see it.
document.addEventListener("htmx:afterSettle", () => {
  const said = document.querySelector("[data-announce]")?.textContent.trim();
  const announce = document.getElementById("announce");
  // What comes later to the same page is not told as if the page had changed.
  if (said && announce.textContent !== said) announce.textContent = said;
});

// Fields without a word are left out of the address.
document.addEventListener("htmx:configRequest", (event) => {
  if (!event.detail.elt.matches("form[data-short]")) return;
  const { formData, parameters } = event.detail;
  for (const [name, value] of [...formData]) if (value === "") delete parameters[name];
});

// Whoever chose a filter and then a period meant both, though the filter was not sent yet.
document.addEventListener("htmx:configRequest", (event) => {
  const form = event.detail.elt.closest(".period")?.parentElement.querySelector("form");
  if (!form) return;
  const asked = new URL(event.detail.path, location.href);
  for (const field of form.elements) {
    const usual = field.matches("select")
      ? [...field.options].find((one) => one.defaultSelected)?.value ?? field.options[0]?.value
      : field.defaultValue;
    if (!field.name || field.type === "hidden" || field.value === usual) continue;
    if (field.value) asked.searchParams.set(field.name, field.value);
    else asked.searchParams.delete(field.name);
  }
  event.detail.path = asked.pathname + asked.search;
});

// An answer that is not the page asked for (signed out meanwhile, an error) is opened as a whole page.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, requestConfig } = event.detail;
  // What comes later has its own words for an error (later.js).
  if (xhr.status === 204 || event.defaultPrevented) return;
  const asked = new URL(requestConfig.path, location.href);
  const got = new URL(xhr.responseURL || asked, location.href);
  if (xhr.status === 200 && got.pathname === asked.pathname) return;
  event.detail.shouldSwap = false;
  location.assign(got);
});
document.addEventListener("htmx:sendError", (event) => {
  if (event.defaultPrevented) return;
  location.assign(event.detail.requestConfig.path);
});
