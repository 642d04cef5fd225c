// Forms that tell the daemon something: <form data-post="/api/v1/…" data-may="…" data-failed="…" hidden> with an <output> for what is
// refused. Its fields are posted as one JSON object, a button's own data-post instead of the form's; "said" bubbles from its dialog, else the
// form, once it is written: the stream may have put another form in its place meanwhile. What is fetched is the same for everybody: who looks is asked of the daemon beside it, and only then forms are shown and filled.
"use strict";
const forms = (() => {
  const answer = async (url) => {
    const answered = await fetch(url);
    if (!answered.ok) throw new Error(answered.status);
    return answered;
  };
  // Who can't be told apart may read and no more.
  const visitor = () => answer("/api/v1/me").then((answered) => answered.json()).catch(() => ({ name: "", may: [] }));

  // Return a piece of a page, ready to be shown to this visitor: nothing in it moves or appears later.
  async function piece(path) {
    const [answered, { name, may }] = await Promise.all([answer(`${path}?lang=${document.documentElement.lang}`), visitor()]);
    const made = document.createElement("template");
    made.innerHTML = await answered.text();
    for (const form of made.content.querySelectorAll("form[data-may]")) {
      form.hidden = !may.includes(form.dataset.may);
      for (const by of form.querySelectorAll('[name="by"]')) by.value = name;
    }
    return made.content;
  }
  // Return what shows a piece in a dialog. isAnew: as news of what it shows already; whoever closed it meanwhile keeps it closed.
  const dialog = (card, pathOf, failed) => async (id, isAnew = false) => {
    // What is being typed outlives a card that is drawn anew.
    const form = card.dataset.id === id && card.open ? card.querySelector(".say") : null;
    const typed = form ? [...form.querySelectorAll("input")].map((input) => [input.name, input.value, input === document.activeElement]) : [];
    card.dataset.id = id;
    const made = await piece(pathOf(id)).catch(() => failed);
    if (card.dataset.id !== id || (isAnew && !card.open)) return;
    card.replaceChildren(made);
    for (const [name, value, isActive] of typed) {
      const input = card.querySelector(`.say [name="${name}"]`);
      if (input) { input.value = value; if (isActive) input.focus(); }
    }
    if (!card.open) card.showModal();
  };
  return { dialog };
})();
document.addEventListener("submit", async (event) => {
  const form = event.target.closest("form[data-post]");
  if (!form) return;
  event.preventDefault();
  const told = form.querySelector("output");
  const heard = form.closest("dialog") ?? form;
  const buttons = form.querySelectorAll("button");
  const url = event.submitter?.dataset.post ?? form.dataset.post;
  const body = JSON.stringify(Object.fromEntries(new FormData(form)));
  for (const button of buttons) button.disabled = true;
  told.textContent = "";
  try {
    const headers = { "Content-Type": "application/json" };
    const answer = await fetch(`${url}?lang=${document.documentElement.lang}`, { method: "POST", headers, body });
    const said = await answer.json();
    if (answer.ok) heard.dispatchEvent(new CustomEvent("said", { bubbles: true, detail: said }));
    else told.textContent = [said.error, said.cure].filter(Boolean).join(". ");
  } catch { told.textContent = form.dataset.failed; }
  for (const button of buttons) button.disabled = false;
});
