// Somebody who has a keyboard and nothing else.

import assert from "node:assert/strict";

/** More stops than any page has. */
const MOST_STOPS = 400;
/** The thinnest outline that counts as seen (WCAG 2.2, 2.4.13 asks for two pixels). */
const OUTLINE_PX = 2;

/**
 * The element that has the focus: what it is, whether its outline shows, and whether something lies over it (WCAG 2.2,
 * 2.4.7 and 2.4.11). Nothing when the focus is on the page itself.
 */
function focused(page) {
  return page.evaluate((outline) => {
    const element = document.activeElement;
    if (!element || element === document.body) return null;
    // A radio button or a picture's field may be drawn by its label; then the label carries the outline.
    const drawn = [element, ...(element.labels ?? []), element.parentElement];
    const shows = (at) => ["", "::after"].some((part) => {
      const { outlineStyle, outlineWidth, content } = getComputedStyle(at, part);
      const drawnAtAll = part === "" || content !== "none";
      return drawnAtAll && outlineStyle !== "none" && Number.parseFloat(outlineWidth) >= outline;
    });
    const boxes = [...element.getClientRects()];
    const over = boxes.map((box) => document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2));
    const own = (at) => at === element || element.contains(at) || at?.contains(element) || drawn.includes(at);
    return {
      what: element.outerHTML.slice(0, 160),
      visible: drawn.some((at) => at && shows(at)),
      covered: boxes.length > 0 && !over.some(own),
    };
  }, OUTLINE_PX);
}

/** Presses Tab until the focus is on this element. Every stop on the way is to be seen. */
export async function tabTo(page, target) {
  await target.waitFor({ state: "visible" });
  for (let stop = 0; stop < MOST_STOPS; stop++) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press("Tab");
    const at = await focused(page);
    if (at) {
      assert.ok(at.visible, `the focus is not to be seen: ${at.what}`);
      assert.ok(!at.covered, `something lies over what has the focus: ${at.what}`);
    }
  }
  throw new Error(`Tab does not lead to ${target}`);
}

/** Goes to a field and types. */
export async function typeInto(page, target, text) {
  await tabTo(page, target);
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.type(text);
}

/** Goes to a button or a link and presses Enter. */
export async function press(page, target) {
  await tabTo(page, target);
  await page.keyboard.press("Enter");
}

/** Goes to a group of radio buttons and moves to the one that is wanted with the arrow keys. */
export async function choose(page, wanted) {
  const name = await wanted.getAttribute("name");
  const form = wanted.locator("xpath=ancestor::form");
  const ofGroup = form.locator(`[name="${name}"]`);
  await tabTo(page, (await form.locator(`[name="${name}"]:checked`).count()) ? form.locator(`[name="${name}"]:checked`) : ofGroup.first());
  for (let turn = 0; turn < (await ofGroup.count()); turn++) {
    if (await wanted.isChecked()) return;
    await page.keyboard.press("ArrowDown");
  }
  assert.ok(await wanted.isChecked(), "the arrow keys lead to the choice");
}

/** Walks through all stops of a page and returns what somebody who looks would not find. */
export async function hiddenStops(page) {
  const found = [];
  await page.evaluate(() => document.activeElement?.blur());
  for (let stop = 0; stop < MOST_STOPS; stop++) {
    await page.keyboard.press("Tab");
    const at = await focused(page);
    if (!at) return found;
    if (!at.visible) found.push(`not to be seen: ${at.what}`);
    if (at.covered) found.push(`covered: ${at.what}`);
  }
  throw new Error("Tab goes round and round in the page");
}
