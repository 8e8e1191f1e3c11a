// A wall that lost its server comes back by itself: it asks every few seconds, and loads again when it is answered.
"use strict";
const AGAIN_MS = 5000;

async function again() {
  try {
    if ((await fetch("/", { redirect: "error" })).ok) {
      window.location.reload();
      return;
    }
  } catch (error) {
    // nobody answers yet
  }
  setTimeout(again, AGAIN_MS);
}

window.addEventListener("DOMContentLoaded", () => {
  let closed = false;
  new MutationObserver(() => {
    if (!closed && document.body.classList.contains("-closed")) {
      closed = true;
      setTimeout(again, AGAIN_MS);
    }
  }).observe(document.body, { attributes: true, attributeFilter: ["class"] });
});
