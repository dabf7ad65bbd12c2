// The trend: kept rate with its range, and the gap score, drawn as SVG and followed by the theme.

const charts = new Map();

function color(element, name) {
  return getComputedStyle(element).getPropertyValue(name).trim();
}

function line(name, points, key, look) {
  return {
    name,
    type: "line",
    data: points.map((point) => point[key]),
    showSymbol: points.length < 40,
    symbolSize: 6,
    connectNulls: false,
    ...look,
  };
}

// The range is drawn as an invisible lower line with a filled band stacked upon it.
function band(name, points, fill) {
  const hidden = { lineStyle: { opacity: 0 }, showSymbol: false, stack: "range", silent: true };
  const width = points.map((point) => (point.low === null ? null : point.high - point.low));
  return [
    { ...line("", points, "low", hidden), tooltip: { show: false } },
    {
      ...line(name, points, "low", hidden),
      data: width,
      itemStyle: { color: fill },
      areaStyle: { color: fill, opacity: 1 },
    },
  ];
}

function sentences(element, points) {
  const { kept, range, gap, of } = element.dataset;
  const say = (value) => (value === null ? "–" : value.toFixed(1));
  return (shown) => {
    const point = points[shown[0].dataIndex];
    return [
      `${point.day}: ${point.n} ${of}`,
      `${kept}: ${say(point.kept)} (${say(point.low)} – ${say(point.high)})`,
      `${gap}: ${say(point.gap)}`,
    ].join("\n");
  };
}

function options(element, points) {
  const { kept, range, gap, finding } = element.dataset;
  const text = color(element, "--trend-text");
  const grid = color(element, "--trend-grid");
  const keptColor = color(element, "--trend-kept");
  const gapColor = color(element, "--trend-gap");
  return {
    animation: !window.matchMedia("(prefers-reduced-motion: reduce)").matches,
    animationDuration: 300,
    aria: { enabled: true, label: { description: finding }, decal: { show: true } },
    textStyle: { fontFamily: getComputedStyle(element).fontFamily },
    grid: { left: 8, right: 16, top: element.clientWidth < 480 ? 60 : 40, bottom: 4, containLabel: true },
    legend: { top: 0, left: 0, textStyle: { color: text }, data: [kept, { name: range, icon: "roundRect" }, gap] },
    tooltip: {
      trigger: "axis",
      renderMode: "richText",
      confine: true,
      backgroundColor: color(element, "--trend-paper"),
      borderColor: grid,
      textStyle: { color: text },
      formatter: sentences(element, points),
    },
    xAxis: {
      type: "category",
      data: points.map((point) => point.short),
      boundaryGap: false,
      axisLabel: { color: text, hideOverlap: true },
      axisLine: { lineStyle: { color: grid } },
    },
    yAxis: {
      type: "value",
      min: 0,
      max: 100,
      axisLabel: { color: text },
      splitLine: { lineStyle: { color: grid } },
    },
    series: [
      ...band(range, points, color(element, "--trend-band")),
      line(kept, points, "kept", {
        symbol: "circle",
        itemStyle: { color: keptColor },
        lineStyle: { width: 2.5, color: keptColor },
      }),
      line(gap, points, "gap", {
        symbol: "diamond",
        itemStyle: { color: gapColor },
        lineStyle: { width: 2.5, type: "dashed", color: gapColor },
      }),
    ],
  };
}

function draw(element) {
  charts.get(element)?.dispose();
  const points = JSON.parse(document.getElementById(element.dataset.trend).textContent);
  const chart = window.echarts.init(element, null, { renderer: "svg" });
  chart.setOption(options(element, points));
  charts.set(element, chart);
}

function drawAll() {
  for (const [element, chart] of charts) {
    if (element.isConnected) continue;
    chart.dispose();
    charts.delete(element);
  }
  document.querySelectorAll("[data-trend]").forEach(draw);
}

document.addEventListener("themechange", drawAll);
document.addEventListener("htmx:afterSettle", drawAll);
window.addEventListener("resize", () => charts.forEach((chart) => chart.resize()));
drawAll();
