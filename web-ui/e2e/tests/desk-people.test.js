// The connectors' desk, about people: a role that two take back, a device that is retired or lost count, an objection to a
// recovery, and honest work of somebody who was removed.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { remarks } from "../harness/axe.js";
import { DESK, PHONE, Visitor, launch } from "../harness/browser.js";
import { NOTICES_WITHIN_MS, act, connector, known, logIn, resident as joined, writeNews } from "../harness/desk.js";
import { Founded } from "../harness/founded.js";
import { eventually } from "../harness/patience.js";
import { picture } from "../harness/pictures.js";
import { arrives, area, reaches } from "../harness/square.js";
import { text } from "../harness/texts.js";

let village;
let nextDoor;
let browser;
/** A connector beside the founder. */
let hinke;

before(async () => {
  [village, nextDoor] = await Promise.all([Founded.start("Kleiheim"), Founded.start("Zandhoek")]);
  await village.agreeWith(nextDoor);
  browser = await launch();
  hinke = await connector(browser, village, "Hinke Terpstra", { screen: DESK });
});

after(async () => {
  await browser?.close();
  await village?.stop();
  await nextDoor?.stop();
});

/** Somebody of the village, who leaves when the test ends. */
async function resident(t, name, how) {
  const visitor = await joined(browser, village, name, how);
  t.after(() => visitor.leave());
  return visitor;
}

/** A reader who belongs to nobody. */
async function stranger(t) {
  const visitor = await Visitor.arrive(browser, { screen: PHONE });
  t.after(() => visitor.leave());
  return visitor.page;
}

/** What the box of `at` knows of a device. */
const device = async (at, key) => (await fetch(`${at.url}/api/v1/devices/${key}`)).json();

test("a device that signed two things with one number waits until a connector decides", async (t) => {
  const question = await nextDoor.sharesNews(village, "Wie komt er zaterdag schaken?");
  const anna = await village.villager("Anna");
  const copy = await village.copyOf(anna);
  await anna.does("resident", "post", "--title", "Ik heb een schaakbord over");
  // What is for the own square stays at home, so the box next door cannot know that this number was used.
  const answer = ["resident", "comment", "--item", question, "--body", "Ik kom ook schaken!", "--url", nextDoor.url];
  await eventually("the register next door", () => copy.does(...answer).catch(() => undefined));
  const forks = async () => (await fetch(`${village.url}/api/v1/forks`)).json();
  await eventually("the proof", async () => (await forks())[0]);
  await assert.rejects(anna.does("resident", "post", "--title", "Nog een bord"), /frozen/);

  const { page } = hinke;
  await page.goto(`${village.url}/beheer`);
  const branches = page.locator(".branches > li");
  assert.equal(await branches.count(), 2);
  const [board, comes] = ["Ik heb een schaakbord over", "Ik kom ook schaken!"];
  const words = (await branches.locator("blockquote").allInnerTexts()).map((said) => said.trim());
  assert.deepEqual(words.toSorted(), [board, comes]);
  assert.match(await page.locator("#forks + p").innerText(), /hetzelfde nummer/);
  assert.ok((await page.locator("main").innerText()).includes("Anna"));
  assert.deepEqual(await remarks(page), []);
  await picture(page, "desk-fork", { whole: true });
  await page.setViewportSize(PHONE);
  await picture(page, "desk-fork-phone", { whole: true });
  await page.setViewportSize(DESK);

  // The other than the one that counts as things stand: so it is the decision that makes the difference.
  const counts = branches.filter({ hasText: text("nl", "fork-counts") });
  assert.equal(await counts.count(), 1);
  const loser = branches.filter({ hasNotText: text("nl", "fork-counts") });
  const kept = (await loser.locator("blockquote").innerText()).trim();
  const reader = await stranger(t);
  const stands = async (said) => {
    await reader.goto(village.url + (said === board ? "/" : `/bericht/${question}`));
    return (await reader.getByText(said).count()) > 0;
  };
  const dropped = kept === board ? comes : board;
  assert.deepEqual([await stands(kept), await stands(dropped)], [false, true], "before");
  await act(loser, "fork");
  assert.deepEqual([await stands(kept), await stands(dropped)], [true, false], "after");
  assert.equal(await page.locator("#forks").count(), 0, "the desk has nothing to decide any more");
  const writer = kept === board ? anna : copy;
  await writer.does("resident", "post", "--title", "Ik schrijf weer");
  assert.ok(await stands("Ik schrijf weer") || (await reader.goto(village.url), await reader.getByText("Ik schrijf weer").count()));
});

