// Talking to our own server. Every failure becomes a Problem with words for the person at the
// screen: what happened, and what to do. Nothing is retried behind their back.

const WAIT_MS = 20_000; // longer than the server's own database timeout, so its answer comes first

export class Problem extends Error {
  constructor(kind, title, advice, body = {}) {
    super(title);
    this.kind = kind; // conflict · unavailable · offline · signed-out · refused · broken
    this.title = title;
    this.advice = advice;
    this.body = body;
  }
}

function token() {
  return document.querySelector('meta[name="csrf-token"]')?.content ?? "";
}

const ANSWERS = {
  400: ["refused", "页面已过期", "请刷新页面后再做一次；本次操作没有执行。"],
  401: ["signed-out", "登录已失效", "请在新窗口重新登录，再回到这里继续；已填写的内容还在。"],
  403: ["refused", "没有权限", "当前账号不能做这项操作；如确有需要，请联系系统管理员。"],
  404: ["refused", "没有找到", "这件工单不存在，或不在您的辖区内。"],
  409: ["conflict", "这件工单已被他人处理", "请查看最新状态。"],
  422: ["refused", "没有执行", "请按提示修改后再试。"],
  503: ["unavailable", "数据库暂时连不上", "本次操作没有保存任何内容。请稍候再点一次；内容都还在。"],
};

// A page that was open while its person signed in anew holds the old session's token. The page
// itself knows the new one. Throws signed-out where nobody has signed in yet.
async function renewToken() {
  const answer = await fetch(window.location.pathname, { credentials: "same-origin" });
  if (answer.redirected || !answer.ok) throw problem(401, {});
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector('meta[name="csrf-token"]')?.content;
  if (!fresh) throw problem(400, {});
  document.querySelector('meta[name="csrf-token"]').content = fresh;
}

export async function call(url, { method = "GET", body, signal, renewed = false } = {}) {
  const headers = { Accept: "application/json" };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (method !== "GET") headers["X-CSRFToken"] = token();
  const stop = new AbortController();
  const clock = setTimeout(() => stop.abort(), WAIT_MS);
  const pass = () => stop.abort();
  signal?.addEventListener("abort", pass);
  if (signal?.aborted) pass();
  let answer;
  try {
    answer = await fetch(url, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      credentials: "same-origin",
      signal: stop.signal,
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Problem(
      "offline",
      "连不上服务器",
      "请检查网络后再点一次。刚才的操作若已送达，重复提交不会重复派单。",
    );
  } finally {
    clearTimeout(clock);
    signal?.removeEventListener("abort", pass);
  }
  const json = (answer.headers.get("Content-Type") ?? "").includes("json");
  if (answer.redirected || (answer.ok && !json)) throw problem(401, {});
  const content = json ? await answer.json().catch(() => ({})) : {};
  if (answer.ok) return content;
  if (answer.status === 400 && String(content.type).endsWith("#csrf") && !renewed) {
    await renewToken(); // the refused request was not carried out, so it may be sent again
    return call(url, { method, body, signal, renewed: true });
  }
  throw problem(answer.status, content);
}

function problem(status, body) {
  const known = ANSWERS[status];
  if (known) {
    const [kind, title, advice] = known;
    // What the server says in Chinese is meant for this person; the rest is for programs.
    const said = status === 422 && /\p{Script=Han}/u.test(body.detail ?? "") ? body.detail : "";
    return new Problem(kind, title, said || body.advice || advice, body);
  }
  const number = body.incident ? `（事件编号 ${body.incident}）` : "";
  return new Problem(
    "broken",
    `服务器出错${number}`,
    "本次操作可能没有执行。请再试一次；仍不行请把编号告诉系统管理员。",
    body,
  );
}
