// Keeps the page as it is now: replaces what changed in the table, follows the selected resource's log.
"use strict";

const keptLines = 5000;
const body = document.body;
const table = document.querySelector("#resources tbody");
const log = document.querySelector("#log");
const environment = document.querySelector("#environment");
const filter = document.querySelector("#filter");
const follow = document.querySelector("#follow");
const count = document.querySelector("#count");
const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3 });
let stream;

// after: the number of the last log line that is on the page already
function connect(after) {
  stream?.close();
  stream = new EventSource(`/events?log=${encodeURIComponent(body.dataset.resource)}&after=${after}`);
  stream.addEventListener("resources", e => showResources(JSON.parse(e.data)));
  stream.addEventListener("log", e => addLines(JSON.parse(e.data)));
  stream.onopen = () => body.classList.remove("lost");
  stream.onerror = () => {
    body.classList.add("lost");
    document.querySelector("#summary").textContent = "The run has ended, or does not answer";
  };
}

// Only cells that differ are touched, so that a button keeps its focus and a text its selection.
function showResources({ rows, summary }) {
  const status = document.querySelector("#summary");
  if (status.innerHTML !== summary) status.innerHTML = summary;
  for (const [name, html] of Object.entries(rows)) {
    const template = document.createElement("template");
    template.innerHTML = html;
    const fresh = template.content.firstElementChild;
    const shown = table.querySelector(`tr[data-name="${CSS.escape(name)}"]`);
    [...fresh.cells].forEach((cell, i) => {
      if (shown.cells[i].innerHTML !== cell.innerHTML) shown.cells[i].innerHTML = cell.innerHTML;
      if (shown.cells[i].className !== cell.className) shown.cells[i].className = cell.className;
    });
  }
  markSelected();
}

function addLines({ resource, lines }) {
  if (resource !== body.dataset.resource) return;
  const pieces = document.createDocumentFragment();
  for (const [time, source, text] of lines) {
    const line = document.createElement("div");
    line.className = `line ${tone(source, text)}`;
    const stamp = document.createElement("time");
    stamp.textContent = clock.format(time);
    const words = document.createElement("span");
    words.textContent = text;
    line.append(stamp, words);
    line.hidden = !matches(text);
    pieces.append(line);
  }
  log.append(pieces);
  while (log.childElementCount > keptLines) log.firstElementChild.remove();
  showCount();
  if (follow.checked) log.scrollTop = log.scrollHeight;
}

// What the engine itself says is set apart; of the rest, what loggers and PostgreSQL mark as bad stands out.
function tone(source, text) {
  if (source === "engine") return "engine";
  if (/^\s*(fail|crit|error|fatal)\b|\b(ERROR|FATAL|PANIC)\b:?|level=error|Unhandled exception/.test(text)) return "bad";
  return /^\s*warn(ing)?\b|\bWARNING\b:?|level=warn/.test(text) ? "warn" : "";
}

const matches = text => text.toLowerCase().includes(filter.value.toLowerCase());

function showCount() {
  const all = log.childElementCount;
  const shown = filter.value ? log.querySelectorAll(".line:not([hidden])").length : all;
  count.textContent = filter.value ? `${shown} of ${all} lines` : `${all} line${all === 1 ? "" : "s"}`;
}

function markSelected() {
  for (const row of table.rows) {
    const selected = row.dataset.name === body.dataset.resource;
    row.classList.toggle("selected", selected);
    const link = row.querySelector("th a");
    if (selected) link.setAttribute("aria-current", "true"); else link.removeAttribute("aria-current");
  }
}

async function show(resource, view, remember) {
  const changed = resource !== body.dataset.resource;
  body.dataset.resource = resource;
  body.dataset.view = view;
  if (remember) history.pushState(null, "", `?resource=${encodeURIComponent(resource)}${view === "environment" ? "&view=environment" : ""}`);
  document.title = `${resource} · Slipway local run`;
  document.querySelector("#detail h2").textContent = resource;
  document.querySelector("#download").href = `/resources/${encodeURIComponent(resource)}/log.txt`;
  for (const link of document.querySelectorAll("#detail nav a")) {
    if (link.dataset.view === view) link.setAttribute("aria-current", "page"); else link.removeAttribute("aria-current");
  }
  markSelected();
  if (!changed) {
    if (follow.checked) log.scrollTop = log.scrollHeight;
    return;
  }
  log.replaceChildren();
  connect(0);
  const answer = await fetch(`/resources/${encodeURIComponent(resource)}/environment`);
  if (answer.ok && body.dataset.resource === resource) environment.innerHTML = await answer.text();
}

document.addEventListener("click", e => {
  const plain = !e.ctrlKey && !e.metaKey && !e.shiftKey;
  const action = e.target.closest("button[data-action]");
  const row = e.target.closest("#resources tbody tr");
  const view = e.target.closest("#detail nav a");
  if (action) {
    action.disabled = true;
    fetch(`/resources/${encodeURIComponent(row.dataset.name)}/${action.dataset.action}`, { method: "POST", headers: { "X-Slipway-Dashboard": "1" } })
      .finally(() => { action.disabled = false; });
  } else if (view && plain) {
    e.preventDefault();
    show(body.dataset.resource, view.dataset.view, true);
  } else if (row && plain && !e.target.closest("td a") && !getSelection().toString()) {
    e.preventDefault();
    show(row.dataset.name, body.dataset.view, true);
  }
});

filter.addEventListener("input", () => {
  for (const line of log.children) line.hidden = !matches(line.lastElementChild.textContent);
  showCount();
  if (follow.checked) log.scrollTop = log.scrollHeight;
});
follow.addEventListener("change", () => { if (follow.checked) log.scrollTop = log.scrollHeight; });
log.addEventListener("scroll", () => {
  const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
  if (follow.checked !== atEnd) follow.checked = atEnd;
});
addEventListener("popstate", () => {
  const wanted = new URLSearchParams(location.search);
  show(wanted.get("resource") ?? table.rows[0].dataset.name, wanted.get("view") ?? "log", false);
});
addEventListener("keydown", e => {
  if (e.key === "/" && !e.target.closest("input")) {
    e.preventDefault();
    filter.focus();
  }
});
setInterval(() => {
  for (const time of table.querySelectorAll("time[data-since]")) time.textContent = duration((Date.now() - time.dataset.since) / 1000);
}, 1000);

function duration(seconds) {
  const [s, m, h, d] = [seconds % 60, seconds / 60 % 60, seconds / 3600 % 24, seconds / 86400].map(Math.floor);
  const two = n => String(n).padStart(2, "0");
  return d ? `${d} d ${h} h` : h ? `${h} h ${two(m)} m` : m ? `${m} m ${two(s)} s` : `${s} s`;
}

for (const line of log.children) {
  const [stamp, words] = line.children;
  stamp.textContent = clock.format(stamp.dataset.at);
  line.className = `line ${tone(line.dataset.source, words.textContent)}`;
}
log.scrollTop = log.scrollHeight;
showCount();
markSelected();
connect(log.dataset.last);