test("honest work of somebody who was removed comes back", async (t) => {
  const question = await nextDoor.sharesNews(village, "Wie leent ons een partytent?");
  const klaas = await village.villager("Klaas");
  const answers = (body) => klaas.does("resident", "comment", "--item", question, "--body", body, "--url", nextDoor.url);
  await eventually("the register next door", () => answers("Ik kijk even op zolder.").catch(() => undefined));
  // The boxes cannot reach each other: his own box does not hear of this before he is removed.
  await village.whileAway(() => answers("Bij mij ligt een tent op zolder."));
  await nextDoor.whileAway(async () => {
    await logIn(hinke, `/beheer/lid/${klaas.resident}`);
    await act(hinke.page, "remove", { sure: true });
  });
  const late = (await device(nextDoor, klaas.device)).sequence;
  await eventually("the late answer", async () => (await device(village, klaas.device)).sequence === late);
  const removed = (await village.register()).residents.find(({ id }) => id === klaas.resident);
  assert.equal(removed.devices[0].counts_to, late - 1);
  const reader = await stranger(t);
  await reader.goto(`${village.url}/bericht/${question}`);
  assert.equal(await reader.getByText("Bij mij ligt een tent").count(), 0, "it came after the last number that counts");

  const { page } = hinke;
  await page.goto(`${village.url}/beheer/lid/${klaas.resident}`);
  await page.locator("summary", { hasText: text("nl", "device-rescue") }).click();
  assert.equal(await page.locator('form[data-act="rescue"] [name="last"]').inputValue(), String(late), "the form proposes what came late");
  assert.deepEqual(await remarks(page), []);
  await picture(page, "desk-rescue", { whole: true });
  await act(page, "rescue");
  await reader.reload();
  await reader.getByText("Bij mij ligt een tent").waitFor();
  await arrives(reader, `${nextDoor.url}/bericht/${question}`, "Bij mij ligt een tent");
  assert.equal((await device(village, klaas.device)).member, false, "he stays removed");
});

test("a device is retired from the desk, and what it wrote stays", async (t) => {
  const fokje = await resident(t, "Fokje Bijlsma");
  const item = await writeNews(fokje, "De brug bij de molen is dicht", "Tot en met vrijdag.");
  await logIn(fokje, "/mijn-gegevens");
  await logIn(hinke, `/beheer/lid/${fokje.id}`);
  await act(hinke.page, "retire");
  assert.deepEqual((await known(fokje)).devices.map(({ state }) => state), ["retired"]);
  await hinke.page.getByText(text("nl", "device-retired"), { exact: true }).waitFor();
  await fokje.page.locator('[data-area="login"]').waitFor({ timeout: NOTICES_WITHIN_MS });
  await fokje.page.goto(`${village.url}/schrijven`);
  const form = fokje.page.locator('form[data-dorpsplein="write"]');
  await form.waitFor({ state: "visible" });
  await form.locator('[name="title"]').fill("Dit komt er niet");
  await form.locator('[name="body"]').fill("Het toestel is afgemeld.");
  await form.locator("button").click();
  await reaches(area(fokje.page, "write"), "refused");
  const reader = await stranger(t);
  await reader.goto(item);
  await reader.getByRole("heading", { level: 1, name: "De brug bij de molen is dicht" }).waitFor();
  await reader.goto(village.url);
  assert.equal(await reader.getByText("Dit komt er niet").count(), 0);
});

