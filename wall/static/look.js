/* The page of an event's own look: colours to pick beside those to type, and what they would make of the
   samples and of a wall, before anything is saved. Everything works without. */
(function () {
  "use strict";
  var SOON_MS = 250;
  var form = document.querySelector(".look-form");
  var frame = document.querySelector(".preview iframe");
  if (!form || !frame) return;
  var slug = form.dataset.look;
  var timer = 0;

  /** What is typed, as the address of a try. */
  function query() {
    var asked = new URLSearchParams();
    form.querySelectorAll(".colour input[type=text]").forEach(function (field) {
      if (field.value.trim()) asked.set(field.name, field.value.trim());
    });
    if (form.elements.variable.checked) asked.set("variable", "on");
    return asked.toString();
  }

  function show() {
    var asked = query();
    var sheet = document.getElementById("try");
    var next = sheet.cloneNode();
    next.href = "/look/" + slug + "/try.css?" + asked;
    // The old sheet stays until the new one is there: nothing flashes.
    next.onload = next.onerror = function () { sheet.remove(); };
    sheet.removeAttribute("id");
    sheet.after(next);
    tell(asked);
  }

  function tell(asked) {
    frame.contentWindow.postMessage({ type: "look", query: asked }, location.origin);
  }

  function soon() {
    clearTimeout(timer);
    timer = setTimeout(show, SOON_MS);
  }

  function picker(field) {
    var pick = document.createElement("input");
    pick.type = "color";
    pick.setAttribute("aria-label", form.dataset.pick + ": " + field.labels[0].textContent);
    var follow = function () {
      var typed = field.value.trim();
      pick.value = /^#[0-9a-f]{6}$/i.test(typed) ? typed : field.placeholder;
    };
    pick.addEventListener("input", function () { field.value = pick.value; });
    field.addEventListener("input", follow);
    follow();
    field.after(pick);
  }

  form.querySelectorAll(".colour input[type=text]").forEach(picker);
  form.addEventListener("input", soon);
  frame.addEventListener("load", function () { tell(query()); });
  document.querySelector("[data-themes]").addEventListener("click", function (event) {
    var link = event.target.closest("a");
    if (!link || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    frame.src = link.href;
  });
})();
