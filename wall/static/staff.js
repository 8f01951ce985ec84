// The staff page's few conveniences: copying a link, and being told in this browser.
import { canNotify, notifyHere, notifyNoMore, subscribedHere } from "./notify.js";

for (const button of document.querySelectorAll("[data-copy]")) {
  const field = document.getElementById(button.dataset.copy);
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    field.select();
    await navigator.clipboard.writeText(field.value);
    button.parentElement.querySelector("[data-said]").textContent = field.dataset.copied;
  });
}

const row = document.querySelector("[data-notify]");
if (row) void offer(row);

async function offer(place) {
  const [here, end, said] = ["[data-here]", "[data-end]", "[data-said]"].map((one) => place.querySelector(one));
  const show = (on) => {
    here.hidden = on;
    end.hidden = !on;
  };
  const press = (button, act) => button.addEventListener("click", async () => {
    button.disabled = true;
    const went = await act(place.dataset.notify);
    button.disabled = false;
    said.textContent = place.dataset[went];
    if (went === "on" || went === "off") show(went === "on");
    if (went === "on") document.querySelector('input[name="push"]').checked = true;
  });
  place.hidden = false;
  if (!canNotify()) {
    here.disabled = true;
    said.textContent = place.dataset.cannot;
    return;
  }
  press(here, notifyHere);
  press(end, notifyNoMore);
  show(await subscribedHere(place.dataset.notify));
}
