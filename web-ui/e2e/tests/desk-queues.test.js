// What waits on the connectors' desk: a report that leads to something being hidden, the first post of somebody new, and a
// listing whose maker says with one tap that it still holds.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { remarks } from "../harness/axe.js";
import { DESK, PHONE, launch } from "../harness/browser.js";
import { act, connector, logIn, resident, writeNews } from "../harness/desk.js";
import { Founded } from "../harness/founded.js";
import { picture } from "../harness/pictures.js";
import { reaches } from "../harness/square.js";
import { text } from "../harness/texts.js";

let village;
let browser;
let hinke;
let bram;

before(async () => {
  village = await Founded.start("Kleiheim");
  browser = await launch();
  hinke = await connector(browser, village, "Hinke Terpstra", { screen: DESK });
  bram = await resident(browser, village, "Bram Postma", { screen: PHONE });
});

after(async () => {
  await browser?.close();
  await village?.stop();
});

test("a new square has a list of first steps that ticks itself", async () => {
  const { page } = hinke;
  await logIn(hinke, "/beheer");
  const steps = page.locator("section:has(#steps)");
  assert.match(await steps.innerText(), /gedaan Vraag een tweede buurtverbinder/);
  assert.ok(await steps.getByRole("link", { name: text("nl", "step-news") }).isVisible());
  assert.deepEqual(await remarks(page), []);
  await picture(page, "desk-first-steps", { whole: true });
});

test("a resident reports something, and a connector hides it", async (t) => {
  const riet = await resident(browser, village, "Riet Koolen", { screen: PHONE });
  t.after(() => riet.leave());
  const item = await writeNews(bram, "Koop nu mijn jassen!", "Elke dag nieuwe jassen.");
  await riet.page.goto(item);
  const acts = riet.page.locator("main > article > [data-item-acts]");
  await acts.locator("summary").first().click();
  assert.equal(await acts.locator('form[data-act="hide"]').count(), 0, "only connectors hide");
  await acts.locator("details details summary").first().click();
  const form = acts.locator('form[data-act="report"]');
  await form.locator('[name="reason"]').selectOption("spam");
  await form.locator('[name="note"]').fill("Dit is elke dag hetzelfde.");
  await form.locator("button").click();
  await reaches(form.locator("xpath=ancestor::*[@data-area][1]"), "sent");
  assert.deepEqual(await remarks(riet.page), []);

  const { page } = hinke;
  await logIn(hinke, "/beheer");
  await page.getByRole("link", { name: text("nl", "queue-link") }).click();
  const reported = page.locator("[data-reported]");
  assert.equal(await reported.count(), 1);
  const words = await reported.innerText();
  for (const said of ["Koop nu mijn jassen!", "Dit is elke dag hetzelfde.", "Riet Koolen", "Bram Postma"]) {
    assert.ok(words.includes(said), said);
  }
  for (const [screen, scheme] of [[DESK, "light"], [DESK, "dark"], [{ width: 320, height: 640 }, "light"], [{ width: 320, height: 640 }, "dark"]]) {
    await page.setViewportSize(screen);
    await page.emulateMedia({ colorScheme: scheme });
    assert.deepEqual(await remarks(page), [], `${screen.width}, ${scheme}`);
    const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(wider <= 0, `${wider} px too wide at ${screen.width}`);
  }
  await picture(page, "desk-queue-phone", { whole: true });
  await page.setViewportSize(DESK);
  await page.emulateMedia({ colorScheme: "light" });
  await picture(page, "desk-queue", { whole: true });

  assert.equal((await fetch(item)).status, 200);
  await act(reported, "hide-reported", { reason: "spam", note: "Reclame hoort hier niet." });
  assert.equal(await page.locator("[data-reported]").count(), 0, "the report is dealt with");
  const hidden = await (await fetch(item)).text();
  assert.ok(!hidden.includes("Elke dag nieuwe jassen."));
  await logIn(riet, "/logboek");
  const log = await riet.page.locator("main").innerText();
  assert.equal(log.match(/Reclame hoort hier niet/g)?.length, 1);
  assert.equal(await riet.page.locator("main article, main li.card").count(), 1, "what became of a report is not in the log");
  const queue = await riet.page.goto(`${village.url}/en/desk/to-do`);
  assert.equal(queue.status(), 403, "the queue is for connectors");
});

test("the first post of somebody new is shown until a connector looked", async (t) => {
  const sanne = await resident(browser, village, "Sanne Wiersma", { screen: PHONE });
  t.after(() => sanne.leave());
  await writeNews(sanne, "Hallo, wij zijn nieuw", "Wij wonen sinds gisteren aan de kade.");
  const { page } = hinke;
  await logIn(hinke, "/beheer/wat-er-wacht");
  const first = page.locator("[data-first]").filter({ hasText: "Hallo, wij zijn nieuw" });
  await first.waitFor();
  await act(first, "looked-at");
  assert.equal(await page.locator("[data-first]").filter({ hasText: "Hallo, wij zijn nieuw" }).count(), 0);
});

