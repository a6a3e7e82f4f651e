/* Everything here is a convenience: each page works without it. Loaded in the head, so the theme is set before paint. */
(() => {
  "use strict";
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  root.dataset.js = "";

  // Theme: what the person chose, else what the system says.
  function chosen() {
    try { return ["light", "dark"].find((theme) => theme === localStorage.getItem("theme")); } catch { return undefined; }
  }
  function paint() {
    const theme = chosen();
    if (theme) root.dataset.theme = theme;
    root.dataset.scheme = theme || (system.matches ? "dark" : "light");
  }
  paint();
  system.addEventListener("change", paint);
  addEventListener("storage", paint);

  function toggleTheme() {
    const next = root.dataset.scheme === "dark" ? "light" : "dark";
    try { localStorage.setItem("theme", next); } catch { root.dataset.theme = next; }
    paint();
  }

  // The site's clock may be ahead of the browser's; the page says what time it was when it was written.
  const ahead = root.dataset.now ? Date.parse(root.dataset.now) - Date.now() : 0;
  const now = () => Date.now() + ahead;

  const MINUTE = 60_000, HOUR = 60 * MINUTE, DAY = 24 * HOUR;
  function remaining(ms) {
    const parts = { days: Math.floor(ms / DAY), hours: Math.floor(ms / HOUR) % 24, minutes: Math.floor(ms / MINUTE) % 60 };
    if (ms < HOUR) return `${parts.minutes}:${String(Math.floor(ms / 1000) % 60).padStart(2, "0")}`;
    if (parts.days) delete parts.minutes;
    return new Intl.DurationFormat(root.lang, { style: "narrow" }).format(parts);
  }

  // While a page arrives, an element may be there before its words: written over too early, it would say both. And what
  // it says at zero is heard by nobody before htmx has begun.
  function parsed(then) {
    if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => setTimeout(then), { once: true });
    else setTimeout(then);
  }

  class CountDown extends HTMLElement {
    static observedAttributes = ["data-until"];
    connectedCallback() { this.start(); }
    disconnectedCallback() { clearInterval(this.timer); }
    attributeChangedCallback(name, before, after) { if (this.isConnected && before !== after) this.start(); }
    start() {
      clearInterval(this.timer);
      if (!this.dataset.until || !Intl.DurationFormat) return;
      this.until = Date.parse(this.dataset.until);
      parsed(() => this.run());
    }
    run() {
      clearInterval(this.timer);
      if (!this.isConnected) return;
      this.timer = setInterval(() => this.tick(), 1000);
      this.tick();
    }
    tick() {
      const left = this.until - now();
      this.textContent = (this.dataset.text || "{left}").replace("{left}", remaining(Math.max(left, 0)));
      if (left > 0) return;
      clearInterval(this.timer);
      this.dispatchEvent(new CustomEvent("done", { bubbles: true }));
    }
  }
  customElements.define("count-down", CountDown);

  class TimeAgo extends HTMLElement {
    connectedCallback() {
      this.timer = setInterval(() => this.tick(), MINUTE);
      parsed(() => this.tick());
    }
    disconnectedCallback() { clearInterval(this.timer); }
    tick() {
      const inner = this.querySelector("time");
      if (!inner) return;
      const ms = Date.parse(inner.dateTime) - now();
      const [size, unit] = [[DAY, "day"], [HOUR, "hour"], [MINUTE, "minute"]].find(([size]) => Math.abs(ms) >= size) || [MINUTE, "minute"];
      if (Math.abs(ms) > 7 * DAY) return;
      inner.title ||= inner.textContent.trim();
      inner.textContent = new Intl.RelativeTimeFormat(root.lang, { numeric: "auto" }).format(Math.round(ms / size), unit);
    }
  }
  customElements.define("time-ago", TimeAgo);

  // The time zone of the browser: filled in where the person has not chosen, proposed where it differs.
  function proposeZone() {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    for (const field of document.querySelectorAll("[data-zone-guess]")) {
      if (field.tagName !== "SELECT") field.value ||= zone;
      else if ([...field.options].some((option) => option.value === zone)) field.value = zone;
    }
    for (const notice of document.querySelectorAll("[data-zone-notice]")) {
      const field = notice.querySelector("[data-zone-value]");
      if (notice.dataset.zoneNotice === zone || kept() === zone || !field) continue;
      field.value = zone;
      for (const name of notice.querySelectorAll("[data-zone-name]")) name.textContent = zone;
      notice.hidden = false;
    }
  }

  // Whoever kept the other zone is asked again only where the device moves on.
  function kept() {
    try { return localStorage.getItem("zone-kept"); } catch { return undefined; }
  }
  function keepZone(notice) {
    try { localStorage.setItem("zone-kept", notice.querySelector("[data-zone-value]").value); } catch { /* asked again */ }
    notice.hidden = true;
  }

  function stickToEnd() {
    for (const box of document.querySelectorAll("[data-stick-end]")) box.scrollTop = box.scrollHeight;
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-do]");
    if (!button) return;
    if (button.dataset.do === "theme") toggleTheme();
    if (button.dataset.do === "close") button.closest(button.dataset.what || ".notice").remove();
    if (button.dataset.do === "keep-zone") keepZone(button.closest("[data-zone-notice]"));
    if (button.dataset.do === "print") print();
    if (button.dataset.do === "copy") navigator.clipboard.writeText(button.dataset.text).then(() => button.classList.add("copied"));
  });

  document.addEventListener("change", (event) => {
    if (event.target.closest("[data-submit-on-change]")) event.target.form.requestSubmit();
  });

  // One click, one request: the second submit of a plain form is dropped.
  const sent = new WeakSet();
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (sent.has(form)) event.preventDefault();
    sent.add(form);
    setTimeout(() => sent.delete(form), 4000);
  });

  // What allauth's scripts cannot do with a passkey is said on the page.
  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    for (const sentence of document.querySelectorAll("[data-passkey-failed]")) sentence.hidden = false;
  });

  // The picker of skills: filter by whatever a skill is called, and say what is chosen.
  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  function filterPicker(picker, text) {
    const wanted = plain(text).split(/\s+/).filter(Boolean);
    let found = 0;
    for (const group of picker.querySelectorAll("details")) {
      const options = [...group.querySelectorAll("[data-words]")];
      for (const option of options) option.hidden = !wanted.every((word) => ` ${option.dataset.words}`.includes(` ${word}`));
      const here = options.filter((option) => !option.hidden).length;
      group.hidden = !here;
      group.open = wanted.length ? here > 0 : group.querySelector(":checked") !== null;
      found += here;
    }
    picker.querySelector("[data-picker-none]").hidden = found > 0;
  }
  function countPicked(picker) {
    const chips = [];
    for (const group of picker.querySelectorAll("details")) {
      const ticked = [...group.querySelectorAll(":checked")], count = group.querySelector("[data-count]");
      [count.textContent, count.hidden] = [ticked.length, !ticked.length];
      for (const box of ticked) chips.push(Object.assign(document.createElement("span"), { className: "chip", textContent: box.parentElement.textContent.trim() }));
    }
    picker.querySelector("[data-picker-chosen]").replaceChildren(...chips);
  }
  document.addEventListener("input", (event) => {
    const picker = event.target.closest("[data-picker]");
    if (picker && event.target.matches("[data-picker-filter]")) filterPicker(picker, event.target.value);
    else if (picker) countPicked(picker);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches("[data-picker-filter]")) event.preventDefault();
  });

  // Filters are open where there is room for them beside the list.
  function fold() {
    if (matchMedia("(width < 60rem)").matches) for (const part of document.querySelectorAll("details[data-fold]")) part.open = false;
  }

  // On the phone the list of settings scrolls sideways: to where one is.
  function showCurrent() {
    const here = document.querySelector(".settings-nav [aria-current]");
    if (here) here.closest("ul").scrollLeft = here.offsetLeft - here.closest("ul").offsetLeft;
  }

  document.addEventListener("DOMContentLoaded", () => { proposeZone(); stickToEnd(); fold(); showCurrent(); });
  document.addEventListener("htmx:after:swap", () => { proposeZone(); stickToEnd(); });
})();
