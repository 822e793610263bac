// Goes on with a verification that one request did not finish; without scripts somebody presses the button again.
const form = document.querySelector("form[data-continue]");

if (form) form.requestSubmit();
