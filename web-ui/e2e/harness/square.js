// What people do on the square, in the words of the contract between pages and module (web-ui/templates/README.md).

import assert from "node:assert/strict";

/** How long something written may take to reach the neighbours' site. */
const ARRIVES_WITHIN_MS = 30_000;

/** Addresses of the pages without an id, per language. */
export const PATHS = {
  nl: {
    news: "/", agenda: "/agenda", write: "/schrijven", join: "/meedoen", about: "/over-dit-plein",
    market: "/vraag-en-aanbod", clubs: "/clubs", groups: "/groepen", alerts: "/belangrijk",
    week: "/agenda?weergave=week", month: "/agenda?weergave=maand",
    help: "/hulp", accessibility: "/toegankelijkheid", privacy: "/privacy",
  },
  en: {
    news: "/en/", agenda: "/en/agenda", write: "/en/write", join: "/en/join", about: "/en/about",
    market: "/en/market", clubs: "/en/clubs", groups: "/en/groups", alerts: "/en/alerts",
    week: "/en/agenda?view=week", month: "/en/agenda?view=month",
    help: "/en/help", accessibility: "/en/accessibility", privacy: "/en/privacy",
  },
};

/** How many pixels the page is wider than its window. */
export function overflow(page) {
  return page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
}

/** The place on a page where one form and its answers stand. */
export function area(page, name) {
  return page.locator(`[data-area="${name}"]`);
}

/** Waits until a form or a verdict shows this state; an unexpected end (such as `refused`) fails at once with its text. */
export async function reaches(place, state) {
  const wanted = place.locator(`[data-state="${state}"]`);
  const ends = ["verified", "not-verified", "failed", "refused", "offline", "sent", "kept-to-send", "unchanged", "needs-key", "needs-invitation"];
  const shown = place.locator(ends.map((end) => `[data-state="${end}"]:not([hidden])`).join(", "));
  await shown.or(wanted).locator("visible=true").first().waitFor();
  const text = await shown.first().innerText();
  assert.ok(await wanted.first().isVisible(), `expected the state "${state}" and the page says: ${text}`);
  return text;
}

/** Joins by an invitation, through the page it leads to. */
export async function join(visitor, invitation, name, audience = "neighbours") {
  const { page } = visitor;
  await page.goto(invitation);
  const form = page.locator('form[data-dorpsplein="join"]');
  await form.waitFor({ state: "visible" });
  await form.locator('[name="name"]').fill(name);
  await form.locator(`[name="audience"][value="${audience}"]`).check();
  await visitor.remember();
  await form.locator("button").click();
  await reaches(area(page, "join"), "sent");
  await visitor.remember();
}

/** Writes an event and returns the path of its page. */
export async function writeEvent(visitor, site, event) {
  const { page } = visitor;
  await page.goto(`${site.url}${PATHS.nl.write}?soort=activiteit`);
  const form = page.locator('form[data-dorpsplein="write"]');
  await form.waitFor({ state: "visible" });
  for (const field of ["title", "starts_date", "starts_time", "ends_date", "ends_time", "place", "body"]) {
    if (event[field]) await form.locator(`[name="${field}"]`).fill(event[field]);
  }
  await form.locator(`[name="audience"][value="${event.audience}"]`).check();
  await visitor.remember();
  await form.locator("button").click();
  await reaches(area(page, "write"), "sent");
  await visitor.remember();
  const link = await page.locator("[data-sent-link]").getAttribute("href");
  assert.match(link, /^\/activiteit\/[0-9a-f]{64}$/, "the link to what was written leads to its page");
  return link;
}

/** Comments on the item of the page where the visitor is. */
export async function comment(visitor, text) {
  const { page } = visitor;
  const form = page.locator('form[data-dorpsplein="comment"]');
  await form.waitFor({ state: "visible" });
  await form.locator('[name="body"]').fill(text);
  await form.locator("button").click();
  await reaches(area(page, "comment"), "sent");
  await visitor.remember();
}

/** Opens a page again and again until it holds this text: replication takes a moment. */
export async function arrives(page, url, text) {
  const until = Date.now() + ARRIVES_WITHIN_MS;
  for (;;) {
    const response = await page.goto(url);
    if (response.ok() && (await page.getByText(text).count()) > 0) return;
    if (Date.now() > until) throw new Error(`"${text}" did not reach ${url} within ${ARRIVES_WITHIN_MS} ms`);
    await page.waitForTimeout(250);
  }
}

/** The place where "Wie zegt dit?" gives its verdict. */
export function verdict(page) {
  return page.locator("[data-verdict]");
}

/** A day from now on as the date fields want it, such as `2026-12-04`. */
export function dayFromNow(days) {
  const day = new Date(Date.now() + days * 24 * 60 * 60 * 1000);
  return day.toLocaleDateString("sv-SE", { timeZone: "Europe/Amsterdam" });
}

/** One page of every kind, found by following links from the home page and the agenda: `{ name, path }`. */
export async function everyPage(page, site, lang) {
  const paths = PATHS[lang];
  const under = lang === "nl" ? { item: "/bericht/", event: "/activiteit/" } : { item: "/en/item/", event: "/en/event/" };
  const first = async (path, start) => {
    await page.goto(site.url + path);
    const href = await page.locator(`main h3 a[href^="${start}"], main h4 a[href^="${start}"]`).first().getAttribute("href");
    assert.ok(href, `${path} links to something under ${start}`);
    return href;
  };
  const item = await first(paths.news, under.item);
  const event = await first(paths.agenda, under.event);
  await page.goto(site.url + item);
  const proof = await page.locator('main a:is([href$="/wie-zegt-dit"], [href$="/who-says-this"])').first().getAttribute("href");
  return [
    ...Object.entries(paths).map(([name, path]) => ({ name, path })),
    { name: "edit", path: item + (lang === "nl" ? "/wijzigen" : "/edit") },
    { name: "history", path: item + (lang === "nl" ? "/geschiedenis" : "/history") },
    { name: "share", path: item + (lang === "nl" ? "/doorsturen" : "/share") },
    { name: "item", path: item },
    { name: "event", path: event },
    { name: "proof", path: proof },
  ];
}
