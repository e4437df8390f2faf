/** The guestbook's page. What people write becomes text of the document and never markup. */

const API = "api/messages";
const SHOWN = 50;
const REFRESH_MS = 5_000;
const REFRESH_AT_MOST_MS = 60_000;
const ANSWER_MS = 15_000;
// The list is read from replicas, which may be behind, each by its own. What was seen stays for so long.
const REMEMBER_MS = 30_000;
const AGES_MS = 20_000;
const INKS = 6;
const NAME_KEY = "guestbook.name";
const NO_ANSWER = "The guestbook does not answer. Try again in a moment.";
const NO_ANSWER_TO_POST =
  "The guestbook does not answer. Look whether your words have arrived before you send them again.";

const byId = (id) => document.getElementById(id);
const form = byId("form");
const fields = { name: byId("name"), text: byId("text") };
const send = byId("send");
const list = byId("list");

/** Messages by id, each with the moment until which it stays without being seen again. */
const known = new Map();
/** Their elements by id: one that stays is left alone, with whatever is focused or selected in it. */
const elements = new Map();
let opened = false;
let failures = 0;
let timer;

/** An answer that is not what was asked for; its message is a sentence for people. */
class Refusal extends Error {
  constructor(sentence, field) {
    super(sentence);
    this.field = field;
  }
}

async function call(url, options = {}) {
  let response;
  let body;
  try {
    response = await fetch(url, { ...options, signal: AbortSignal.timeout(ANSWER_MS) });
    body = await response.json();
  } catch {
    // No connection, no answer in time, or the page of some proxy.
    throw new Refusal(options.method === "POST" ? NO_ANSWER_TO_POST : NO_ANSWER);
  }
  if (!response.ok) {
    throw new Refusal(body?.error ?? "The guestbook gave no answer that makes sense.", body?.field);
  }
  return body;
}

function remember(messages) {
  const until = Date.now() + REMEMBER_MS;
  for (const message of messages) {
    known.set(message.id, { message, until });
  }
}

/** Newest first: an id is a moment in milliseconds, and a number within it. */
function byAge(one, other) {
  const [oneMs, oneNumber] = one.id.split("-").map(Number);
  const [otherMs, otherNumber] = other.id.split("-").map(Number);
  return otherMs - oneMs || otherNumber - oneNumber;
}

function latest() {
  const now = Date.now();
  const messages = [];
  for (const [id, { message, until }] of known) {
    if (until < now) {
      known.delete(id);
    } else {
      messages.push(message);
    }
  }
  return messages.sort(byAge).slice(0, SHOWN);
}

