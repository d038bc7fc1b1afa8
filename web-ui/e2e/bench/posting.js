// How long it takes from the button "plaats" until what was written is durable and stands on the page of everybody else.
//
//   node bench/posting.js SITE INVITATION TIMES
//
// Prints one line of JSON: the milliseconds of each time, as the page's own clock measured them.

import { Visitor, launch } from "../harness/browser.js";
import { join } from "../harness/square.js";

/** Times that do not count: the module is compiled, the session is opened, pages come into the cache. */
const WARMING_UP = 3;

const [site, invitation, times] = process.argv.slice(2);
const browser = await launch();
try {
  const visitor = await Visitor.arrive(browser);
  await join(visitor, invitation, "Meetje Klok", "square");
  const measured = [];
  for (let time = -WARMING_UP; time < Number(times); time++) {
    const took = await post(visitor.page, `De brug gaat open, keer ${time + WARMING_UP + 1}`);
    if (time >= 0) measured.push(took);
  }
  console.log(JSON.stringify(measured));
} finally {
  await browser.close();
}

/** Writes a piece of news and returns how many milliseconds it took. */
async function post(page, title) {
  await page.goto(`${site}/schrijven?soort=nieuws`);
  const form = page.locator('form[data-dorpsplein="write"]');
  await form.waitFor({ state: "visible" });
  await form.locator('[name="title"]').fill(title);
  await form.locator('[name="body"]').fill("Om drie uur gaat de brug een half uur open voor de optocht van boten.");
  await page.evaluate(() => {
    const button = [...document.querySelectorAll('form[data-dorpsplein="write"] button.go')].at(-1);
    const sent = document.querySelector('[data-area="write"] [data-state="sent"]');
    window.posted = new Promise((resolve) => {
      button.addEventListener("click", () => {
        const begun = performance.now();
        const look = async () => {
          if (sent.hidden) return;
          watching.disconnect();
          // What everybody else gets: without the cookie, as the box gives it now.
          const page = await fetch(sent.querySelector("[data-sent-link]").href, { credentials: "omit", cache: "no-store" });
          await page.text();
          resolve({ took: performance.now() - begun, status: page.status });
        };
        const watching = new MutationObserver(look);
        watching.observe(sent, { attributes: true });
      }, { once: true });
    });
  });
  await form.locator("button.go").last().click();
  const { took, status } = await page.evaluate(() => window.posted);
  if (status !== 200) throw new Error(`what was written is not on the page: ${status}`);
  return took;
}
