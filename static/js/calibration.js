// Chances told against what came: points with their ranges beside the line on which both agree.

const charts = new Map();

function color(element, name) {
  return getComputedStyle(element).getPropertyValue(name).trim();
}

function axis(name, text, grid, narrow) {
  return {
    type: "value",
    min: 0,
    max: 100,
    interval: narrow ? 50 : 20,
    name,
    nameLocation: "middle",
    nameGap: narrow ? 28 : 32,
    nameTextStyle: { color: text },
    axisLabel: { color: text },
    axisLine: { lineStyle: { color: grid } },
    splitLine: { lineStyle: { color: grid } },
  };
}

// The range of one point: an upright line without a name, which no legend lists.
function range(point, look) {
  return {
    type: "line",
    data: [[point.predicted, point.low], [point.predicted, point.high]],
    showSymbol: false,
    silent: true,
    tooltip: { show: false },
    z: 2,
    lineStyle: { width: 3, ...look },
  };
}

function sentences(element, points) {
  const { told, kept, of } = element.dataset;
  const say = (value) => value.toFixed(1);
  return (shown) => {
    const point = points[shown.dataIndex];
    return [
      `${point.n} ${of}`,
      `${told}: ${say(point.predicted)}`,
      `${kept}: ${say(point.observed)} (${say(point.low)} – ${say(point.high)})`,
    ].join("\n");
  };
}

function options(element, points) {
  const { told, kept, even, finding } = element.dataset;
  const text = color(element, "--trend-text");
  const grid = color(element, "--trend-grid");
  const narrow = element.clientWidth < 480;
  return {
    animation: !window.matchMedia("(prefers-reduced-motion: reduce)").matches,
    animationDuration: 300,
    aria: { enabled: true, label: { description: finding }, decal: { show: true } },
    textStyle: { fontFamily: getComputedStyle(element).fontFamily },
    grid: { left: narrow ? 24 : 32, right: 16, top: 36, bottom: narrow ? 24 : 28, containLabel: true },
    legend: { top: 0, left: 0, textStyle: { color: text }, data: [kept, { name: even, icon: "roundRect" }] },
    tooltip: {
      trigger: "item",
      renderMode: "richText",
      confine: true,
      backgroundColor: color(element, "--trend-paper"),
      borderColor: grid,
      textStyle: { color: text },
      formatter: sentences(element, points),
    },
    xAxis: axis(told, text, grid, narrow),
    yAxis: axis(kept, text, grid, narrow),
    series: [
      {
        name: even,
        type: "line",
        data: [[0, 0], [100, 100]],
        showSymbol: false,
        silent: true,
        tooltip: { show: false },
        itemStyle: { color: color(element, "--trend-gap") },
        lineStyle: { width: 1.5, type: "dashed", color: color(element, "--trend-gap") },
      },
      ...points.map((point) => range(point, { color: color(element, "--pg-range") })),
      {
        name: kept,
        type: "scatter",
        data: points.map((point) => [point.predicted, point.observed]),
        symbolSize: 10,
        z: 3,
        itemStyle: { color: color(element, "--trend-kept") },
      },
    ],
  };
}

function draw(element) {
  charts.get(element)?.dispose();
  const points = JSON.parse(document.getElementById(element.dataset.calibration).textContent);
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
  document.querySelectorAll("[data-calibration]").forEach(draw);
}

document.addEventListener("themechange", drawAll);
document.addEventListener("htmx:afterSettle", drawAll);
window.addEventListener("resize", () => charts.forEach((chart) => chart.resize()));
drawAll();
