// Who may read something: chosen when it is written, and changed afterwards by whoever wrote it.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { remarks } from "../harness/axe.js";
import { DESK, PHONE, Visitor, launch } from "../harness/browser.js";
import { act, resident } from "../harness/desk.js";
import { Founded } from "../harness/founded.js";
import { eventually } from "../harness/patience.js";
import { picture } from "../harness/pictures.js";
import { area, reaches } from "../harness/square.js";
import { text } from "../harness/texts.js";

const TITLE = "De sleutel van de schuur";

let kleiheim;
let zandhoek;
let browser;
let sanne;

before(async () => {
  [kleiheim, zandhoek] = await Promise.all([Founded.start("Kleiheim"), Founded.start("Zandhoek")]);
  await kleiheim.agreeWith(zandhoek);
  browser = await launch();
  sanne = await resident(browser, kleiheim, "Sanne Wiersma", { screen: PHONE });
});

after(async () => {
  await browser?.close();
  await kleiheim?.stop();
  await zandhoek?.stop();
});

/** Whether the news of a site shows it to whoever comes by. */
const stands = async (site) => (await (await fetch(site.url)).text()).includes(TITLE);

/** What somebody sees who is not logged in. */
const status = async (address) => (await fetch(address)).status;

/** Sanne shows her item to these people from now on. */
async function show(address, audience) {
  const { page } = sanne;
  await page.goto(address);
  const acts = page.locator("main > article > [data-item-acts]");
  await acts.locator("summary").first().click();
  const form = acts.locator('form[data-act="audience"]');
  await form.locator("xpath=ancestor::details[1]/summary").click();
  await form.locator(`[name="audience"][value="${audience}"]`).check();
  await picture(page, `move-to-${audience}`, { whole: true });
  await act(acts, "audience");
}

test("something for residents, then for the neighbours, then for residents again", async (t) => {
  const { page } = sanne;
  let address;

  await t.test("it is written for residents and nobody else finds it", async () => {
    await page.goto(`${kleiheim.url}/schrijven`);
    const form = page.locator('form[data-dorpsplein="write"]');
    await form.waitFor({ state: "visible" });
    await form.locator('[name="title"]').fill(TITLE);
    await form.locator('[name="body"]').fill("Hij hangt achter de klok in het dorpshuis.");
    await form.locator('[name="audience"][value="members"]').check();
    assert.deepEqual(await remarks(page), []);
    await picture(page, "write-for-members", { whole: true });
    await sanne.remember();
    await form.locator("button").click();
    await reaches(area(page, "write"), "sent");
    await sanne.remember();
    address = kleiheim.url + (await page.locator("[data-sent-link]").getAttribute("href"));
    await page.locator("[data-sent-link]").click();
    await page.getByRole("heading", { level: 1, name: TITLE }).waitFor();
    await page.getByText(text("nl", "for-members")).waitFor();
    assert.deepEqual(await remarks(page), []);
    await picture(page, "item-for-members", { whole: true });
    assert.equal(await status(address), 404);
    assert.equal(await stands(kleiheim), false);
    assert.equal(await stands(zandhoek), false);
  });

  await t.test("another resident who is not logged in does not see it either", async () => {
    const stranger = await Visitor.arrive(browser, { screen: DESK });
    const response = await stranger.page.goto(address);
    assert.equal(response.status(), 404);
    await stranger.leave();
  });

  await t.test("it is shown to the neighbours", async () => {
    await show(address, "neighbours");
    assert.equal(await status(address), 200);
    assert.equal(await stands(kleiheim), true);
    await eventually("the neighbours read it", () => stands(zandhoek));
  });

  await t.test("and to residents again: next door it is gone", async () => {
    await show(address, "members");
    await page.getByText(text("nl", "for-members")).waitFor();
    assert.equal(await status(address), 404);
    await eventually("the neighbours do not read it any more", async () => !(await stands(zandhoek)));
    const item = address.split("/").at(-1);
    assert.equal(await status(`${zandhoek.url}/bericht/${item}`), 404);
    assert.equal(await status(`${zandhoek.url}/api/v1/operations/${item}`), 404);
  });
});
