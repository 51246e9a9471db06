// Asking for what a panel shows. A newer question ends the older one; an answer of the last two
// minutes is used again, so that going back is immediate.

import { call } from "../http.js";

const KEPT_MS = 120_000; // cases arrive all day; a map two minutes old is still today's
const MOST_KEPT = 24; // outlines of a large city are megabytes
const AGAIN_MS = 3000; // a test of a whole city takes seconds; the server says that it is at work
const MOST_TRIES = 20;

const kept = new Map(); // address -> { at, answer }

export class Feed {
  #going = null;

  // Returns null where a newer question came in between.
  async get(address) {
    this.stop();
    const old = kept.get(address);
    if (old && Date.now() - old.at < KEPT_MS) return old.answer;
    const going = new AbortController();
    this.#going = going;
    try {
      const answer = await patiently(address, going.signal);
      if (going.signal.aborted) return null;
      keep(address, answer);
      return answer;
    } catch (problem) {
      if (going.signal.aborted) return null;
      throw problem;
    }
  }

  stop() {
    this.#going?.abort();
    this.#going = null;
  }
}

function keep(address, answer) {
  kept.delete(address);
  kept.set(address, { at: Date.now(), answer });
  if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value);
}

// "Still computing" is no trouble: asked again until it is done, or for a minute.
async function patiently(address, signal, tries = 1) {
  try {
    return await call(address, { signal });
  } catch (problem) {
    const working = String(problem.body?.type ?? "").endsWith("#still-computing");
    if (!working || tries >= MOST_TRIES) throw problem;
    await new Promise((done) => setTimeout(done, AGAIN_MS));
    if (signal.aborted) throw problem;
    return patiently(address, signal, tries + 1);
  }
}
