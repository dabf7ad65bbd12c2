// The API's page: what the address names is unfolded. Without scripts one unfolds it oneself.

function unfold() {
  const name = decodeURIComponent(location.hash.slice(1));
  document.getElementById(name)?.querySelector("details.docs-more")?.setAttribute("open", "");
}

window.addEventListener("hashchange", unfold);
unfold();
