// Shows the principal's telephone in its place, as links that dial. Without scripts the same form opens a page.
for (const form of document.querySelectorAll("form[data-phone]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button");
    button.disabled = true;
    try {
      const numbers = await revealed(form);
      const shown = document.createElement("span");
      for (const number of numbers) shown.append(link(number), " ");
      form.previousElementSibling.remove();
      form.replaceWith(shown);
      shown.querySelector("a")?.focus();
    } catch {
      form.submit(); // the page says what is wrong, or to sign in again
    }
  });
}

async function revealed(form) {
  const answer = await fetch(form.action, {
    method: "POST",
    body: new FormData(form),
    headers: { Accept: "application/json" },
    redirect: "error",
  });
  if (!answer.ok) throw new Error(String(answer.status));
  return (await answer.json()).numbers;
}

function link({ text, tel }) {
  const dialled = document.createElement("a");
  dialled.href = `tel:${tel}`;
  dialled.textContent = text;
  return dialled;
}
