// How far a register is: asks for its own page every second while it is worked on, and opens it anew when it is done.
const EVERY_MS = 1000;

async function lookAgain() {
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (answer.redirected) return location.reload(); // signed out meanwhile
    if (answer.ok) {
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const said = page.getElementById("run");
      if (!said) return location.reload();
      const shown = document.getElementById("run");
      if (!shown.contains(document.activeElement)) shown.replaceWith(document.adoptNode(said));
    }
  } catch {
    // The server is away for a moment: it is asked again.
  }
  return setTimeout(lookAgain, EVERY_MS);
}

setTimeout(lookAgain, EVERY_MS);
