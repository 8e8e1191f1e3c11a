// A wall that lost its server comes back by itself: it asks every few seconds, and loads again when it is answered.
"use strict";
const AGAIN_MS = 5000;
const FONT = '16px "Roboto Mono"';

// The terminal measures its font once: begun before the font is there, it lays out more lines than the window has.
const begin = window.onload;
window.onload = async (event) => {
  await document.fonts.load(FONT).catch(() => []);
  begin(event);
  focusTerminal();
};

// A wall has nothing else that could take keys.
function focusTerminal() {
  const keys = document.querySelector(".xterm-helper-textarea");
  if (keys) {
    keys.focus();
  }
}
window.addEventListener("focus", focusTerminal);

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
