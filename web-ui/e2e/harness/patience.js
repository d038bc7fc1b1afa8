// Waiting for what takes a moment.

/** How long something may take to come from one box to another: a box that was away is dialled after a pause. */
const ARRIVES_WITHIN_MS = 45_000;

/** Asks again and again until the answer will do, and returns it: what comes from another box takes a moment. */
export async function eventually(what, ask) {
  const until = Date.now() + ARRIVES_WITHIN_MS;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > until) throw new Error(`not within ${ARRIVES_WITHIN_MS} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}