test("a listing that may be out of date fades, and its maker answers with one tap", async () => {
  const { page } = bram;
  await page.goto(`${village.url}/schrijven?soort=aanbod`);
  const form = page.locator('form[data-dorpsplein="write"]');
  await form.waitFor({ state: "visible" });
  await form.locator('[name="title"]').fill("Een ladder te leen");
  await form.locator('[name="body"]').fill("Haal hem maar op.");
  await form.locator('[name="review_by"]').fill("2026-01-05");
  await form.locator("button.go").last().click();
  await reaches(page.locator('[data-area="write"]'), "sent");
  const item = village.url + (await page.locator("[data-sent-link]").getAttribute("href"));
  const card = page.locator("main article.card").filter({ hasText: "Een ladder te leen" });
  await page.goto(`${village.url}/vraag-en-aanbod`);
  assert.ok((await card.getAttribute("class")).includes("faded"));

  await logIn(hinke, "/beheer/wat-er-wacht");
  const stale = hinke.page.locator("[data-stale]").filter({ hasText: "Een ladder te leen" });
  await act(stale, "ask-review");
  assert.match(await stale.innerText(), /Gevraagd: vandaag/);

  await logIn(bram, "/mijn-gegevens");
  const due = page.locator("[data-due]");
  assert.match(await due.innerText(), /Een ladder te leen[^]*Een buurtverbinder vroeg het vandaag/);
  assert.deepEqual(await remarks(page), []);
  await picture(page, "my-data-due-phone", { whole: true });
  await page.goto(item);
  const asked = page.locator('[data-item-acts] [data-area="act"]').filter({ hasText: text("nl", "still-right-asked") });
  await act(asked, "still-right");
  await page.goto(`${village.url}/vraag-en-aanbod`);
  assert.ok(!(await card.getAttribute("class")).includes("faded"));
  await logIn(bram, "/mijn-gegevens");
  assert.equal(await page.locator("[data-due]").count(), 0);
  await logIn(hinke, "/beheer/wat-er-wacht");
  assert.equal(await hinke.page.locator("[data-stale]").count(), 0);
});

test("how it goes is told without telling of anybody", async () => {
  const { page } = hinke;
  await logIn(hinke, "/beheer/hoe-het-gaat");
  for (const screen of [DESK, { width: 320, height: 640 }]) {
    await page.setViewportSize(screen);
    assert.deepEqual(await remarks(page), []);
  }
  await picture(page, "desk-pulse-phone", { whole: true });
  await page.setViewportSize(DESK);
  const words = await page.locator("main").innerText();
  assert.match(words, /Groepen: nog nooit iets/i);
  await page.locator("summary").click();
  const cells = await page.locator("td").allInnerTexts();
  assert.ok(cells.includes("weinig") && cells.every((cell) => !/^[1-4]$/.test(cell.trim())), cells.join(" "));
});

test("how the box is stands there in plain words, and what to do about it", async () => {
  const { page } = hinke;
  const pages = [
    ["/beheer/kastje", /nog nooit een back-up/, /Dit plein heeft geen https/],
    ["/en/desk/box", /No backup was ever made/, /This square has no https/],
  ];
  for (const [path, words, https] of pages) {
    await logIn(hinke, path);
    for (const screen of [DESK, { width: 320, height: 640 }]) {
      await page.setViewportSize(screen);
      assert.deepEqual(await remarks(page), []);
    }
    const said = await page.locator("main").innerText();
    assert.match(said, words);
    assert.match(said, https);
    assert.match(said, /\d GB|\d MB/);
  }
  await logIn(hinke, "/beheer/kastje");
  await picture(page, "desk-health-phone", { whole: true });
  await page.setViewportSize(DESK);
  await picture(page, "desk-health", { whole: true });
});

test("a connector writes for somebody, with their consent on record", async () => {
  const { page } = bram;
  await page.goto(`${village.url}/schrijven?soort=vraag`);
  await page.locator('form[data-dorpsplein="write"]').waitFor({ state: "visible" });
  assert.ok(await page.locator("[data-connectors]").isHidden(), "who is no connector writes for themselves");

  await hinke.page.goto(`${village.url}/schrijven?soort=vraag`);
  const form = hinke.page.locator('form[data-dorpsplein="write"]');
  await form.locator("[data-connectors]").waitFor();
  assert.deepEqual(await remarks(hinke.page), []);
  await form.locator('[name="title"]').fill("Wie doet boodschappen?");
  await form.locator('[name="body"]').fill("Een tas is genoeg.");
  await form.locator('[name="on_behalf"]').fill("Dirk Mulder");
  await form.locator('[name="consent"]').selectOption("telephone");
  await form.locator("button.go").last().click();
  await reaches(hinke.page.locator('[data-area="write"]'), "sent");
  const item = village.url + (await hinke.page.locator("[data-sent-link]").getAttribute("href"));
  await hinke.page.goto(item);
  const consents = hinke.page.locator("section:has(#consents)");
  assert.match(await consents.innerText(), /Dirk Mulder\s+aan de telefoon[^]*Hinke Terpstra/);
  assert.deepEqual(await remarks(hinke.page), []);
  await page.goto(item);
  assert.ok((await page.locator("main").innerText()).includes("Dirk Mulder"));
  assert.equal(await page.locator("#consents").count(), 0, "how they agreed is for connectors");
});

test("what residents tell about themselves is found by talent, by residents alone", async () => {
  const { page } = bram;
  await logIn(bram, "/mijn-gegevens");
  const form = page.locator('form[data-dorpsplein="profile"]');
  await form.locator('[name="talents"]').fill("fietsen repareren\nTurks");
  await form.locator('[name="body"]').fill("Ik help graag.");
  const reloaded = page.waitForEvent("load");
  await form.locator("button").click();
  await reaches(page.locator('[data-area="profile"]'), "sent");
  await reloaded;
  await page.goto(`${village.url}/mensen`);
  assert.deepEqual(await remarks(page), []);
  await page.getByRole("link", { name: "Turks", exact: true }).click();
  assert.equal(await page.locator("main article.card").count(), 1);
  assert.match(await page.locator("main article.card").innerText(), /Bram Postma[^]*Ik help graag/);
  const profiles = await (await fetch(`${village.url}/api/v1/search?q=Turks`)).json();
  assert.deepEqual(profiles.hits, [], "visitors find nobody");
});
