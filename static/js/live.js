// Figures and lists that follow what happens: the page asks again by itself, and where something
// changed, only the parts that did are exchanged. Nobody's place is lost: focus, scrolling, what is
// unfolded and what is being typed stay.

const EVERY = 10_000;
const seen = new Map();
let asking = false;

const page = () => document.querySelector("#page[data-live-tag]");

const stops = (part) => [...part.querySelectorAll("a, button, summary, input, select, textarea, [tabindex]")];

// Where the focus is: in which row, and at which stop of it; a list may have grown above.
function placeOf(element, part) {
  const row = element.closest("[data-row]");
  return {
    row: row?.dataset.row,
    inRow: row ? stops(row).indexOf(element) : -1,
    stop: stops(part).indexOf(element),
  };
}

function stopAt({ row, inRow, stop }, part) {
  const same = row && part.querySelector(`[data-row="${CSS.escape(row)}"]`);
  return (same && stops(same)[inRow]) || stops(part)[stop];
}

function isTyping(part) {
  const focused = document.activeElement;
  return part.contains(focused) && focused.matches("input, select, textarea");
}

function exchange(part, fresh) {
  const details = [...part.querySelectorAll("details")].map((one) => one.open);
  const scrolled = [...part.querySelectorAll(".table-scroll")].map((one) => one.scrollTop);
  const focused = part.contains(document.activeElement) && placeOf(document.activeElement, part);
  part.replaceChildren(...fresh.childNodes);
  part.querySelectorAll("details").forEach((one, place) => { one.open = details[place] ?? one.open; });
  part.querySelectorAll(".table-scroll").forEach((one, place) => { one.scrollTop = scrolled[place] ?? 0; });
  part.dispatchEvent(new CustomEvent("live:changed", { bubbles: true }));
  window.htmx?.process(part);
  if (focused) stopAt(focused, part)?.focus({ preventScroll: true });
}

function take(text) {
  const fresh = new DOMParser().parseFromString(text, "text/html");
  if (!fresh.querySelector("#page[data-live-tag]")) return;
  // What is shown only until there is something to show is another page then.
  const passing = document.querySelector("[data-passing][id]");
  if (passing && !fresh.getElementById(passing.id)) {
    location.reload();
    return;
  }
  for (const part of document.querySelectorAll("[data-live][id]")) {
    const other = fresh.getElementById(part.id);
    if (!other) continue;
    const html = other.innerHTML;
    if (seen.get(part) === html || isTyping(part)) continue;
    const before = seen.get(part);
    seen.set(part, html);
    // The first answer is compared with what the server sent, before scripts drew into it.
    if (before === undefined && same(part, other)) continue;
    exchange(part, other);
  }
}

// Whether two parts say the same, whatever was drawn or unfolded in one of them.
function same(part, other) {
  const plain = (element) => {
    const copy = element.cloneNode(true);
    copy.querySelectorAll("[data-chart]").forEach((one) => one.replaceChildren());
    copy.querySelectorAll(".chart-said").forEach((one) => one.remove());
    return copy.textContent.replace(/\s+/g, " ").trim();
  };
  return plain(part) === plain(other);
}

function tick(moment) {
  if (!moment) return;
  // The moment stands below the headline and at the foot.
  for (const clock of document.querySelectorAll("#as-of time, #freshness time")) {
    clock.textContent = clock.textContent.replace(/\d\d:\d\d:\d\d/, moment);
  }
}

async function ask() {
  const here = page();
  if (!here || document.hidden || asking || document.querySelector(".htmx-request")) return;
  asking = true;
  const address = location.href.split("#")[0];
  const tag = here.dataset.liveTag;
  try {
    const answer = await fetch(address, {
      headers: { "X-Live": "1", "If-None-Match": tag },
      cache: "no-store",
      credentials: "same-origin",
    });
    if (address !== location.href.split("#")[0] || page() !== here) return;
    if (answer.status === 304) tick(answer.headers.get("X-As-Of"));
    else if (answer.ok && !answer.redirected) {
      take(await answer.text());
      here.dataset.liveTag = answer.headers.get("ETag") ?? "";
    } else if (answer.redirected) here.removeAttribute("data-live-tag");
  } catch {
    // The connection is lost for a while: the next time may succeed.
  } finally {
    asking = false;
  }
}

setInterval(ask, EVERY);
// Whoever comes back sees what happened meanwhile at once.
document.addEventListener("visibilitychange", () => { if (!document.hidden) ask(); });
