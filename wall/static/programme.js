/* An event's programme in the zone of whoever reads it, beside the event's own. Without this script the page
   has a list of zones to choose from. */
(function () {
  "use strict";
  var days = document.querySelector(".days[data-zone]");
  if (!days || typeof Intl === "undefined") return;
  var own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!own || own === days.dataset.zone) return;
  var lang = document.documentElement.lang || undefined;

  /** How a time is written in a zone. */
  function writer(zone, options) {
    try {
      return new Intl.DateTimeFormat(lang, Object.assign({ timeZone: zone }, options));
    } catch {
      return null;
    }
  }

  var clock = { hour: "numeric", minute: "2-digit" };
  var day = { weekday: "long", day: "numeric", month: "long" };
  var there = [writer(days.dataset.zone, clock), writer(days.dataset.zone, day)];
  var here = [writer(own, clock), writer(own, day)];
  if (there.concat(here).includes(null)) return;

  days.querySelectorAll(".session").forEach(function (session) {
    var times = Array.from(session.querySelectorAll(".times time"), function (time) { return new Date(time.dateTime); });
    var facts = session.querySelector(".facts");
    var told = function (zone) { return zone[1].format(times[0]) + times.map(zone[0].format).join(); };
    if (times.length !== 2 || times.some(function (time) { return isNaN(time); }) || !facts || told(there) === told(here)) return;
    var span = times.map(here[0].format).join("–");
    var other = here[1].format(times[0]) === there[1].format(times[0]) ? "" : ", " + here[1].format(times[0]);
    var line = document.createElement("p");
    line.className = "own-times";
    line.textContent = days.dataset.own.replace("{times}", function () { return span; }).replace("{zone}", function () { return own; }) + other;
    facts.after(line);
  });
})();
