// A telephone that reaches the square at home over plain http: a connector allows it, a resident gives it a key, and with
// that it posts and replies, and does nothing else.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { remarks } from "../harness/axe.js";
import { DESK, PHONE, Visitor, launch } from "../harness/browser.js";
import { act, connector, logIn, resident } from "../harness/desk.js";
import { Founded } from "../harness/founded.js";
import { picture } from "../harness/pictures.js";
import { area, reaches } from "../harness/square.js";
import { text } from "../harness/texts.js";

/** A name on the home network: for a browser no secure address, unlike `localhost`. */
const AT_HOME = "dorpsplein.test";

let village;
let browser;
/** A connector beside the founder. */
let hinke;
/** The square as the telephone reaches it. */
let atHome;

before(async () => {
  village = await Founded.start("Kleiheim");
  atHome = village.url.replace("localhost", AT_HOME);
  browser = await launch([`--host-resolver-rules=MAP ${AT_HOME} 127.0.0.1`, "--disable-features=HttpsUpgrades"]);
  hinke = await connector(browser, village, "Hinke Terpstra", { screen: DESK });
});

after(async () => {
  await browser?.close();
  await village?.stop();
});

/** Fills in the form for news, and sends it. */
async function write(page, title) {
  await page.goto(`${atHome}/schrijven`);
  const form = page.locator('form[data-dorpsplein="write"]');
  await form.waitFor({ state: "visible" });
  await form.locator('[name="title"]').fill(title);
  await form.locator('[name="body"]').fill("Vanaf de bank geschreven.");
  await form.locator("button.go").last().click();
}

/** How many items of the square have this title. */
async function standing(title) {
  const { items } = await (await fetch(`${village.url}/api/v1/items?kind=news`)).json();
  return items.filter((item) => item.content.title === title).length;
}

test("a key for the home network", async (t) => {
  const aaltje = await resident(browser, village, "Aaltje Wubs", { screen: DESK });
  const phone = await Visitor.arrive(browser, { screen: PHONE });
  t.after(() => Promise.all([aaltje.leave(), phone.leave()]));

  await t.test("there is none until a connector has read the risk and allows it", async () => {
    await logIn(aaltje, "/mijn-gegevens");
    assert.equal(await area(aaltje.page, "home-key").count(), 0);
    await logIn(hinke, "/beheer/leden");
    const section = hinke.page.locator('section[aria-labelledby="home-keys"]');
    await section.locator("summary").click();
    assert.match(await section.innerText(), new RegExp(text("nl", "home-keys-risk")));
    assert.deepEqual(await remarks(hinke.page), []);
    await picture(hinke.page, "home-keys-risk-desktop");
    await act(hinke.page, "home-keys", { sure: true });
    await hinke.page.getByText(text("nl", "home-keys-on"), { exact: true }).waitFor();
  });

  await t.test("a resident gives one to a telephone, and both show the same six digits", async () => {
    await aaltje.page.reload();
    const giving = area(aaltje.page, "home-key");
    await giving.locator('[name="address"]').fill(atHome);
    await giving.locator("form button").click();
    await giving.locator("[data-qr] svg").waitFor();
    const link = await giving.locator("[data-link]").innerText();
    assert.ok(link.startsWith(`${atHome}/toestel#`), link);
    await phone.page.goto(link);
    assert.equal(await phone.page.evaluate(() => isSecureContext), false);
    await phone.page.locator('[data-step="digits"]').waitFor({ state: "visible" });
    await giving.locator('[data-step="digits"]').waitFor({ state: "visible" });
    const digits = await phone.page.locator("[data-digits]").innerText();
    assert.equal(digits, await giving.locator("[data-digits]").innerText());
    await giving.locator("[data-confirm]").click();
    await reaches(giving, "sent");
    await reaches(area(phone.page, "device"), "sent");
    await aaltje.page.reload();
    await aaltje.page.locator('[data-device] .tag', { hasText: "thuisnetwerk" }).waitFor();
    assert.deepEqual(await remarks(aaltje.page), []);
    await picture(aaltje.page, "home-key-my-data-desktop", { whole: true });
  });

  await t.test("with it somebody posts and replies", async () => {
    await write(phone.page, "De ijsbaan gaat open");
    await reaches(area(phone.page, "write"), "sent");
    assert.equal(await standing("De ijsbaan gaat open"), 1);
    await phone.page.locator('[data-area="write"] [data-state="sent"] a').first().click();
    const comment = area(phone.page, "comment");
    await comment.locator('[name="body"]').fill("Neem een zaklamp mee.");
    await comment.locator("form button.go").click();
    await reaches(comment, "sent");
    await phone.page.reload();
    await phone.page.getByText("Neem een zaklamp mee.").first().waitFor();
    await picture(phone.page, "home-key-post-phone");
  });

  await t.test("it opens no door: what residents alone may read does not go over the home network", async () => {
    await phone.page.goto(`${atHome}/mijn-gegevens`);
    await phone.page.locator('form[data-dorpsplein="login"] button').click();
    await phone.page.getByText(text("nl", "problem-home-key")).locator("visible=true").waitFor();
    assert.equal(await phone.page.evaluate(async () => (await fetch("/api/v1/sessions")).status), 401);
  });

  await t.test("two windows without a lock between them never use one number", async () => {
    const [one, other] = [phone.page, await phone.context.newPage()];
    let release;
    const held = new Promise((resolve) => { release = resolve; });
    let asked;
    const waits = new Promise((resolve) => { asked = resolve; });
    await one.route("**/api/v1/status", async (route) => {
      asked();
      await held;
      await route.continue();
    });
    await write(one, "Het eerste venster");
    await waits;
    await write(other, "Het tweede venster");
    await reaches(area(other, "write"), "sent");
    release();
    await one.getByText(text("nl", "problem-other-tab")).locator("visible=true").waitFor();
    await one.unroute("**/api/v1/status");
    assert.deepEqual([await standing("Het eerste venster"), await standing("Het tweede venster")], [0, 1]);
    await write(one, "Het eerste venster");
    await reaches(area(one, "write"), "sent");
    assert.equal(await standing("Het eerste venster"), 1);
    await other.close();
  });

  await t.test("it holds for thirty days, and the register says what it is", async () => {
    const { residents } = await village.register();
    const key = residents.find(({ id }) => id === aaltje.id).devices.find((device) => device.home_key !== null);
    const days = (key.home_key - Date.now()) / 86_400_000;
    assert.ok(days > 29.9 && days <= 30, `${days} days`);
    const known = await (await fetch(`${village.url}/api/v1/devices/${key.key}`)).json();
    assert.deepEqual([known.member, known.role, known.home_key], [true, "resident", key.home_key]);
  });

  await t.test("when they are allowed no longer nobody gets one, and the one that is there goes on", async () => {
    await logIn(hinke, "/beheer/leden");
    await act(hinke.page, "home-keys");
    await aaltje.page.reload();
    await aaltje.page.locator("[data-session]").first().waitFor();
    assert.equal(await area(aaltje.page, "home-key").count(), 0);
    await write(phone.page, "Nog één keer");
    await reaches(area(phone.page, "write"), "sent");
  });
});
