// Logging a promise or an outcome from anywhere: a dialog, one event, a toast that takes it back.

const sheet = document.getElementById("sheet");
const toasts = document.getElementById("toasts");
// A request that takes longer was lost; it may be sent again, its key is the same.
const PATIENCE = 10_000;
const WAITS = [1_000, 2_000, 4_000, 8_000];
const TOAST = 10_000;
const PROPOSAL_PAUSE = 250;

const sleep = (time) => new Promise((done) => { setTimeout(done, time); });
const FRAGMENT = { "X-Fragment": "1" };

/* The dialog */

async function openSheet(address) {
  if (sheet.open) return;
  if (sheet.dataset.address === address && hasWords()) {
    sheet.showModal(); // closed by accident: the words are still there
    return;
  }
  let answer;
  try {
    answer = await fetch(address, { headers: FRAGMENT });
  } catch {
    answer = null;
  }
  if (!answer?.ok || answer.redirected) {
    location.assign(address);
    return;
  }
  fill(await answer.text());
  sheet.dataset.address = address;
  if (!sheet.open) sheet.showModal();
  focusFirst(sheet);
}

function hasWords() {
  return Boolean(sheet.querySelector("[data-promise-form] [name=said]")?.value.trim());
}

function fill(html) {
  const body = sheet.querySelector(".sheet-body");
  body.innerHTML = html;
  sheet.querySelector("#sheet-title").textContent = body.querySelector("[data-title]")?.dataset.title ?? "";
  wire(body);
}

function focusFirst(root) {
  // Without a team nothing can be logged, whatever else is wrong.
  const first = root.querySelector("[data-refused][data-no-team], [data-refused] [data-no-team]")
    ?? root.querySelector("[aria-invalid=true]")
    ?? root.querySelector("[autofocus]")
    ?? root.querySelector("[type=radio]:checked")
    ?? root.querySelector("textarea, input:not([type=hidden]), a[href]");
  first?.focus();
}

sheet?.addEventListener("click", (event) => {
  if (event.target === sheet || event.target.closest("[data-close]")) sheet.close();
});

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-dialog]");
  if (!link || !sheet || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  openSheet(link.href);
});

/* Sending */

function token() {
  return /(?:^|; )(?:__Host-)?csrftoken=([^;]+)/.exec(document.cookie)?.[1];
}

async function post(form) {
  const body = new URLSearchParams(new FormData(form));
  // Whoever signed in again in another tab has a new token.
  if (token()) body.set("csrfmiddlewaretoken", token());
  return fetch(form.action, {
    method: "POST", body, headers: FRAGMENT, signal: AbortSignal.timeout(PATIENCE),
  });
}

function say(form, text) {
  const place = form.querySelector("[data-fault]");
  if (!place) {
    if (text) toast(text, { plain: true });
    return;
  }
  place.hidden = !text;
  place.textContent = text;
}

// The same form again and again, until there is an answer: its key makes one event of them.
async function persist(form) {
  for (const wait of [...WAITS, 0]) {
    try {
      const answer = await post(form);
      if (![502, 503, 504].includes(answer.status)) return answer;
    } catch {
      // No connection, or no answer in time.
    }
    if (!wait) break;
    say(form, sheet.dataset.lost);
    await sleep(wait);
  }
  return null;
}

async function send(form) {
  if (form.dataset.busy) return;
  form.dataset.busy = "1";
  const button = form.querySelector("[type=submit]");
  button?.setAttribute("aria-disabled", "true");
  const answer = await persist(form);
  delete form.dataset.busy;
  button?.removeAttribute("aria-disabled");
  await receive(form, answer);
}

async function receive(form, answer) {
  if (!answer || answer.status >= 500) {
    say(form, sheet.dataset.notSent);
  } else if (answer.redirected || answer.status === 403) {
    say(form, sheet.dataset.signedOut);
  } else if (answer.status === 404) {
    say(form, sheet.dataset.gone);
  } else if (answer.headers.get("X-Done")) {
    isDone(form, await answer.text());
  } else {
    const html = await answer.text();
    if (sheet.contains(form)) {
      fill(html);
      focusFirst(sheet);
    } else {
      const place = form.parentElement;
      place.innerHTML = html;
      wire(place);
      focusFirst(place);
    }
  }
}

function isDone(form, html) {
  const onItsPage = Boolean(form.closest(".sheet-page"));
  say(form, "");
  if (sheet.contains(form)) {
    delete sheet.dataset.address;
    sheet.close();
    sheet.querySelector(".sheet-body").replaceChildren();
  }
  const line = toast(html);
  if (onItsPage) location.assign(`${document.body.dataset.deskUrl}?done=${line.dataset.promise ?? ""}`);
  else refresh();
}

