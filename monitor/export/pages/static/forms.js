// Forms that tell the daemon something: <form data-post="/api/v1/…" data-failed="…"> with an <output> for what is refused. Its fields
// are posted as one JSON object, a button's own data-post instead of the form's; "said" bubbles from the form once it is written.
"use strict";
document.addEventListener("submit", async (event) => {
  const form = event.target.closest("form[data-post]");
  if (!form) return;
  event.preventDefault();
  const told = form.querySelector("output");
  const buttons = form.querySelectorAll("button");
  const url = event.submitter?.dataset.post ?? form.dataset.post;
  const body = JSON.stringify(Object.fromEntries(new FormData(form)));
  for (const button of buttons) button.disabled = true;
  told.textContent = "";
  try {
    const headers = { "Content-Type": "application/json" };
    const answer = await fetch(`${url}?lang=${document.documentElement.lang}`, { method: "POST", headers, body });
    const said = await answer.json();
    if (answer.ok) form.dispatchEvent(new CustomEvent("said", { bubbles: true, detail: said }));
    else told.textContent = [said.error, said.cure].filter(Boolean).join(". ");
  } catch { told.textContent = form.dataset.failed; }
  for (const button of buttons) button.disabled = false;
});
