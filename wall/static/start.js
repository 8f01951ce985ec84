/* The five questions: the time zone and the languages that this browser has, proposed where nobody chose yet.
   Everything works without. */
(function () {
  "use strict";

  function propose(id, value) {
    var field = document.getElementById(id);
    if (!field || !value || field.value !== field.defaultValue) return;
    field.value = value;
    show(field);
  }

  function show(field) {
    var shown = document.querySelector('[data-shows="' + field.id + '"]');
    if (shown) shown.textContent = field.value;
  }

  function languages() {
    var known = {};
    (navigator.languages || []).slice(0, 3).forEach(function (tag) {
      known[tag.slice(0, 2).toLowerCase()] = true;
    });
    return Object.keys(known).join(" ");
  }

  ["zone", "languages"].forEach(function (id) {
    var field = document.getElementById(id);
    if (field) field.addEventListener("input", function () { show(field); });
  });
  if (document.getElementById("zone") && !document.querySelector(".wrong, .advice")) {
    propose("zone", Intl.DateTimeFormat().resolvedOptions().timeZone);
    propose("languages", languages());
  }
  var starts = document.getElementById("starts_on");
  var ends = document.getElementById("ends_on");
  if (starts && ends) {
    starts.addEventListener("change", function () {
      if (!ends.value || ends.value < starts.value) ends.value = starts.value;
      ends.min = starts.value;
    });
  }
})();
