// Lets pages be read without a line. The net comes first, always: what is kept is shown only when nothing answers, and
// then the page says so. Served at the top of the site as `/worker.js`; the names below carry the hash of their content,
// so this file changes with each of them, and a browser takes the new one by itself.

const FILES = ["/static/icon.svg", "/static/reading.js", "/static/suggest.js"];
// The box adds the other languages that it has.
const OFFLINE = { nl: "/niet-verbonden", en: "/en/offline" };
/** How long the net may take where there is something to show instead. */
const PATIENCE_MS = 5_000;
/** How much is kept: the page that was opened longest ago makes room. */
const PAGES = { entries: 60, bytes: 4_000_000 };
const SCRIPTS = { entries: 40, bytes: 4_000_000 };
const LARGEST = 500_000;
/** How long what is for members is kept of somebody who does not come back. */
const INSIDE_MS = 7 * 24 * 3_600_000;
const EVERYBODY = "everybody";

self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(prepare());
});

self.addEventListener("activate", (event) => event.waitUntil(tidy().then(() => self.clients.claim())));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (url.pathname.startsWith("/static/")) event.respondWith(file(event));
  else if (request.mode === "navigate") event.respondWith(page(event, url));
});

self.addEventListener("push", (event) => event.waitUntil(notify(event.data)));

self.addEventListener("pushsubscriptionchange", (event) => event.waitUntil(renew(event)));

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data));
});

/** Shows a notice: a browser that was promised one for each message holds whoever shows none to it. */
async function notify(data) {
  const { title = self.location.host, path = "/", lang = "nl" } = read(data);
  // One about the same thing takes the place of the one that is there.
  await self.registration.showNotification(title, { lang, tag: path, data: path, icon: "/static/icon-192.png" });
}

function read(data) {
  try {
    return data.json() ?? {};
  } catch {
    // What cannot be read still says that there is something.
    return {};
  }
}

/**
 * The browser is reached elsewhere from now on: the box is told, as the device that is logged in. Where it does not hear it,
 * there is no such address either; then the page about notices says that none come any more.
 */
async function renew({ oldSubscription, newSubscription }) {
  let reached = newSubscription;
  try {
    reached ??= await self.registration.pushManager.subscribe(oldSubscription.options);
    const { endpoint, keys } = reached.toJSON();
    const body = JSON.stringify({ endpoint, p256dh: keys.p256dh, auth: keys.auth });
    const answer = await fetch("/api/v1/push", { method: "PUT", headers: { "content-type": "application/json" }, body });
    if (answer.ok) return;
  } catch {
    // No line, or the browser gives no other address.
  }
  await reached?.unsubscribe();
}

/** Opens a page of this site, where it is open already if it is. */
async function open(path) {
  const { href, origin } = new URL(path, self.location.origin);
  const address = origin === self.location.origin ? href : self.location.origin;
  const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const there = windows.find(({ url }) => url === address);
  return there ? there.focus() : self.clients.openWindow(address);
}

async function prepare() {
  const cache = await caches.open("offline");
  const paths = [...Object.values(OFFLINE), ...FILES];
  await cache.addAll(paths.map((path) => new Request(path, { credentials: "omit", cache: "reload" })));
}

async function tidy() {
  const cache = await caches.open("offline");
  const wanted = [...Object.values(OFFLINE), ...FILES];
  for (const request of await cache.keys()) {
    if (!wanted.includes(new URL(request.url).pathname)) await cache.delete(request);
  }
}

async function file(event) {
  const kept = await caches.match(event.request);
  if (kept) return kept;
  const answer = await fetch(event.request);
  // Their names carry their hash: what is kept is never an old one.
  if (answer.status === 200) event.waitUntil(store("files", event.request.url, answer.clone(), SCRIPTS));
  return answer;
}

async function page(event, url) {
  const kept = await find(event.request.url);
  const net = fetch(event.request).then((answer) => {
    event.waitUntil(keep(event.request.url, answer.clone()));
    return answer;
  });
  net.catch(() => undefined);
  let timer;
  const late = new Promise((resolve) => (timer = setTimeout(resolve, PATIENCE_MS)));
  try {
    const answer = await (kept ? Promise.race([net, late]) : net);
    if (answer) return answer;
  } catch {
    // Nothing answers.
  } finally {
    clearTimeout(timer);
  }
  // A language is the first part of the path; Dutch has none.
  const [, tag] = url.pathname.split("/");
  const lang = Object.hasOwn(OFFLINE, tag) ? tag : "nl";
  return kept ? dated(kept) : ((await caches.match(OFFLINE[lang])) ?? Response.error());
}

/** What is kept of a page: first as whoever is logged in saw it. */
async function find(address) {
  for (const name of [...(await insides()), "pages"]) {
    const kept = await (await caches.open(name)).match(address);
    const at = Number(kept?.headers.get("dorpsplein-kept"));
    if (kept && (name === "pages" || Date.now() - at < INSIDE_MS)) return kept;
  }
}

/** A page that says when it was true. */
async function dated(kept) {
  const html = (await kept.text()).replace("<html ", `<html data-kept="${kept.headers.get("dorpsplein-kept")}" `);
  return new Response(html, { headers: kept.headers });
}

/** Keeps what the box says may be kept. Who reads is learnt from every answer: what another reader was shown is forgotten. */
async function keep(address, answer) {
  const reader = answer.headers.get("dorpsplein-reader");
  if (!reader) return;
  const name = reader === EVERYBODY ? "pages" : `inside-${reader}`;
  for (const other of await insides()) if (other !== name) await caches.delete(other);
  if (answer.status !== 200 || answer.redirected || !answer.headers.has("dorpsplein-offline")) return;
  await store(name, address, answer, PAGES);
}

async function insides() {
  return (await caches.keys()).filter((name) => name.startsWith("inside-"));
}

async function store(name, address, answer, most) {
  const body = await answer.arrayBuffer();
  if (body.byteLength > LARGEST && name !== "files") return;
  const headers = new Headers(answer.headers);
  // The bytes are unpacked by now.
  headers.delete("content-encoding");
  headers.set("dorpsplein-kept", Date.now());
  headers.set("dorpsplein-bytes", body.byteLength);
  const cache = await caches.open(name);
  await cache.delete(address);
  await cache.put(address, new Response(body, { headers }));
  let [entries, bytes] = [0, 0];
  for (const request of (await cache.keys()).reverse()) {
    const kept = await cache.match(request);
    entries += 1;
    bytes += Number(kept?.headers.get("dorpsplein-bytes"));
    if (entries > most.entries || bytes > most.bytes) await cache.delete(request);
  }
}
