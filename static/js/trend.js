// The trend: kept rate with its range, the gap score, and notes on days.

import { axis, color, data, register, tooltip } from "./charts.js";

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

// Each note is a numbered mark; the list below the chart has its words.
function marks(element, notes) {
  const text = color(element, "--trend-text");
  return {
    silent: true,
    symbol: "none",
    animation: false,
    lineStyle: { color: text, type: "dotted", width: 1.5 },
    label: { color: text, formatter: ({ data: mark }) => mark.name, distance: 2 },
    data: notes.map((note) => ({ xAxis: note.mark, name: String(note.number) })),
  };
}

function words(element, points, notes) {
  const { kept, range, gap, of, note } = element.dataset;
  const say = (value) => (value === null ? "–" : value.toFixed(1));
  return (place) => {
    const point = points[place];
    return [
      `${point.day}: ${point.n} ${of}`,
      `${kept}: ${say(point.kept)} (${range} ${say(point.low)} – ${say(point.high)})`,
      `${gap}: ${say(point.gap)}`,
      ...notes.filter(({ at }) => at === place).map(({ number, text }) => `${note} ${number}: ${text}`),
    ];
  };
}

register("trend", (element) => {
  const points = data(element.dataset.points);
  const notes = data(element.dataset.notes);
  const { kept, range, gap } = element.dataset;
  const text = color(element, "--trend-text");
  const keptColor = color(element, "--trend-kept");
  const gapColor = color(element, "--trend-gap");
  const say = words(element, points, notes);
  return {
    count: points.length,
    series: 2,
    say,
    option: {
      grid: { left: 8, right: 16, top: element.clientWidth < 480 ? 68 : 48, bottom: 4, containLabel: true },
      legend: { top: 0, left: 0, textStyle: { color: text }, data: [kept, { name: range, icon: "roundRect" }, gap] },
      tooltip: tooltip(element, (found) => say(found[0].dataIndex).join("\n")),
      xAxis: axis(element, { type: "category", data: points.map((point) => point.short), boundaryGap: false }),
      yAxis: axis(element, { type: "value", min: 0, max: 100 }),
      series: [
        ...band(range, points, color(element, "--trend-band")),
        line(kept, points, "kept", {
          symbol: "circle",
          itemStyle: { color: keptColor },
          lineStyle: { width: 2.5, color: keptColor },
          markLine: marks(element, notes),
        }),
        line(gap, points, "gap", {
          symbol: "diamond",
          itemStyle: { color: gapColor },
          lineStyle: { width: 2.5, type: "dashed", color: gapColor },
        }),
      ],
    },
  };
});
