// Sends browsers that are too old for the wall to the plain one. Written for those: nothing newer than ES3.
(function () {
  var script = document.getElementById("old");
  var supports = window.CSS && CSS.supports;
  var isNew = "noModule" in document.createElement("script") && window.Intl && Intl.Segmenter &&
    Array.prototype.at && supports && CSS.supports("container-type: inline-size");
  if (!isNew && script) location.replace(script.getAttribute("data-plain") + location.search);
})();