test("from three connectors on", async (t) => {
  const meindert = await joined(browser, village, "Meindert Haan", { screen: PHONE });
  t.after(() => meindert.leave());
  await logIn(hinke, `/beheer/lid/${meindert.id}`);
  await act(hinke.page, "role");
  await logIn(meindert, "/beheer");

  await t.test("a connector is not recovered while an old device objects", async (t) => {
    const thief = await Visitor.arrive(browser, { screen: PHONE });
    t.after(() => thief.leave());
    const { page } = hinke;
    await logIn(hinke, `/beheer/lid/${meindert.id}`);
    const recover = area(page, "recover");
    await recover.locator("summary").click();
    await recover.locator('[name="device"]').check();
    await recover.locator("form button").click();
    await recover.locator('[data-state="waiting"]').waitFor();
    await thief.page.goto(await recover.locator("[data-link]").innerText());
    await recover.locator("[data-confirm]").waitFor();
    const reloaded = page.waitForEvent("load");
    await recover.locator("[data-confirm]").click();
    assert.equal(await reaches(recover, "sent"), text("nl", "recover-proposed"));
    await reloaded;
    const [proposal] = (await village.register()).proposals;
    assert.ok(proposal.endorse_after > Date.now() + 23 * 3_600_000, "it takes a day before anybody can sign it");

    await meindert.page.goto(`${village.url}/beheer`);
    await meindert.page.getByText(text("nl", "proposal-veto-more")).waitFor();
    assert.deepEqual(await remarks(meindert.page), []);
    await picture(meindert.page, "desk-veto-phone", { whole: true });
    await act(meindert.page, "veto");
    await meindert.page.getByText(text("nl", "proposal-vetoed")).waitFor();
    await page.goto(`${village.url}/beheer`);
    await page.getByText(text("nl", "proposal-vetoed")).waitFor();
    assert.equal(await page.locator('form[data-act="endorse"]').count(), 0, "nobody can sign it any more");
    assert.equal((await village.register()).proposals[0].vetoed, true);
    const { devices, role } = await known(meindert);
    assert.deepEqual(devices.map(({ state }) => state), ["active"], "only his own");
    assert.equal(role, "connector");
    await picture(page, "desk-vetoed", { whole: true });
  });

  await t.test("two take the role of a third back", async () => {
    const { page } = meindert;
    const benthe = await joined(browser, village, "Benthe Kooi", { screen: DESK });
    t.after(() => benthe.leave());
    await logIn(meindert, `/beheer/lid/${benthe.id}`);
    await act(page, "role");
    await logIn(hinke, "/beheer");
    await act(hinke.page.locator("article", { hasText: "Benthe Kooi" }), "endorse");
    await logIn(benthe, "/beheer");

    await logIn(meindert, `/beheer/lid/${benthe.id}`);
    assert.ok((await page.locator("main").textContent()).includes(text("nl", "act-heavy")));
    await act(page, "role");
    assert.equal((await known(benthe)).role, "connector", "one signature has no effect");
    await benthe.page.goto(`${village.url}/beheer`);
    await benthe.page.locator("article", { hasText: "Benthe Kooi is geen buurtverbinder meer" }).waitFor();
    await hinke.page.goto(`${village.url}/beheer/lid/${benthe.id}`);
    assert.deepEqual(await remarks(hinke.page), []);
    await picture(hinke.page, "desk-withdrawal", { whole: true });
    await act(hinke.page.locator("article", { hasText: "Benthe Kooi is geen buurtverbinder meer" }), "endorse");
    assert.equal((await known(benthe)).role, "resident");
    assert.equal((await known(benthe)).present, true);
    await benthe.page.goto(`${village.url}/beheer`);
    await benthe.page.getByText(text("nl", "door-not-a-connector")).waitFor();
    await writeNews(benthe, "Ik blijf gewoon meedoen", "Met koffie.");
  });
});