document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-send]");
  if (!form || !sheet) return;
  event.preventDefault();
  if (form.proposing) form.proposing(); // not what nobody has seen
  else send(form);
});

/* What was recorded, and taking it back */

function toast(content, { plain = false } = {}) {
  const place = document.createElement("div");
  place.className = "toast-place";
  if (plain) {
    const line = document.createElement("div");
    line.className = "toast-line";
    line.textContent = content;
    place.append(line);
  } else {
    place.innerHTML = content;
  }
  toasts.replaceChildren(place);
  let left = 0;
  const stop = () => clearTimeout(left);
  const start = () => {
    stop();
    // What holds the focus or the pointer stays: it goes once both have left.
    if (place.matches(":hover, :focus-within")) return;
    left = setTimeout(() => place.remove(), TOAST);
  };
  for (const name of ["mouseenter", "focusin"]) place.addEventListener(name, stop);
  // Where the focus goes is known only once it has left.
  for (const name of ["mouseleave", "focusout"]) place.addEventListener(name, () => setTimeout(start));
  start();
  return place.firstElementChild ?? place;
}

function undo() {
  const form = toasts.querySelector("form[data-undo]");
  if (form) form.requestSubmit();
  return Boolean(form);
}

// The lists of this page, anew; the reader stays where they were.
function refresh() {
  const page = document.getElementById("page");
  if (!page?.matches("[data-refresh], :has([data-outcome])") || !window.htmx) return;
  const rows = [...page.querySelectorAll("[data-row]")];
  const place = rows.findIndex((row) => row.contains(document.activeElement));
  document.addEventListener("htmx:afterSettle", () => {
    if (place < 0 || document.activeElement !== document.body) return;
    const now = document.querySelectorAll("#page [data-row]");
    now[Math.min(place, now.length - 1)]?.querySelector("a")?.focus({ preventScroll: true });
  }, { once: true });
  window.htmx.ajax("GET", location.href, {
    source: page, target: page, select: "#page", swap: "outerHTML",
  });
}

/* A promise that was just given */

function wirePromise(form) {
  const field = (name) => form.elements[name];
  const proposed = ["kind", "due_date", "due_time", "target", "comparator", "unit", "scale"];
  const place = form.querySelector(".proposal-place");
  const quality = form.querySelector("[data-quality]");
  const shown = place.querySelector(".proposal")?.dataset ?? {};
  // What somebody filled in themselves is never overwritten.
  const own = new Set(proposed.filter((name) => field(name).value
    && name !== "comparator" && field(name).value !== shown[name]));
  let timer = 0;

  // How such promises were kept so far, for the kind, the team and the date that stand in the form.
  const advice = form.querySelector("[data-advice-url]");
  let advised = "";
  async function advise() {
    const day = field("due_date").value;
    const at = field("due_time").value;
    const asked = new URLSearchParams({
      kind: field("kind").value,
      team: field("team").value,
      due_at: day && at ? `${day}T${at.slice(0, 5)}` : day,
    }).toString();
    if (asked === advised) return;
    advised = asked;
    if (!field("kind").value) {
      advice.replaceChildren();
      return;
    }
    try {
      const answer = await fetch(`${advice.dataset.adviceUrl}?${asked}`, { headers: FRAGMENT });
      if (answer.ok && !answer.redirected && asked === advised) advice.innerHTML = await answer.text();
    } catch {
      advised = ""; // a hint, no more: the next change asks again
    }
  }

  const showQuality = () => { quality.hidden = field("kind").value !== "quality"; };

  function apply(data) {
    for (const name of proposed) {
      // What is left at another target is for the server to say.
      if (own.has(name) || (name === "scale" && own.has("target"))) continue;
      field(name).value = data[name] ?? (name === "comparator" ? ">=" : "");
      field(name).classList.toggle("is-proposed", Boolean(data[name]));
    }
    field("reckoned").value = data.reckoned ?? "";
    showQuality();
    advise();
  }

  async function propose() {
    clearTimeout(timer);
    timer = 0;
    const said = field("said").value;
    const address = new URL(form.dataset.proposalUrl, location.href);
    address.searchParams.set("said", said.slice(0, 800));
    if (field("reckon_by")?.value) address.searchParams.set("by", field("reckon_by").value);
    if (field("team").value) address.searchParams.set("team", field("team").value);
    try {
      const answer = await fetch(address, { headers: FRAGMENT });
      if (!answer.ok || answer.redirected || said !== field("said").value) return;
      place.innerHTML = await answer.text();
      apply(place.querySelector(".proposal").dataset);
    } catch {
      // Nothing is proposed: the fields are filled in by hand.
    }
  }

  // Show what is proposed, and go to what is to be confirmed.
  async function goOn() {
    form.proposing = goOn;
    await propose();
    form.proposing = null;
    const next = ["kind", "due_date", "team"].map(field).find((one) => !one.value);
    const missing = next?.type === "hidden" ? form.querySelector("[data-no-team]") : next;
    (missing ?? form.querySelector("[type=submit]")).focus();
  }

  field("said").addEventListener("input", () => {
    clearTimeout(timer);
    form.proposing = goOn;
    timer = setTimeout(async () => {
      await propose();
      form.proposing = null;
    }, PROPOSAL_PAUSE);
  });
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      form.requestSubmit();
    } else if (event.target === field("said") && !event.shiftKey) {
      event.preventDefault();
      goOn();
    }
  });
  form.addEventListener("input", (event) => {
    if (!proposed.includes(event.target.name)) return;
    own.add(event.target.name);
    event.target.classList.remove("is-proposed");
    if (event.target.name === "target" && !own.has("scale")) {
      field("scale").value = "";
      field("scale").classList.remove("is-proposed");
    }
    showQuality();
  });
  form.addEventListener("change", (event) => {
    if (event.target.name === "reckon_by") {
      // Whoever chooses it wants its date.
      for (const name of ["kind", "due_date", "due_time"]) own.delete(name);
      propose();
    }
    if (event.target.name === "team" && field("said").value.trim()) propose(); // it is named there
    if (["kind", "due_date", "due_time", "team"].includes(event.target.name)) advise();
  });
  wireCustomer(form);
  showQuality();
  advise();
}

