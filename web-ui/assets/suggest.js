// Suggestions while somebody types in the search field: a combobox with a list, as the ARIA Authoring Practices have it.
// Without this script the field is a plain form, and it stays one: Enter without a choice sends it.

const WAIT_MS = 150;
const SHORTEST = 2;

for (const form of document.querySelectorAll("form[data-suggestions]")) suggest(form);

function suggest(form) {
  const { suggestions: address, suggestionsLabel: label, suggestionsCount: counted } = form.dataset;
  const input = form.elements.q;
  const list = Object.assign(document.createElement("ul"), { id: "suggestions", hidden: true });
  const said = Object.assign(document.createElement("p"), { className: "unseen" });
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", label);
  said.setAttribute("role", "status");
  form.append(list, said);
  for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-controls", list.id], ["aria-expanded", "false"]]) {
    input.setAttribute(name, value);
  }

  let timer;
  let asking;
  let chosen = -1;

  const choose = (place) => {
    list.children[chosen]?.setAttribute("aria-selected", "false");
    chosen = place;
    const option = list.children[chosen];
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
    if (option) input.setAttribute("aria-activedescendant", option.id);
    else input.removeAttribute("aria-activedescendant");
  };
  const show = (found) => {
    choose(-1);
    list.replaceChildren(...found.map(option));
    list.hidden = found.length === 0;
    input.setAttribute("aria-expanded", String(!list.hidden));
  };
  const close = () => {
    clearTimeout(timer);
    asking?.abort();
    show([]);
    said.textContent = "";
  };
  const ask = async () => {
    asking?.abort();
    asking = new AbortController();
    const { signal } = asking;
    const question = input.value.trim();
    if (question.length < SHORTEST) return close();
    try {
      const answer = await fetch(`${address}&q=${encodeURIComponent(input.value)}`, { signal });
      if (!answer.ok) return close();
      const { suggestions } = await answer.json();
      if (signal.aborted || document.activeElement !== input) return;
      show(suggestions);
      said.textContent = `${counted} ${suggestions.length}`;
    } catch {
      // No line, or another letter was typed: the form still works.
      if (!signal.aborted) close();
    }
  };

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT_MS);
  });
  input.addEventListener("keydown", (event) => {
    const last = list.children.length - 1;
    if (event.isComposing) return;
    if (event.key === "Escape" && !list.hidden) {
      // Once closes the list; once more empties the field, as the browser does by itself.
      event.preventDefault();
      close();
    } else if (event.key === "ArrowDown") {
      event.preventDefault();
      if (list.hidden) ask();
      else choose(chosen === last ? -1 : chosen + 1);
    } else if (event.key === "ArrowUp" && !list.hidden) {
      event.preventDefault();
      choose(chosen === -1 ? last : chosen - 1);
    } else if (event.key === "Enter" && chosen !== -1) {
      event.preventDefault();
      location.assign(list.children[chosen].dataset.address);
    }
  });
  form.addEventListener("submit", close);
  input.addEventListener("blur", close);
  // A press must not take the focus from the field, or the list would be gone before it is over.
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) location.assign(option.dataset.address);
  });

  function option({ title, label: kind, url }, place) {
    const item = Object.assign(document.createElement("li"), { id: `suggestion-${place}` });
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", "false");
    item.dataset.address = url;
    const words = Object.assign(document.createElement("span"), { textContent: title, dir: "auto" });
    item.append(words, " ", Object.assign(document.createElement("small"), { textContent: kind }));
    return item;
  }
}
