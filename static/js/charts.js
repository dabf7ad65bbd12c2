// What all charts share: the theme's colours, patterns beside colours, reading by keyboard, and that
// they are drawn again when the theme or the page changes. A chart's own module says what is drawn.

const drawers = new Map();
const shown = new Map();

export function color(element, name) {
  return getComputedStyle(element).getPropertyValue(name).trim();
}

export function data(id) {
  return JSON.parse(document.getElementById(id).textContent);
}

export function calm() {
  return window.matchMedia("print, (prefers-reduced-motion: reduce)").matches;
}

// `draw(element)` gives { option, count, say(place), series, decal }: what echarts draws, how many
// points are read, the words of each, and the series whose tooltip is shown with it. Where points
// lie in several series, `mark(place)` gives { seriesIndex, dataIndex } instead of `series`. Without
// `decal: false` areas have patterns beside their colours.
export function register(name, draw) {
  drawers.set(name, draw);
  drawAll();
}

function shared(element, decal = true) {
  const text = color(element, "--trend-text");
  return {
    animation: !calm(),
    animationDuration: 300,
    aria: { enabled: true, label: { description: element.dataset.finding }, decal: { show: decal } },
    textStyle: { fontFamily: getComputedStyle(element).fontFamily, color: text },
  };
}

export function tooltip(element, formatter, trigger = "axis") {
  return {
    trigger,
    renderMode: "richText",
    confine: true,
    backgroundColor: color(element, "--trend-paper"),
    borderColor: color(element, "--trend-grid"),
    textStyle: { color: color(element, "--trend-text") },
    formatter,
  };
}

export function axis(element, more) {
  const grid = color(element, "--trend-grid");
  return {
    axisLabel: { color: color(element, "--trend-text"), hideOverlap: true },
    axisLine: { lineStyle: { color: grid } },
    splitLine: { lineStyle: { color: grid } },
    ...more,
  };
}

function draw(element) {
  const drawer = drawers.get(element.dataset.chart);
  if (!drawer || !window.echarts) return;
  shown.get(element)?.chart.dispose();
  const drawn = drawer(element);
  const chart = window.echarts.init(element, null, { renderer: "svg" });
  chart.setOption({ ...shared(element, drawn.decal), ...drawn.option });
  shown.set(element, { ...shown.get(element), chart, drawn });
  readable(element);
}

// The chart is one stop of the keyboard; the arrows go through its points and say each.
function readable(element) {
  // Whoever draws it calls it a picture each time.
  element.setAttribute("role", "application");
  element.setAttribute("aria-label", `${element.dataset.finding} ${element.dataset.keys}`);
  if (element.tabIndex === 0) return;
  element.tabIndex = 0;
  const line = document.createElement("p");
  line.className = "chart-said";
  line.setAttribute("aria-live", "polite");
  element.after(line);
  let place = -1;
  element.addEventListener("keydown", (event) => {
    const { chart, drawn } = shown.get(element);
    const steps = { ArrowRight: place + 1, ArrowLeft: place < 0 ? drawn.count - 1 : place - 1, Home: 0, End: drawn.count - 1 };
    if (event.key === "Escape") {
      place = -1;
      line.textContent = "";
      chart.dispatchAction({ type: "hideTip" });
      return;
    }
    if (!(event.key in steps) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    place = Math.min(Math.max(steps[event.key], 0), drawn.count - 1);
    const mark = drawn.mark ? drawn.mark(place) : { seriesIndex: drawn.series, dataIndex: place };
    chart.dispatchAction({ type: "showTip", ...mark });
    line.textContent = drawn.say(place).join("; ");
  });
}

function forgetGone() {
  for (const [element, { chart }] of shown) {
    if (element.isConnected) continue;
    chart.dispose();
    shown.delete(element);
  }
}

function drawAll() {
  forgetGone();
  document.querySelectorAll("[data-chart]").forEach(draw);
}

// A part of the page came: what is drawn already stays as it is.
function drawNew() {
  forgetGone();
  document.querySelectorAll("[data-chart]").forEach((one) => { if (!shown.has(one)) draw(one); });
}

document.addEventListener("themechange", drawAll);
document.addEventListener("htmx:afterSettle", drawNew);
document.addEventListener("live:changed", (event) => {
  if (event.target.querySelector("[data-chart]")) drawAll();
});
window.addEventListener("resize", () => shown.forEach(({ chart }) => chart.resize()));
// On paper the chart has the width of the paper.
window.addEventListener("beforeprint", () => shown.forEach(({ chart }) => chart.resize({ width: 680 })));
window.addEventListener("afterprint", () => shown.forEach(({ chart }) => chart.resize({ width: "auto" })));
