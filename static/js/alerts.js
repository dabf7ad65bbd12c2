// A rule's form shows only the fields that its choices need; without this script it shows all.

const form = document.querySelector(".rule-form");
const fieldOf = (name) => form.querySelector(`[data-field="${name}"]`);

function show() {
  const audience = form.elements.audience.value;
  for (const name of ["team", "role", "person"]) fieldOf(name).hidden = name !== audience;
  const over = form.querySelector('[name="thresholds"][value="over"]');
  fieldOf("days_over").hidden = !over.checked;
}

form.addEventListener("change", show);
show();
