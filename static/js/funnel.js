// The funnel: each team's volume and kept rate between the limits of chance, drawn as SVG and
// followed by the theme. A verdict is told by the mark's shape and name, its colour only helps.

const charts = new Map();
const MARKS = {
  far_below: { symbol: "triangle", symbolRotate: 180, size: 15, color: "--trend-gap" },
  below: { symbol: "emptyTriangle", symbolRotate: 180, size: 13, color: "--trend-gap" },
  inside: { symbol: "circle", symbolRotate: 0, size: 9, color: "--trend-kept" },
  above: { symbol: "emptyTriangle", symbolRotate: 0, size: 13, color: "--trend-kept" },
  far_above: { symbol: "triangle", symbolRotate: 0, size: 15, color: "--trend-kept" },
};

function color(element, name) {
  return getComputedStyle(element).getPropertyValue(name).trim();
}

function filled(words, values) {
  return words.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

function limit(element, limits, key, name, type) {
  return {
    name,
    type: "line",
    data: limits.map((one) => [one.n, one[key]]),
    showSymbol: false,
    silent: true,
    smooth: 0.2,
    lineStyle: { width: 1.5, type, color: color(element, "--trend-text") },
    itemStyle: { color: color(element, "--trend-text") },
    tooltip: { show: false },
  };
}

function level(element, drawing) {
  const ends = [drawing.limits[0], drawing.limits[drawing.limits.length - 1]];
  return {
    name: element.dataset.company,
    type: "line",
    data: ends.map((one) => [one.n, drawing.rate]),
    showSymbol: false,
    silent: true,
    lineStyle: { width: 2.5, color: color(element, "--trend-kept") },
    itemStyle: { color: color(element, "--trend-kept") },
    tooltip: { show: false },
  };
}

function marks(element, drawing, name, verdicts) {
  const text = color(element, "--trend-text");
  const shown = drawing.teams.filter((team) => verdicts.includes(team.verdict));
  const first = MARKS[verdicts[0]];
  return {
    name,
    type: "scatter",
    symbol: first.symbol,
    symbolRotate: first.symbolRotate,
    itemStyle: { color: color(element, first.color) },
    labelLayout: { hideOverlap: true },
    data: shown.map((team) => {
      const mark = MARKS[team.verdict];
      return {
        value: [team.n, team.rate],
        team,
        symbol: mark.symbol,
        symbolRotate: mark.symbolRotate,
        symbolSize: mark.size,
        label: { show: team.verdict !== "inside", position: "top", color: text, formatter: () => team.name },
      };
    }),
  };
}

function sentences(element) {
  const { of, chance } = element.dataset;
  return (shown) => {
    const { team } = shown.data;
    return [team.name, `${filled(of, team)} (${team.rate.toFixed(1)} %)`, filled(chance, team), team.words].join("\n");
  };
}

function axis(text, grid, name) {
  return {
    name,
    nameLocation: "middle",
    nameTextStyle: { color: text },
    axisLabel: { color: text, hideOverlap: true },
    axisLine: { lineStyle: { color: grid } },
    splitLine: { show: true, lineStyle: { color: grid } },
  };
}

function series(element, drawing) {
  const { near, far, inside, below, above } = element.dataset;
  return [
    limit(element, drawing.limits, "farlow", far, "solid"),
    limit(element, drawing.limits, "farhigh", far, "solid"),
    limit(element, drawing.limits, "low", near, "dashed"),
    limit(element, drawing.limits, "high", near, "dashed"),
    level(element, drawing),
    marks(element, drawing, inside, ["inside"]),
    marks(element, drawing, below, ["far_below", "below"]),
    marks(element, drawing, above, ["far_above", "above"]),
  ];
}

function options(element, drawing) {
  const { kept, volume, finding, company, near, far, inside, below, above } = element.dataset;
  const text = color(element, "--trend-text");
  const grid = color(element, "--trend-grid");
  const narrow = element.clientWidth < 480;
  const lowest = Math.min(...drawing.teams.map((team) => team.rate), ...drawing.limits.map((one) => one.farlow));
  return {
    animation: !window.matchMedia("(prefers-reduced-motion: reduce)").matches,
    animationDuration: 300,
    aria: { enabled: true, label: { description: finding }, decal: { show: true } },
    textStyle: { fontFamily: getComputedStyle(element).fontFamily },
    grid: { left: 28, right: 24, top: narrow ? 84 : 44, bottom: 28, containLabel: true },
    legend: { top: 0, left: 0, textStyle: { color: text }, data: [inside, below, above, company, near, far] },
    tooltip: {
      trigger: "item",
      renderMode: "richText",
      confine: true,
      backgroundColor: color(element, "--trend-paper"),
      borderColor: grid,
      textStyle: { color: text },
      formatter: sentences(element),
    },
    xAxis: {
      ...axis(text, grid, volume),
      type: "log",
      nameGap: 28,
      min: drawing.limits[0].n,
      max: drawing.limits[drawing.limits.length - 1].n,
    },
    yAxis: { ...axis(text, grid, kept), type: "value", nameGap: 36, min: Math.floor(lowest / 10) * 10, max: 100 },
    series: series(element, drawing),
  };
}

function draw(element) {
  charts.get(element)?.dispose();
  const drawing = JSON.parse(document.getElementById(element.dataset.funnel).textContent);
  const chart = window.echarts.init(element, null, { renderer: "svg" });
  chart.setOption(options(element, drawing));
  charts.set(element, chart);
}

function drawAll() {
  for (const [element, chart] of charts) {
    if (element.isConnected) continue;
    chart.dispose();
    charts.delete(element);
  }
  document.querySelectorAll("[data-funnel]").forEach(draw);
}

document.addEventListener("themechange", drawAll);
document.addEventListener("htmx:afterSettle", drawAll);
window.addEventListener("resize", () => charts.forEach((chart) => chart.resize()));
drawAll();
