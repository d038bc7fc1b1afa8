// A connector's key was copied: whoever became connector by it waits, is told so, and may say which of the two counts.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { remarks } from "../harness/axe.js";
import { PHONE, launch } from "../harness/browser.js";
import { act, logIn, resident } from "../harness/desk.js";
import { Founded } from "../harness/founded.js";
import { eventually } from "../harness/patience.js";
import { picture } from "../harness/pictures.js";
import { text } from "../harness/texts.js";

let village;
let second;
let browser;

before(async () => {
  village = await Founded.start("Kleiheim");
  second = await village.secondBox();
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await second?.leave();
  await village?.stop();
});

test("somebody whose role hangs on a copied key waits, reads why, and may decide", async (t) => {
  const anna = await village.villager("Anna");
  await village.founder("member", "role", anna.resident, "connector");
  const riet = await resident(browser, village, "Riet Kamminga", { screen: PHONE });
  t.after(() => riet.leave());
  const { page } = riet;
  const waits = page.getByText(text("nl", "my-role-waits"));
  const copy = await village.copyOf(anna);
  await eventually("the second box has it all", async () => {
    const [one, other] = await Promise.all([village.register(), second.register()]);
    return one.residents.length === other.residents.length && other.connectors === 2;
  });

  // Neither box knows what the other takes in, so both take a statement with the same number.
  await second.leave();
  await anna.does("member", "role", riet.id, "connector");
  await logIn(riet, "/mijn-gegevens");
  assert.equal(await waits.count(), 0, "nothing is the matter yet");
  await village.leave();
  await second.comeBack();
  await copy.does("area", "add", "Noord", "--url", second.url);
  await village.comeBack();
  await eventually("the proof", async () => (await (await fetch(`${village.url}/api/v1/forks`)).json())[0]);

  await logIn(riet, "/mijn-gegevens");
  await waits.waitFor();
  assert.deepEqual(await remarks(page), []);
  await picture(page, "my-role-waits-phone", { whole: true });

  await page.getByRole("link", { name: text("nl", "my-role-waits-link") }).click();
  const branches = page.locator(".branches > li");
  await branches.first().waitFor();
  assert.equal(await branches.count(), 2);
  const grant = branches.filter({ hasText: "Riet Kamminga wordt buurtverbinder" });
  const area = branches.filter({ hasText: "Een deel van de buurt: Noord" });
  assert.equal(await grant.locator("form").count(), 1, "she may keep what made her a connector");
  assert.equal(await area.locator("form").count(), 0, "and nothing else");
  assert.ok((await area.innerText()).includes(text("nl", "fork-not-yours")));
  assert.deepEqual(await remarks(page), []);
  await picture(page, "fork-of-a-connector-phone", { whole: true });
  await act(grant, "fork");
  assert.equal(await page.locator("#forks").count(), 0, "the desk has nothing to decide any more");
  await logIn(riet, "/mijn-gegevens");
  assert.equal(await waits.count(), 0, "she is a connector again");
});
