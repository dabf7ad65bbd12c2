// Single keys. They never fire where one types, with a modifier, or for whom they are switched off.

const CHORD = 1_500;
const TYPES = "input, textarea, select, [contenteditable]:not([contenteditable=false]), "
  + "[role=textbox], [role=combobox], [role=listbox], [role=menu], [role=slider], [role=tree], "
  + "[role=grid], [role=radiogroup], [role=spinbutton], [role=application]";
let lead = 0; // when g was pressed

const on = () => document.body.dataset.singleKeys === "on";

function isForUs(event) {
  if (!on() || event.defaultPrevented || event.isComposing || event.repeat && !/^[jk]$/.test(event.key)) return false;
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  if (document.querySelector("dialog[open]")) return false;
  return !event.target.closest?.(TYPES);
}

/* Lists: the selected row is the one that holds the focus, so that Enter and screen readers know it. */

const rows = () => [...document.querySelectorAll("[data-keys-list] [data-row], [data-keys-list] tbody > tr:not([data-row])")]
  .filter((row) => row.checkVisibility() && row.querySelector("a[href]"));
const selected = () => document.activeElement?.closest?.("[data-row], [data-keys-list] tbody > tr");

function move(step) {
  const all = rows();
  if (!all.length) return false;
  const place = all.indexOf(selected());
  const next = place < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(place + step, 0), all.length - 1);
  const link = all[next].querySelector("a[href]");
  link.focus({ preventScroll: true });
  all[next].scrollIntoView({ block: "nearest" });
  return true;
}

function outcome() {
  const row = selected();
  const place = row?.dataset.outcome ? row : document.querySelector("#page > [data-outcome], #page[data-outcome]");
  if (place) {
    window.promiseGapDesk.openSheet(place.dataset.outcome);
    return true;
  }
  // Nothing is selected yet: o takes the first, so that it is seen before anything is recorded.
  return !row && Boolean(document.querySelector("[data-keys-list] [data-outcome]")) && move(1);
}

function search() {
  const field = [...document.querySelectorAll("[data-search]")].find((one) => one.checkVisibility());
  if (field) field.focus();
  else window.promiseGapPalette.open();
  return true;
}

function go(letter) {
  const link = document.querySelector(`[data-key="g ${letter}"]`);
  if (!link) return false;
  location.assign(link.href);
  return true;
}

/* The period: d, w, m, q and y, where the page offers it. */

const PERIODS = { d: "1d", w: "7d", m: "28d", q: "90d", y: "365d" };

function period(letter) {
  const link = document.getElementById(`period-${PERIODS[letter]}`);
  link?.click();
  return Boolean(link);
}

const data = document.body.dataset;
const DOES = {
  ...Object.fromEntries(Object.keys(PERIODS).map((letter) => [letter, () => period(letter)])),
  j: () => move(1),
  k: () => move(-1),
  o: outcome,
  c: () => { window.promiseGapDesk.openSheet(data.newUrl); return true; },
  u: () => window.promiseGapDesk.undo(),
  "/": search,
  "?": () => { window.promiseGapDesk.openSheet(data.keysUrl); return true; },
};

document.addEventListener("keydown", (event) => {
  if (!data.newUrl || !isForUs(event)) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (key === "g" && !event.shiftKey) {
    lead = event.timeStamp;
    event.preventDefault();
    return;
  }
  const led = lead && event.timeStamp - lead < CHORD;
  lead = 0;
  const does = led ? () => go(key) : DOES[key];
  if (does && (!event.shiftKey || key === "?" || key === "/") && does()) event.preventDefault();
});
