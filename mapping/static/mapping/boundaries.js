// A file that the server would refuse for its size is not sent: the line may be slow, and the answer lost on it.
const form = document.querySelector("form[data-most-mb]");
const said = document.getElementById("too-large");

form?.addEventListener("change", check);
form?.addEventListener("submit", (event) => {
  if (check()) event.preventDefault();
}, { capture: true });

function check() {
  const file = form.querySelector("input[type=file]").files[0];
  const over = Boolean(file) && file.size > form.dataset.mostMb * 1024 * 1024;
  said.textContent = over ? form.dataset.tooLarge : "";
  said.hidden = !over;
  return over;
}
