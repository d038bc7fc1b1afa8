// What happens at the connectors' desk of a neighbourhood that was founded for a test file.

import { Visitor } from "./browser.js";
import { eventually } from "./patience.js";
import { area, join, reaches } from "./square.js";

/** How long it may take until an open page notices that its visitor is logged out. */
export const NOTICES_WITHIN_MS = 25_000;

/** Somebody who joined `village` with a letter of its founder's: a visitor with an `id` and a `village`. */
export async function resident(browser, village, name, how) {
  const visitor = await Visitor.arrive(browser, how);
  const known = new Set((await village.register()).residents.map(({ id }) => id));
  const { invitation } = await village.founder("invite");
  await join(visitor, invitation, name);
  visitor.village = village;
  visitor.id = (await village.register()).residents.map(({ id }) => id).find((id) => !known.has(id));
  return visitor;
}

/** Somebody who joined, was made a connector by the founder alone (so one of the first two), and sits at the desk. */
export async function connector(browser, village, name, how) {
  const visitor = await resident(browser, village, name, how);
  await village.founder("member", "role", visitor.id, "connector");
  await logIn(visitor, "/beheer");
  return visitor;
}

/** Goes to a page for those who are logged in, through the door if need be. */
export async function logIn(visitor, path) {
  const { page } = visitor;
  await page.goto(visitor.village.url + path);
  const door = page.locator('form[data-dorpsplein="login"] button');
  await door.or(page.locator("[data-session]")).first().waitFor();
  if (await door.isVisible()) {
    await door.click();
    await page.locator("[data-session]").first().waitFor();
  }
}

/** Sends the form of an act that stands open or behind its summary, and waits until the page is there again. */
export async function act(place, name, fill = {}) {
  const form = place.locator(`form[data-act="${name}"]`).first();
  const home = form.locator("xpath=ancestor::*[@data-area][1]");
  await home.waitFor();
  if (!(await form.isVisible())) await home.locator("summary").first().click();
  for (const [field, value] of Object.entries(fill)) {
    const input = form.locator(`[name="${field}"]`);
    if (value === true) await input.check();
    else if ((await input.evaluate((element) => element.tagName)) === "SELECT") await input.selectOption(value);
    else await input.fill(value);
  }
  const reloaded = form.page().waitForEvent("load");
  await form.locator("button").click();
  await reaches(home, "sent");
  await reloaded;
}

/** The card of a page of the desk with this heading. */
export const card = (page, heading) =>
  page.locator("article.card, li.card").filter({ has: page.getByRole("heading", { name: heading }) });

/** Opens a page of the desk again and again until this is in that card: the other box tells of it in a moment. */
export async function cardSays(visitor, path, heading, words) {
  await eventually(`"${words}" on ${path}`, async () => {
    await logIn(visitor, path);
    const one = card(visitor.page, heading);
    return (await one.count()) > 0 && (await one.first().innerText()).includes(words);
  });
}

/** What the register of their village says of somebody. */
export async function known(visitor) {
  return (await visitor.village.register()).residents.find(({ id }) => id === visitor.id);
}

/** Writes news on the own square and returns the whole address of its page. */
export async function writeNews(visitor, title, body) {
  const { page } = visitor;
  await page.goto(`${visitor.village.url}/schrijven`);
  const form = page.locator('form[data-dorpsplein="write"]');
  await form.waitFor({ state: "visible" });
  await form.locator('[name="title"]').fill(title);
  await form.locator('[name="body"]').fill(body);
  await form.locator("button").click();
  await reaches(area(page, "write"), "sent");
  return visitor.village.url + (await page.locator("[data-sent-link]").getAttribute("href"));
}
