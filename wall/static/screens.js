/* Pages of screens and scenes: centimetres beside inches, a look every few seconds at how screens are, and the
   scene that is being edited in the preview. Everything works without; nobody's typing is ever replaced. */
(function () {
  "use strict";
  var EVERY_MS = 5000;
  var INCH_CM = 2.54;

  function centimetres() {
    var field = document.getElementById("diagonal_in");
    var shown = document.querySelector("output.cm");
    if (!field || !shown) return;
    var show = function () {
      var inches = parseFloat(field.value.replace(",", "."));
      shown.textContent = inches > 0 ? shown.dataset.words.replace("{cm}", Math.round(inches * INCH_CM)) : "";
    };
    field.addEventListener("input", show);
    show();
  }

  /** Put what the server says now in the place of what stands there, except where somebody is. */
  function freshen(page) {
    document.querySelectorAll("[data-fresh]").forEach(function (part) {
      var now = page.querySelector('[data-fresh="' + part.dataset.fresh + '"]');
      var used = part.contains(document.activeElement) || part.querySelector(":active");
      if (!now || used) return;
      var fresh = document.importNode(now, true);
      part.querySelectorAll("details[open][id]").forEach(function (open) {
        var same = fresh.querySelector("#" + CSS.escape(open.id));
        if (same) same.open = true;
      });
      part.replaceWith(fresh);
    });
  }

  function look() {
    var request = new XMLHttpRequest();
    request.open("GET", location.pathname + location.search);
    request.responseType = "document";
    request.timeout = EVERY_MS * 2;
    request.onloadend = function () {
      var heard = request.status === 200 && request.response;
      if (heard) freshen(request.response);
      document.querySelector("[data-unheard]").hidden = Boolean(heard);
      setTimeout(look, EVERY_MS);
    };
    request.send();
  }

  function number(text) {
    var value = parseInt(text, 10);
    return isFinite(value) ? value : null;
  }

  /** The scene as it stands in the form, as the wall reads scenes. */
  function sceneOf(form) {
    var data = new FormData(form);
    var steps = [];
    for (var row = 0; data.has("layout-" + row); row++) {
      steps.push({
        layout: data.get("layout-" + row),
        seconds: number(data.get("seconds-" + row)) || 30,
        fewer_than: number(data.get("fewer_than-" + row)),
        in_session: data.has("in_session-" + row),
        on_floor: data.has("on_floor-" + row),
        words: data.get("words-" + row).trim(),
      });
    }
    return {
      id: form.dataset.scene, version: 1, name: data.get("name"), theme: data.get("theme"),
      policy: data.get("policy"), warnings: data.get("warnings"), alt: data.has("alt"), join: data.has("join"),
      drift: data.has("drift"), steps: steps,
    };
  }

  function preview() {
    var form = document.querySelector(".scene-form");
    var frame = document.querySelector(".preview iframe");
    if (!form || !frame) return;
    var tell = function () {
      frame.contentWindow.postMessage({ type: "scene", scene: sceneOf(form) }, location.origin);
    };
    form.addEventListener("input", tell);
    frame.addEventListener("load", tell);
    var there = frame.contentDocument;
    if (there && there.readyState === "complete" && there.getElementById("wall")) tell();
  }

  centimetres();
  preview();
  if (document.querySelector("[data-fresh]")) setTimeout(look, EVERY_MS);
})();
