// Two villages that never heard of each other agree at their desks alone; then each says what of the other comes on its square.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { remarks } from "../harness/axe.js";
import { DESK, PHONE, Visitor, launch } from "../harness/browser.js";
import { act, card, cardSays, connector, logIn, resident } from "../harness/desk.js";
import { Founded } from "../harness/founded.js";
import { eventually } from "../harness/patience.js";
import { picture } from "../harness/pictures.js";
import { area, arrives, reaches } from "../harness/square.js";
import { text } from "../harness/texts.js";

let kleiheim;
let zandhoek;
let browser;
/** The connector of each village beside its founder. */
let hinke;
let zwaan;

before(async () => {
  [kleiheim, zandhoek] = await Promise.all([Founded.start("Kleiheim"), Founded.start("Zandhoek")]);
  browser = await launch();
  hinke = await connector(browser, kleiheim, "Hinke Terpstra", { screen: DESK });
  zwaan = await connector(browser, zandhoek, "Zwaantje Bolhuis", { screen: PHONE, scheme: "dark" });
});

after(async () => {
  await browser?.close();
  await kleiheim?.stop();
  await zandhoek?.stop();
});

const BUREN = "/beheer/buren";

/** Says what comes on the square of whoever sits at this desk. */
async function take(visitor, heading, { how, kinds, perDay = "0" }) {
  await logIn(visitor, BUREN);
  const place = card(visitor.page, heading);
  await place.locator("summary", { hasText: text("nl", "take-summary") }).click();
  await place.locator(`form[data-act="take"] [name="how"][value="${how}"]`).check();
  for (const kind of await place.locator('form[data-act="take"] [name="kinds"]').all()) {
    await kind.setChecked(!kinds || kinds.includes(await kind.getAttribute("value")));
  }
  await act(place, "take", { per_day: perDay });
}

/** What a visitor who is not logged in gets of a post. */
const status = async (village, item) => (await fetch(`${village.url}/api/v1/items/${item}`)).status;

test("a first treaty is made at the two desks, with a link that people hand on", async (t) => {
  const { page } = hinke;
  let link;

  await t.test("offered by number, it is there to be handed on", async () => {
    const number = (await zandhoek.founder("status")).neighbourhood_id;
    await logIn(hinke, BUREN);
    await act(page.locator("section:has(#offer)"), "treaty", { with: number, until: "2027-06-30" });
    const offered = card(page, number.slice(0, 8));
    await offered.locator("summary", { hasText: text("nl", "hand-on") }).click();
    link = await offered.locator("[data-treaty-link]").inputValue();
    assert.ok(link.startsWith(`${kleiheim.url}/over-dit-plein#verdrag=`), link);
    assert.equal(await offered.locator("svg.qr").count(), 1);
    assert.deepEqual(await remarks(page), []);
    await picture(page, "neighbours-hand-on-desk", { whole: true });
  });

  await t.test("a link that is none is refused, and nothing is signed", async () => {
    await logIn(zwaan, BUREN);
    const place = zwaan.page.locator("section:has(#answer)");
    await place.locator("summary").first().click();
    assert.deepEqual(await remarks(zwaan.page), []);
    await picture(zwaan.page, "neighbours-answer-phone-dark", { whole: true });
    const form = place.locator('form[data-act="treaty-link"]');
    await form.locator('[name="link"]').fill(`${kleiheim.url}/over-dit-plein#verdrag=e30`);
    await form.locator("button").click();
    await place.locator('[data-state="refused"]:not([hidden])').waitFor();
    assert.deepEqual(await zandhoek.neighbours(), []);
  });

  await t.test("pasted at the other desk, it holds at both", async () => {
    await logIn(zwaan, BUREN);
    await act(zwaan.page.locator("section:has(#answer)"), "treaty-link", { link, until: "2027-06-30" });
    await cardSays(zwaan, BUREN, "Kleiheim", text("nl", "treaty-active"));
    await cardSays(hinke, BUREN, "Zandhoek", text("nl", "treaty-active"));
    assert.equal(await page.locator("[data-treaty-link]").count(), 0, "there is nothing to hand on any more");
  });
});

