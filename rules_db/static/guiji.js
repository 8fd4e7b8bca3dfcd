/* Small comforts: filters apply when chosen, "/" goes to the search box, citations can be copied. Pages work without. */
"use strict";
document.querySelectorAll("button.copy").forEach(function (button) {
  if (!navigator.clipboard) return;
  button.hidden = false;
  button.addEventListener("click", function () {
    var source = document.getElementById(button.dataset.copy);
    navigator.clipboard.writeText(source.textContent.trim()).then(function () {
      button.textContent = button.dataset.done;
    });
  });
});
document.querySelectorAll(".filters select, .filters input").forEach(function (control) {
  control.addEventListener("change", function () {
    if (control.form.q && control.form.q.value.trim()) control.form.requestSubmit();
  });
});
// Datasette's own forms leave some controls without a name
document.querySelectorAll(".data-page form :is(select, input, textarea):not([type=hidden], [type=submit])").forEach(function (control) {
  if (!control.labels.length && !control.getAttribute("aria-label")) {
    control.setAttribute("aria-label", (control.name || control.id || "value").replace(/_/g, " ").trim());
  }
});
document.addEventListener("keydown", function (event) {
  var box = document.getElementById("q");
  var typing = /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName);
  if (event.key === "/" && box && !typing && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    box.focus();
    box.select();
  }
});
