// What comes later to a page that is there already: the reader's place, focus and first part stay.

// Where the reader was, when the page is opened again: it is short until all of it has come.
const place = `place:${location.pathname}${location.search}`;
const [arrival] = performance.getEntriesByType("navigation");
let wanted = ["back_forward", "reload"].includes(arrival?.type)
  ? Number(sessionStorage.getItem(place)) : 0;
addEventListener("pagehide", () => {
  try {
    sessionStorage.setItem(place, String(Math.round(scrollY)));
  } catch {
    // Without room the place is not kept.
  }
});
// Whoever goes elsewhere meanwhile stays there.
for (const moved of ["wheel", "touchmove", "keydown", "pointerdown"]) {
  addEventListener(moved, () => { wanted = 0; }, { once: true, passive: true });
}

// A part that is asked for by itself, and what stands before it.
function laterOf(event) {
  return event.detail.requestConfig.elt.closest?.("[data-later]");
}

function sayFailed(later) {
  later.removeAttribute("aria-busy");
  // No room is kept for what does not come.
  later.classList.remove("later");
  for (const words of later.querySelectorAll("[data-waiting]")) words.hidden = true;
  for (const words of later.querySelectorAll("[data-failed]")) words.hidden = false;
}

// An error leaves the first part as it is. Whoever was signed out meanwhile is led to sign in.
document.addEventListener("htmx:beforeSwap", (event) => {
  const later = laterOf(event);
  if (!later) return;
  if (event.detail.xhr.status >= 400) {
    event.detail.shouldSwap = false;
    event.preventDefault();
    sayFailed(later);
    return;
  }
  const before = later.contains(document.activeElement) ? later.previousElementSibling : null;
  if (before) document.addEventListener("htmx:afterSettle", () => focusAfter(before), { once: true });
}, true);
document.addEventListener("htmx:sendError", (event) => {
  const later = laterOf(event);
  if (!later) return;
  event.preventDefault();
  sayFailed(later);
}, true);

// Whoever waited for the rest with the keyboard goes on where it begins.
function focusAfter(before) {
  const begin = before.nextElementSibling;
  if (!begin) return;
  begin.tabIndex = -1;
  begin.focus({ preventScroll: true });
}

// What the address points at may come with the rest; else the reader's place is below what was there.
document.addEventListener("htmx:load", ({ detail }) => {
  if (detail.elt === document.body) return;
  const target = document.getElementById(location.hash.slice(1));
  if (target && detail.elt.contains(target)) target.scrollIntoView();
});
document.addEventListener("htmx:afterSettle", () => {
  if (!wanted || document.querySelector("[data-later][aria-busy]")) return;
  scrollTo({ top: wanted, behavior: "instant" });
  wanted = 0;
});