test("what neighbours share comes on the square as connectors say", async (t) => {
  const sjoerd = await zandhoek.villager("sjoerd");
  const post = async (title) => (await sjoerd.does("resident", "post", "--title", title, "--audience", "neighbours")).item;
  const { page } = hinke;
  const awaiting = (title) => page.locator("section:has(#awaiting) article.card").filter({ hasText: title });

  await t.test("at once, as long as nobody says otherwise", async () => {
    const reader = await Visitor.arrive(browser);
    await arrives(reader.page, `${kleiheim.url}/bericht/${await post("Wie heeft er een ladder?")}`, "Wie heeft er een ladder?");
    await reader.leave();
    await logIn(hinke, BUREN);
    assert.ok((await card(page, "Zandhoek").innerText()).includes(text("nl", "taken-at-once")));
  });

  await t.test("after approval: one is let in, another is not", async () => {
    await take(hinke, "Zandhoek", { how: "after-approval" });
    assert.ok((await card(page, "Zandhoek").innerText()).includes(text("nl", "taken-after-approval")));
    const [wanted, unwanted] = [await post("Koffie op de dijk"), await post("Koopje van de week")];
    await eventually("both wait", async () => {
      await logIn(hinke, BUREN);
      return (await awaiting("Koffie op de dijk").count()) + (await awaiting("Koopje van de week").count()) === 2;
    });
    assert.equal(await status(kleiheim, wanted), 404);
    await page.locator("details.act:not([hidden]) > summary").evaluateAll((all) => all.forEach((one) => one.click()));
    assert.deepEqual(await remarks(page), []);
    await picture(page, "neighbours-awaiting-desk", { whole: true });
    await page.reload();
    await act(awaiting("Koffie op de dijk"), "take");
    await logIn(hinke, BUREN);
    const declining = awaiting("Koopje van de week");
    await declining.locator("summary", { hasText: text("nl", "awaiting-decline") }).click();
    const sent = page.waitForEvent("load");
    await declining.locator("details.act form button").click();
    await sent;
    assert.equal(await status(kleiheim, wanted), 200);
    assert.equal(await status(kleiheim, unwanted), 404);
    await page.locator("h1").waitFor();
    for (const title of ["Koffie op de dijk", "Koopje van de week"]) assert.equal(await awaiting(title).count(), 0, title);
    assert.equal(await awaiting("Wie heeft er een ladder?").count(), 1, "what was here already waits as well");
  });

  await t.test("so many a day, one kind, and not at all", async () => {
    await take(hinke, "Zandhoek", { how: "at-once", kinds: ["2"], perDay: "3" });
    const words = await card(page, "Zandhoek").innerText();
    assert.ok(words.includes("Alleen: activiteiten.") && words.includes("hooguit 3 bijdragen"), words);
    const news = await post("Nieuws dat niet komt");
    await take(hinke, "Zandhoek", { how: "not" });
    assert.ok((await card(page, "Zandhoek").innerText()).includes(text("nl", "taken-not")));
    assert.equal(await status(kleiheim, news), 404);
    // Whoever says it last is heard, at the command line too.
    await kleiheim.founder("treaty", "take", (await zandhoek.founder("status")).neighbourhood_id, "at-once");
    await logIn(hinke, BUREN);
    assert.ok((await card(page, "Zandhoek").innerText()).includes(text("nl", "taken-at-once")));
    await eventually("it comes after all", async () => (await status(kleiheim, news)) === 200);
  });

  await t.test("the page tells what goes where, since when, and when they were last heard of", async () => {
    await logIn(zwaan, BUREN);
    assert.deepEqual(await remarks(zwaan.page), []);
    await picture(zwaan.page, "neighbours-phone-dark", { whole: true });
    await zandhoek.whileAway(async () => {
      await eventually("they are away", async () => {
        await logIn(hinke, BUREN);
        return (await page.locator("table").first().innerText()).includes("Voor het laatst gehoord");
      });
      await kleiheim.whileAway(async () => {});
      await logIn(hinke, BUREN);
      assert.match(await page.locator("table").first().innerText(), /Voor het laatst gehoord/, "a restart forgets it not");
    });
  });
});

test("who took something away from the neighbours sees who let go of it", async () => {
  const sanne = await resident(browser, kleiheim, "Sanne Wiersma", { screen: PHONE });
  const { page } = sanne;
  await page.goto(`${kleiheim.url}/schrijven`);
  const form = page.locator('form[data-dorpsplein="write"]');
  await form.waitFor({ state: "visible" });
  await form.locator('[name="title"]').fill("De sleutel van de schuur");
  await form.locator('[name="body"]').fill("Hangt bij de bakker.");
  await form.locator('[name="audience"][value="neighbours"]').check();
  await form.locator("button").click();
  await reaches(area(page, "write"), "sent");
  const address = kleiheim.url + (await page.locator("[data-sent-link]").getAttribute("href"));
  const item = address.split("/").at(-1);
  await eventually("it is next door", async () => (await status(zandhoek, item)) === 200);
  await page.goto(address);
  const acts = page.locator("main > article > [data-item-acts]");
  await acts.locator("summary").first().click();
  const moving = acts.locator('form[data-act="audience"]');
  await moving.locator("xpath=ancestor::details[1]/summary").click();
  await moving.locator('[name="audience"][value="square"]').check();
  await act(acts, "audience");
  await eventually("Zandhoek let go of it", async () => {
    // A box says so when the two compare notes, which they do every few minutes by themselves.
    await kleiheim.founder("sync", "now");
    await page.goto(address);
    return (await page.locator("section:has(#receipts)").count()) > 0;
  });
  assert.match(await page.locator("section:has(#receipts)").innerText(), /Zandhoek/);
  assert.equal(await status(zandhoek, item), 404);
  assert.deepEqual(await remarks(page), []);
  await picture(page, "neighbours-let-go-phone", { whole: true });
});
