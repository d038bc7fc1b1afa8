// What pages for reading have besides: they tell what came while they were open. Without this script they say it when they
// are opened again.

const { kept } = document.documentElement.dataset;
if (kept) tellWhen(Number(kept));
// What is kept for when there is no line; a browser that keeps nothing, or a site without a certificate, is read as before.
if (!document.body.dataset.kiosk) navigator.serviceWorker?.register("/worker.js").catch((error) => console.warn(String(error)));

function tellWhen(kept) {
  const line = document.querySelector("[data-kept-line]");
  const { lang } = document.documentElement;
  const { timeZone } = document.body.dataset;
  const when = new Intl.DateTimeFormat(lang, { dateStyle: "full", timeStyle: "short", timeZone }).format(kept);
  const words = line.querySelector("span");
  words.textContent = words.textContent.replace("#", when);
  line.hidden = false;
}

/** How long the community house's screen waits for the next touch before it goes back to the beginning. */
const ALONE_MS = 120_000;
const { kiosk } = document.body.dataset;
if (kiosk) stayInside(kiosk);

function stayInside(home) {
  let timer;
  const touched = () => {
    clearTimeout(timer);
    timer = setTimeout(() => location.replace(home), ALONE_MS);
  };
  for (const event of ["pointerdown", "keydown", "wheel", "touchmove"]) addEventListener(event, touched, { passive: true });
  touched();
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (link && link.origin !== location.origin) event.preventDefault();
  });
  const print = document.querySelector("[data-kiosk-print]");
  print.addEventListener("click", () => window.print());
  print.hidden = false;
}

// The last word is the box's: it says how soon to come back. After an answer that is no stream this waits by itself.
const SOONEST_MS = 5_000;
const LATEST_MS = 300_000;
/** What stands behind the `?` of a page that does not begin with what is newest. */
const PLACES = ["voor", "before", "na", "after", "vanaf", "from"];

const place = document.querySelector("[data-live]");
if (place && "EventSource" in window) listen(place);

function listen({ dataset: { live, liveAfter, liveKinds, liveOne, liveMany } }) {
  const button = place.querySelector("[data-live-new]");
  const alarm = place.querySelector("[data-live-alert]");
  const { subjectOfPage } = document.querySelector("main").dataset;
  const fresh = new Set();
  let after = liveAfter;
  let wait = SOONEST_MS;
  let stream;
  let timer;

  // A browser keeps few connections to one site, so only a page that is looked at holds one.
  const follow = () => (document.hidden ? leave() : open());
  document.addEventListener("visibilitychange", follow);
  addEventListener("pagehide", leave);
  addEventListener("pageshow", follow);
  follow();

  function open() {
    if (stream) return;
    clearTimeout(timer);
    stream = new EventSource(`${live}?after=${encodeURIComponent(after)}`);
    stream.onopen = () => {
      wait = SOONEST_MS;
      place.dataset.liveOpen = "";
    };
    stream.onerror = () => {
      delete place.dataset.liveOpen;
      if (stream.readyState !== EventSource.CLOSED) return;
      leave();
      timer = setTimeout(follow, wait);
      wait = Math.min(2 * wait, LATEST_MS);
    };
    stream.addEventListener("news", ({ data, lastEventId }) => {
      after = lastEventId;
      heard(JSON.parse(data));
    });
    stream.addEventListener("missed", ({ lastEventId }) => {
      after = lastEventId;
      look();
    });
    stream.addEventListener("over", () => {
      leave();
      // What is shown is for whoever is logged in, and that is nobody any more.
      if (document.querySelector("[data-session]")) location.reload();
      else timer = setTimeout(follow, wait);
    });
  }

  function leave() {
    clearTimeout(timer);
    stream?.close();
    delete place.dataset.liveOpen;
    stream = undefined;
  }

  function heard({ kind, item, subject }) {
    if (kind === "alert" || kind === "update") look(subject);
    if (subject ? subject === subjectOfPage : liveKinds.split(" ").includes(kind)) add([item]);
  }

  function add(items) {
    const here = document.body.innerHTML;
    for (const item of items) if (!here.includes(item)) fresh.add(item);
    if (!fresh.size) return;
    const address = new URL(location);
    for (const name of PLACES) address.searchParams.delete(name);
    address.hash = "";
    button.href = address;
    button.textContent = fresh.size === 1 ? liveOne : liveMany.replace("#", fresh.size);
    button.hidden = false;
  }

  // Asks for the page as it is now, and compares.
  async function look(told) {
    const now = await fetch(location, { headers: { accept: "text/html" } }).then((answer) => answer.text(), () => "");
    const page = new DOMParser().parseFromString(now, "text/html");
    if (liveKinds || subjectOfPage) {
      add([...page.querySelectorAll("main a[href]")].flatMap(({ pathname }) => pathname.match(/[0-9a-f]{64}/) ?? []));
    }
    const here = [...document.querySelectorAll(".alerts a")].map(({ pathname }) => pathname);
    const news = [...page.querySelectorAll(".alerts a")].find(({ pathname }) => {
      return !here.includes(pathname) || (told && pathname.endsWith(told));
    });
    if (!news) return;
    alarm.href = news.pathname;
    alarm.querySelector(":scope>span").textContent = news.textContent;
    alarm.hidden = false;
  }
}
