document.getElementById("print-page").addEventListener("click", () => print());
