// Horizontal bars: what moved a score, and means with their range. SVG, followed by the theme.

const charts = new Map();
const NARROW = 480;

function color(element, name) {
  return getComputedStyle(element).getPropertyValue(name).trim();
}

function written(value, signed) {
  if (value === null) return "–";
  const text = Math.abs(value).toFixed(2);
  if (!signed) return text;
  return value > 0 ? `+${text}` : value < 0 ? `−${text}` : text;
}

function sentences(bars) {
  return (shown) => {
    const place = shown[0].dataIndex;
    const lines = bars.series.map((one) => {
      const value = written(one.values[place], bars.signed);
      const range = one.lows && one.lows[place] !== null
        ? ` (${written(one.lows[place])} – ${written(one.highs[place])})`
        : "";
      return `${one.name}: ${value}${range} ${bars.unit}`;
    });
    return [bars.names[place], ...lines].join("\n");
  };
}

// The range of a mean: a thin line from its low to its high end, drawn upon the bar.
function ranges(one, colour) {
  const lines = one.values
    .map((value, place) => (value === null ? null : [
      { coord: [one.lows[place], place] },
      { coord: [one.highs[place], place] },
    ]))
    .filter(Boolean);
  return {
    silent: true,
    animation: false,
    symbol: ["rect", "rect"],
    symbolSize: [2, 10],
    label: { show: false },
    lineStyle: { type: "solid", width: 2, color: colour },
    data: lines,
  };
}

function series(element, bars) {
  const looks = ["--trend-kept", "--trend-gap"];
  return bars.series.map((one, place) => ({
    name: one.name,
    type: "bar",
    stack: bars.signed ? "effect" : undefined,
    barMaxWidth: 22,
    data: one.values,
    itemStyle: { color: color(element, looks[place]) },
    markLine: one.lows ? ranges(one, color(element, "--trend-text")) : undefined,
  }));
}

function options(element, bars) {
  const text = color(element, "--trend-text");
  const grid = color(element, "--trend-grid");
  const narrow = element.clientWidth < NARROW;
  return {
    animation: !window.matchMedia("(prefers-reduced-motion: reduce)").matches,
    animationDuration: 300,
    aria: {
      enabled: true,
      label: { description: element.dataset.finding },
      decal: { show: bars.series.length > 1 },
    },
    textStyle: { fontFamily: getComputedStyle(element).fontFamily },
    grid: { left: 8, right: 16, top: 36, bottom: 4, containLabel: true },
    legend: { top: 0, left: 0, textStyle: { color: text } },
    tooltip: {
      trigger: "axis",
      axisPointer: { type: "shadow" },
      renderMode: "richText",
      confine: true,
      backgroundColor: color(element, "--trend-paper"),
      borderColor: grid,
      textStyle: { color: text },
      formatter: sentences(bars),
    },
    xAxis: {
      type: "value",
      max: bars.top,
      axisLabel: { color: text, hideOverlap: true },
      splitLine: { lineStyle: { color: grid } },
    },
    yAxis: {
      type: "category",
      inverse: true,
      data: bars.names,
      axisLabel: { color: text, width: narrow ? 110 : 220, overflow: "truncate" },
      axisLine: { lineStyle: { color: grid } },
      axisTick: { show: false },
    },
    series: series(element, bars),
  };
}

function draw(element) {
  charts.get(element)?.dispose();
  const bars = JSON.parse(document.getElementById(element.dataset.bars).textContent);
  const chart = window.echarts.init(element, null, { renderer: "svg" });
  chart.setOption(options(element, bars));
  charts.set(element, chart);
}

function drawAll() {
  for (const [element, chart] of charts) {
    if (element.isConnected) continue;
    chart.dispose();
    charts.delete(element);
  }
  document.querySelectorAll("[data-bars]").forEach(draw);
}

document.addEventListener("themechange", drawAll);
document.addEventListener("htmx:afterSettle", drawAll);
window.addEventListener("resize", () => charts.forEach((chart) => chart.resize()));
drawAll();
