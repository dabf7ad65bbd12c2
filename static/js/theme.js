// Sets light or dark before anything is painted; runs in the head, hence small and not a module.
(() => {
  const KEY = "promisegap-theme";
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const paper = window.matchMedia("print");

  function chosen() {
    // Whoever keeps it with their account has the same everywhere.
    const kept = document.documentElement.dataset.themePreference;
    if (kept) return kept;
    try {
      return localStorage.getItem(KEY) || "system";
    } catch {
      return "system"; // storage may be refused
    }
  }

  function apply() {
    const seen = chosen() === "system" ? (dark.matches ? "dark" : "light") : chosen();
    const theme = paper.matches ? "light" : seen; // paper is white
    document.documentElement.setAttribute("data-bs-theme", theme);
    document.dispatchEvent(new CustomEvent("themechange"));
  }

  window.promiseGapTheme = {
    chosen,
    choose(choice) {
      const page = document.documentElement.dataset;
      if (page.themePreference) page.themePreference = choice;
      try {
        localStorage.setItem(KEY, choice);
      } catch {
        // without storage the choice holds for this page only
      }
      apply();
    },
  };
  dark.addEventListener("change", apply);
  paper.addEventListener("change", apply);
  apply();
})();
