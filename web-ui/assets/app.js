// Starts the browser's module, which makes keys, signs and checks. Pages read fine without it.
// The name of the glue gets the hash of its content when the box is built.

// A form that is sent before the module is there waits for it: what it would send by itself no box takes.
let early;
// The module listens to one form after another: what a form of its own has heard of is not held, or it would be signed twice.
const hold = (event) => {
  if (event.defaultPrevented || !event.target.matches("form[data-dorpsplein]")) return;
  event.preventDefault();
  early = event;
};
document.addEventListener("submit", hold);
try {
  // Behind the door and on a new device there is more to do, and whoever joins or checks reads what others signed; nobody
  // else downloads what that takes.
  const has = (selector) => document.querySelector(selector) !== null;
  const inside = has("[data-session], [data-area=device]");
  const meeting = has("[data-area=join], [data-dorpsplein=proof]");
  const { default: init, start } = await (
    inside ? import("./inside.js") : meeting ? import("./meeting.js") : import("./browser.js")
  );
  await init();
  await start();
  document.removeEventListener("submit", hold);
  early?.target.requestSubmit(early.submitter);
} catch (error) {
  // A browser that cannot run the module: say so where the module would have answered.
  for (const place of document.querySelectorAll("[data-area], [data-verdict]")) {
    for (const state of place.querySelectorAll("[data-state]")) {
      state.hidden = state.dataset.state !== "failed";
    }
  }
  throw error;
}