function element(tag, className, text = "") {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

function entry({ name, text, at }) {
  const item = element("li", opened ? "entry fresh" : "entry");
  const letters = [...name].slice(0, 1).join("").toUpperCase();
  const sum = [...name].reduce((total, letter) => total + letter.codePointAt(0), 0);
  const stamp = element("span", `stamp ink-${sum % INKS}`, letters);
  stamp.ariaHidden = "true";
  const who = element("bdi", "who", name);
  const when = element("time", "when");
  when.dateTime = at;
  when.title = new Date(at).toLocaleString("en", { dateStyle: "long", timeStyle: "short" });
  const head = element("p", "by");
  head.append(who, when);
  const words = element("p", "words", text);
  words.dir = "auto";
  item.append(stamp, head, words);
  return item;
}

const relative = new Intl.RelativeTimeFormat("en", { numeric: "always" });
const date = new Intl.DateTimeFormat("en", { dateStyle: "medium" });
const UNITS = [
  { below: 3_600, seconds: 60, unit: "minute" },
  { below: 86_400, seconds: 3_600, unit: "hour" },
  { below: 7 * 86_400, seconds: 86_400, unit: "day" },
];

function age(at) {
  const seconds = (Date.now() - Date.parse(at)) / 1000;
  if (seconds < 60) {
    return "just now";
  }
  const found = UNITS.find(({ below }) => seconds < below);
  return found ? relative.format(-Math.floor(seconds / found.seconds), found.unit) : date.format(Date.parse(at));
}

function tellAges() {
  for (const time of list.querySelectorAll("time")) {
    time.textContent = age(time.dateTime);
  }
}

function render() {
  const messages = latest();
  const ids = new Set(messages.map(({ id }) => id));
  for (const [id, item] of elements) {
    if (!ids.has(id)) {
      item.remove();
      elements.delete(id);
    }
  }
  let next = list.firstElementChild;
  for (const message of messages) {
    const item = elements.get(message.id) ?? entry(message);
    if (item === next) {
      next = next.nextElementSibling;
    } else {
      list.insertBefore(item, next);
    }
    elements.set(message.id, item);
  }
  tellAges();
  byId("loading").hidden = true;
  byId("failed").hidden = true;
  byId("empty").hidden = messages.length > 0;
  byId("entries").ariaBusy = "false";
  opened = true;
}

/** Says how many are new to someone who does not see them appear. */
function announce(messages) {
  const count = opened ? messages.filter(({ id }) => !known.has(id)).length : 0;
  const words = count === 1 ? "1 new message" : `${count} new messages`;
  byId("news").textContent = count === 0 ? "" : words;
}

function showFailure({ message }) {
  byId("stale").hidden = !opened;
  byId("failed").hidden = opened;
  byId("loading").hidden = true;
  byId("entries").ariaBusy = "false";
  byId("reason").textContent = message;
}

async function refresh() {
  clearTimeout(timer);
  try {
    const { messages } = await call(`${API}?limit=${SHOWN}`);
    announce(messages);
    remember(messages);
    render();
    byId("stale").hidden = true;
    failures = 0;
  } catch (error) {
    failures += 1;
    showFailure(error);
  }
  clearTimeout(timer);
  if (!document.hidden) {
    timer = setTimeout(refresh, Math.min(REFRESH_MS * 2 ** failures, REFRESH_AT_MOST_MS));
  }
}

function mark(field, sentence) {
  const error = byId(`${field}-error`);
  error.textContent = sentence;
  error.hidden = sentence === "";
  fields[field].ariaInvalid = String(sentence !== "");
}

function tell(sentence, kind) {
  const result = byId("result");
  result.className = `result ${kind}`;
  result.textContent = sentence;
}

function tellLeft() {
  const left = fields.text.maxLength - fields.text.value.length;
  byId("text-left").textContent = left === 1 ? "1 character left" : `${left} characters left`;
}

/** What is missing, by field. */
function missing() {
  const problems = [];
  if (fields.name.value.trim() === "") {
    problems.push(["name", "Please tell your name."]);
  }
  if (fields.text.value.trim() === "") {
    problems.push(["text", "Please write something."]);
  }
  return problems;
}

function show(problems) {
  for (const field of Object.keys(fields)) {
    mark(field, "");
  }
  for (const [field, sentence] of problems) {
    mark(field, sentence);
  }
  if (problems.length > 0) {
    fields[problems[0][0]].focus();
  }
}

async function sign() {
  tell("Signing…", "sending");
  try {
    const message = await call(API, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ name: fields.name.value, text: fields.text.value }),
    });
    remember([message]);
    render();
    keepName(message.name);
    fields.text.value = "";
    tellLeft();
    tell("Thank you. Your words are in the book.", "done");
  } catch (error) {
    if (error.field in fields) {
      tell("", "");
      show([[error.field, error.message]]);
    } else {
      tell(error.message, "wrong");
      // An answer can be lost on its way: the message may be in the book all the same.
      refresh();
    }
  }
}

function keepName(name) {
  try {
    localStorage.setItem(NAME_KEY, name);
  } catch {
    // A browser may forbid to keep anything. The name is typed anew then.
  }
}

function keptName() {
  try {
    return localStorage.getItem(NAME_KEY) ?? "";
  } catch {
    return "";
  }
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  // A second press while the first is on its way would sign twice. Disabled, the button would lose the focus.
  if (send.ariaDisabled === "true") {
    return;
  }
  const problems = missing();
  show(problems);
  if (problems.length > 0) {
    return;
  }
  send.ariaDisabled = "true";
  await sign();
  send.ariaDisabled = "false";
});

fields.text.addEventListener("input", tellLeft);
byId("again").addEventListener("click", async () => {
  await refresh();
  // The button is gone then, and the focus with it.
  if (opened) {
    byId("entries").focus();
  }
});
document.addEventListener("visibilitychange", () => {
  if (document.hidden) {
    clearTimeout(timer);
  } else {
    refresh();
  }
});

fields.name.value ||= keptName();
tellLeft();
setInterval(tellAges, AGES_MS);
refresh();
