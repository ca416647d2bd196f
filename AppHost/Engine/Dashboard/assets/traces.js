// New traces appear by themselves while the page is looked at.
"use strict";

setInterval(async () => {
  if (document.hidden || getSelection().toString()) return;
  const answer = await fetch("/traces").catch(() => null);
  if (!answer?.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("main");
  const shown = document.querySelector("main");
  const focused = document.activeElement?.getAttribute("href");
  if (shown.innerHTML !== fresh.innerHTML) {
    shown.innerHTML = fresh.innerHTML;
    if (focused) shown.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus();
  }
}, 2000);