function wireCustomer(form) {
  const box = form.querySelector("[data-combobox]");
  const input = form.elements.customer;
  const isNew = form.elements.is_new;
  const hidden = box.querySelector("[data-chosen]");
  const fresh = box.querySelector("[data-new]");
  const showNew = () => { fresh.hidden = !isNew.checked && fresh.hasAttribute("data-asked-by-script"); };
  showNew();
  input.addEventListener("input", () => {
    if (hidden) hidden.value = "";
    box.querySelector("[data-hits]")?.remove();
    isNew.checked = false;
    showNew();
  });
  window.promiseGapCombobox(input, box.querySelector("[role=listbox]"), {
    address: (typed) => `${box.dataset.combobox}?q=${encodeURIComponent(typed)}`,
    chosen(option) {
      const makes = option.hasAttribute("data-new-customer");
      input.value = option.dataset.text;
      box.querySelector("[data-hits]")?.remove();
      let place = hidden;
      if (!place?.isConnected) {
        place = box.querySelector("[data-chosen]") ?? box.appendChild(Object.assign(
          document.createElement("input"), { type: "hidden", name: "customer_id" }));
        place.dataset.chosen = "";
      }
      place.value = makes ? "" : option.dataset.value;
      isNew.checked = makes;
      showNew();
      input.removeAttribute("aria-invalid");
      input.classList.remove("is-invalid");
      (makes ? form.elements.new_id : form.elements.said).focus();
    },
  });
}

/* What came of it */

function wireOutcome(form) {
  const radios = [...form.querySelectorAll("[name=outcome]")];
  const when = form.querySelector("[data-when]");
  if (!radios.length) return;

  function show(moves) {
    const name = radios.find((radio) => radio.checked)?.value;
    for (const part of form.querySelectorAll("[data-for]")) part.hidden = part.dataset.for !== name;
    const at = form.elements.occurred_at;
    const needs = when.dataset.whenFor === name;
    if (needs) {
      when.open = true;
      at.value ||= when.dataset.whenValue ?? "";
    } else if (at.value === when.dataset.whenValue) {
      at.value = "";
    }
    if (!moves) return;
    const field = form.querySelector(`[data-for="${name}"] input`) ?? (needs ? at : null);
    (field ?? radios.find((radio) => radio.checked)).focus();
  }

  form.addEventListener("change", (event) => {
    if (event.target.name === "outcome") show(false);
  });
  form.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.matches("input:not([type=radio]), textarea, select")) return;
    const radio = radios.find((one) => one.dataset.letter === event.key.toLowerCase());
    if (!radio || document.body.dataset.singleKeys === "off") return;
    event.preventDefault();
    radio.checked = true;
    show(true);
  });
  const invalid = form.querySelector("[aria-invalid=true]");
  show(false);
  if (!invalid && form.querySelector('[data-for="measured"]:not([hidden]) input')) {
    form.querySelector('[data-for="measured"] input').autofocus = true;
    radios.find((radio) => radio.checked).removeAttribute("autofocus");
  }
}

function wire(root) {
  root.querySelectorAll("form[data-promise-form]").forEach(wirePromise);
  root.querySelectorAll("form[data-outcome-form]").forEach(wireOutcome);
}

if (sheet) wire(document);

window.promiseGapDesk = { openSheet, undo };
