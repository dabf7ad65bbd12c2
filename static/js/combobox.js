// A text field with a list of options that the server finds while one types (the ARIA combobox).

// Long enough that a quick typist asks once, short enough that nobody notices.
const PAUSE = 120;

// `address` gives the address of the options for a text, `chosen` takes the option that was chosen,
// `shown` hears how many there are. The list stays open where `stays` says so.
window.promiseGapCombobox = (input, list, { address, chosen, shown = () => {}, stays = false }) => {
  let active = null;
  let timer = 0;
  let asking = null;
  let wanted = false; // Enter came before the answer

  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-expanded", "false");
  input.setAttribute("aria-controls", list.id);

  const options = () => [...list.querySelectorAll("[role=option]")];

  function activate(option) {
    active?.setAttribute("aria-selected", "false");
    active = option ?? null;
    if (!active) {
      input.removeAttribute("aria-activedescendant");
      return;
    }
    active.setAttribute("aria-selected", "true");
    input.setAttribute("aria-activedescendant", active.id);
    active.scrollIntoView({ block: "nearest" });
  }

  function show(open) {
    list.hidden = !open && !stays;
    input.setAttribute("aria-expanded", String(open && options().length > 0));
    if (!open) activate(null);
  }

  function choose(option) {
    if (!option) return;
    wanted = false;
    forget();
    show(false);
    chosen(option);
  }

  function forget() {
    clearTimeout(timer);
    timer = 0;
    asking?.abort();
    asking = null;
  }

  async function ask() {
    timer = 0;
    const mine = new AbortController();
    asking = mine;
    try {
      const answer = await fetch(address(input.value.trim()), {
        headers: { "X-Fragment": "1" },
        signal: mine.signal,
      });
      // Signed out meanwhile, or an error: no list is better than a wrong one.
      if (!answer.ok || answer.redirected) return;
      list.innerHTML = await answer.text();
    } catch {
      return; // asked for something newer, or no connection: the field stays a text field
    } finally {
      if (asking === mine) asking = null;
    }
    active = null;
    show(true);
    const first = options()[0];
    // What makes something new is never chosen by accident.
    activate(first?.hasAttribute("data-new-customer") ? null : first);
    shown(options().length);
    if (wanted) choose(active);
    wanted = false;
  }

  input.addEventListener("input", () => {
    forget();
    wanted = false;
    if (!input.value.trim() && !stays) {
      list.innerHTML = "";
      show(false);
      return;
    }
    timer = setTimeout(ask, PAUSE);
  });

  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const open = input.getAttribute("aria-expanded") === "true";
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      if (!open) {
        if (input.value.trim() || stays) ask();
        return;
      }
      const all = options();
      const place = all.indexOf(active);
      activate(all[place < 0 && step < 0 ? all.length - 1 : (place + step + all.length) % all.length]);
    } else if (event.key === "Enter" && (timer || asking)) {
      event.preventDefault();
      wanted = true;
    } else if (event.key === "Enter" && open) {
      event.preventDefault();
      choose(active);
    } else if (event.key === "Escape" && open && !stays) {
      event.preventDefault();
      event.stopPropagation();
      show(false);
    } else if (event.key === "Tab" && open && active && !stays) {
      choose(active);
    }
  });

  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => choose(event.target.closest("[role=option]")));
  input.addEventListener("blur", () => {
    if (!stays) show(false);
  });

  return { ask, forget };
};
