// How far a run is: asks for its own page every two seconds while it is unfinished, and shows what that says.
const EVERY_MS = 2000;

async function lookAgain() {
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (answer.redirected) return location.reload(); // signed out meanwhile
    if (answer.ok) {
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const said = page.getElementById("run");
      const shown = document.getElementById("run");
      if (said && !shown.contains(document.activeElement)) shown.replaceWith(document.adoptNode(said));
    }
  } catch {
    // The server is away for a moment: it is asked again.
  }
  return next();
}

function next() {
  if (document.getElementById("run").hasAttribute("data-unfinished")) setTimeout(lookAgain, EVERY_MS);
}

next();
