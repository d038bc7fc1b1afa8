// Chromium, and the people who use it: each visitor has a browser profile of their own.

import { chromium } from "playwright-core";

/** A telephone of modest size. */
export const PHONE = { width: 360, height: 780 };
/** The narrowest screen the pages promise to fit (WCAG 2.2, 1.4.10 Reflow). */
export const NARROW = { width: 320, height: 640 };
/** A desk. */
export const DESK = { width: 1280, height: 900 };

const FLAGS = [
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/**
 * Starts Chromium.
 * @param {string[]} [moreFlags]
 */
export function launch(moreFlags = []) {
  return chromium.launch({
    executablePath: process.env.DORPSPLEIN_CHROMIUM ?? "/usr/bin/chromium",
    args: [...FLAGS, ...moreFlags],
    // Chromium's own sandbox refuses to run as root, which is what build machines are.
    chromiumSandbox: process.getuid?.() !== 0,
  });
}

/** A person at a browser of their own, with everything that left it on record. */
export class Visitor {
  /** Every request: `{ url, method, headers, body }`, the body a Buffer or null. */
  requests = [];
  /** Every line on the console, and every error nobody caught. */
  console = [];
  /** The HTML of every page at the moments {@link Visitor.remember} was called. */
  pages = [];

  /** @private */
  constructor(context, page) {
    this.context = context;
    this.page = page;
    context.on("request", (request) => {
      this.requests.push({
        url: request.url(),
        method: request.method(),
        headers: JSON.stringify(request.headers()),
        body: request.postDataBuffer(),
      });
    });
    page.on("console", (message) => this.console.push(message.text()));
    page.on("pageerror", (error) => this.console.push(String(error)));
  }

  /**
   * @param {import("playwright-core").Browser} browser
   * @param {object} [how]
   * @param {{width: number, height: number}} [how.screen]
   * @param {boolean} [how.javascript]
   * @param {"light" | "dark"} [how.scheme]
   * @param {string} [how.timezone] where the visitor's own clock is
   */
  static async arrive(browser, how = {}) {
    const { screen = PHONE, javascript = true, scheme = "light", timezone = "Europe/Amsterdam" } = how;
    const context = await browser.newContext({
      viewport: screen,
      javaScriptEnabled: javascript,
      colorScheme: scheme,
      locale: "nl-NL",
      timezoneId: timezone,
      reducedMotion: "reduce",
    });
    context.setDefaultTimeout(20_000);
    return new Visitor(context, await context.newPage());
  }

  /**
   * From now on pages come as they are where no script runs: none is fetched, and what is meant for then is shown. Tools of the
   * tests still work on them, which they do not where Chromium itself has JavaScript off: it stops their timers too.
   */
  async refuseScripts() {
    await this.context.route(() => true, async (route) => {
      const kind = route.request().resourceType();
      if (kind === "script") return route.abort();
      if (kind !== "document") return route.continue();
      const response = await route.fetch();
      const body = (await response.text()).replaceAll(/(?<=<\/?)noscript>/g, "div>");
      return route.fulfill({ response, body });
    });
  }

  /** Keeps the page as it stands now, for {@link Visitor.pages}. */
  async remember() {
    this.pages.push(await this.page.content());
  }

  /** The requests that went anywhere but to these sites. */
  requestsBeyond(sites) {
    const origins = sites.map((site) => new URL(site.url).origin);
    return this.requests.map((request) => request.url).filter((url) => {
      return !url.startsWith("data:") && !origins.includes(new URL(url).origin);
    });
  }

  leave() {
    return this.context.close();
  }
}
