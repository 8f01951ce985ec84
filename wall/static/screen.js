/* The page of a display that waits: asks whether it was paired, and only then loads anew, so that it outlives
   a network that is away. Plain old script, because televisions are old; without any, the page refreshes. */
(function () {
  "use strict";
  var main = document.querySelector("main");
  var seconds = Number(main.getAttribute("data-seconds"));
  var waits = main.getAttribute("data-code") !== "";

  function later() {
    window.setTimeout(ask, seconds * 1000);
  }

  function ask() {
    var request = new XMLHttpRequest();
    request.open("GET", "/api/v1/screen");
    request.timeout = 10000;
    request.onload = function () {
      var state = null;
      try {
        state = JSON.parse(request.responseText).state;
      } catch (problem) {
        state = null;
      }
      if (state && (state !== "waiting" || !waits)) {
        window.location.reload();
      } else {
        later();
      }
    };
    request.onerror = later;
    request.ontimeout = later;
    request.send();
  }

  later();
})();
