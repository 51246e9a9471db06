// Taking a complaint by telephone: what is typed is read when the typing pauses, a place chosen from
// the box outranks what was read, and nothing that was typed is lost when something fails.

import { CaseMap } from "../desk/casemap.js";
import { marked } from "../desk/reading.js";
import { byId, el, fill, show } from "../dom.js";
import { call } from "../http.js";
import { PlaceBox } from "../place/placebox.js";
import { renderReading } from "./answer.js";

const PAUSE_MS = 700; // long enough not to read half a word, short enough to be there at the next breath
const url = byId("intake").dataset.api;
const text = byId("text");
const map = new CaseMap({ lost: "" });

let formId = crypto.randomUUID ? crypto.randomUUID() : randomId(); // the same form twice is one case
let chosen = null; // {place, words}; what a person said outranks what was read
let readFor = null; // what the reading on the page is of
let asking = new AbortController();
let timer = 0;
let saving = false;
let saved = false;

const box = new PlaceBox("place", {
  url,
  choose: (place) => choose({ place_id: place.place_id }, place.full_name),
  typed: () => chosen && forget(),
});

function randomId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (one) => one.toString(16).padStart(2, "0")).join("");
}

function asked() {
  return {
    text: text.value,
    category: byId("category").value || null,
    place: chosen?.place ?? null,
  };
}

function choose(place, words) {
  chosen = { place, words };
  map.pick(null);
  fill(
    byId("chosen"),
    el("span", { class: "soft" }, "已选"),
    el("strong", {}, words),
    el("button", { type: "button", class: "plain", onclick: () => { box.clear(); forget(); read(); } }, "不用这处"),
  );
  problem("");
  read();
}

function forget() {
  chosen = null;
  fill(byId("chosen"));
}

function pick() {
  if (map.picked) {
    map.pick(null);
    fill(byId("chosen"));
    return;
  }
  fill(byId("chosen"), "请在地图上点一下事发地（按 Esc 取消）");
  map.pick((at) => {
    box.clear();
    choose(at, `地图点选 ${at.lon.toFixed(6)}, ${at.lat.toFixed(6)}`);
  });
}

// The marks lie behind the text field, letter under letter; they go as soon as the text changes.
function mark(segments) {
  fill(byId("behind"), marked(segments), "\u200b"); // so that a last empty line has its height
  byId("behind").scrollTop = text.scrollTop;
}

async function read() {
  clearTimeout(timer);
  asking.abort();
  asking = new AbortController();
  const { signal } = asking;
  const body = asked();
  const key = JSON.stringify(body);
  if (key === readFor) return;
  state(body.text.trim() || body.place ? "正在读…" : "");
  try {
    const answer = await call(`${url}/read`, { method: "POST", body, signal });
    if (signal.aborted) return;
    readFor = key;
    byId("reading").removeAttribute("aria-busy");
    mark(answer.segments);
    const empty = !body.text.trim() && !body.place;
    renderReading(byId("reading"), empty ? null : answer, {
      look: (rival) => map.look(rival),
      take: (rival) => {
        byId("place-input").value = rival.words;
        choose({ place_id: rival.place_id }, rival.words);
      },
      near: (place) => map.near(place),
      takeHint: ({ lon, lat, words, label, hint }) => {
        byId("place-input").value = words;
        choose({ lon, lat, hint }, `地图点选 ${lon.toFixed(6)}, ${lat.toFixed(6)}，参考${label}`);
      },
    });
    map.draw(answer, answer.around);
    state("");
  } catch (trouble) {
    if (signal.aborted) return;
    state("");
    byId("reading").removeAttribute("aria-busy");
    fill(
      byId("reading"),
      el(
        "p",
        { class: "message error" },
        `没有读成：${trouble.title}。${trouble.advice}`,
        el("button", { type: "button", onclick: () => read() }, "再读一次"),
      ),
    );
  }
}

function problem(words, node = null) {
  fill(byId("problem"), words);
  show(byId("problem"), Boolean(words));
  if (words) byId("problem").scrollIntoView({ block: "nearest" });
  node?.focus();
}

function state(words) {
  byId("state").textContent = words;
}

async function save() {
  if (saving) return;
  if (!text.value.trim()) {
    problem("请填写诉求内容；至少写明发生了什么事。", text);
    return;
  }
  problem("");
  saving = true;
  const button = byId("save");
  button.setAttribute("aria-busy", "true");
  button.querySelector(".label").textContent = "正在登记…";
  try {
    const answer = await call(`${url}/intake`, {
      method: "POST",
      body: {
        ...asked(),
        form_id: formId,
        channel: byId("channel").value,
        caller_name: byId("caller-name").value.trim() || null,
        caller_phone: byId("caller-phone").value.trim() || null,
      },
    });
    saved = true;
    window.location.assign(answer.url);
  } catch (trouble) {
    problem(
      `${trouble.title}。${trouble.advice}`,
      trouble.kind === "refused" ? null : button,
    );
    if (trouble.kind === "signed-out") {
      byId("problem").append(el("a", { class: "button", href: "/login", target: "_blank", rel: "noopener" }, "重新登录"));
    }
  } finally {
    saving = false;
    button.removeAttribute("aria-busy");
    button.querySelector(".label").textContent = "登记";
  }
}

text.addEventListener("input", () => {
  readFor = null;
  fill(byId("behind"));
  byId("reading").setAttribute("aria-busy", "true"); // what stands there is of the text before
  clearTimeout(timer);
  timer = setTimeout(read, PAUSE_MS);
});
text.addEventListener("blur", () => read());
text.addEventListener("scroll", () => {
  byId("behind").scrollTop = text.scrollTop;
});
byId("category").addEventListener("change", () => read());
byId("pick").addEventListener("click", pick);
byId("form").addEventListener("submit", (event) => {
  event.preventDefault();
  save();
});
byId("form").addEventListener("reset", () => {
  setTimeout(() => {
    formId = randomId();
    forget();
    box.clear();
    problem("");
    read();
    text.focus();
  });
});
document.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    save();
  } else if (event.key === "Enter" && event.target.matches("input")) {
    event.preventDefault(); // half a form is not sent by a stray Enter
  } else if (event.key === "Escape" && map.picked) {
    pick();
  }
});
window.addEventListener("beforeunload", (event) => {
  if (text.value.trim() && !saved) event.preventDefault();
});
read();
text.focus();
