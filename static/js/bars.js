// Horizontal bars: what moved a score, and means with their range.

import { axis, color, data, register, tooltip } from "./charts.js";

const NARROW = 480;

function written(value, signed) {
  if (value === null) return "–";
  const text = Math.abs(value).toFixed(2);
  if (!signed) return text;
  return value > 0 ? `+${text}` : value < 0 ? `−${text}` : text;
}

function words(bars) {
  return (place) => {
    const lines = bars.series.map((one) => {
      const value = written(one.values[place], bars.signed);
      const range = one.lows && one.lows[place] !== null
        ? ` (${written(one.lows[place])} – ${written(one.highs[place])})`
        : "";
      return `${one.name}: ${value}${range} ${bars.unit}`;
    });
    return [bars.names[place], ...lines];
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

function option(element, bars, say) {
  const narrow = element.clientWidth < NARROW;
  const names = { color: color(element, "--trend-text"), width: narrow ? 110 : 220, overflow: "truncate" };
  return {
    grid: { left: 8, right: 16, top: 36, bottom: 4, containLabel: true },
    legend: { top: 0, left: 0, textStyle: { color: color(element, "--trend-text") } },
    tooltip: {
      ...tooltip(element, (found) => say(found[0].dataIndex).join("\n")),
      axisPointer: { type: "shadow" },
    },
    xAxis: axis(element, { type: "value", max: bars.top }),
    yAxis: axis(element, {
      type: "category",
      inverse: true,
      data: bars.names,
      axisLabel: names,
      axisTick: { show: false },
    }),
    series: series(element, bars),
  };
}

register("bars", (element) => {
  const bars = data(element.dataset.points);
  const say = words(bars);
  return {
    count: bars.names.length,
    say,
    // A part without a value has no bar to point at; another series may have one.
    mark: (place) => ({
      seriesIndex: Math.max(bars.series.findIndex((one) => one.values[place] !== null), 0),
      dataIndex: place,
    }),
    decal: bars.series.length > 1,
    option: option(element, bars, say),
  };
});
