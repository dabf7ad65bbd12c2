// Chances told against what came: points with their ranges beside the line on which both agree.

import { axis, color, data, register, tooltip } from "./charts.js";

// Both axes: chances in percent.
function chances(element, name, narrow) {
  return axis(element, {
    type: "value",
    min: 0,
    max: 100,
    interval: narrow ? 50 : 20,
    name,
    nameLocation: "middle",
    nameGap: narrow ? 28 : 32,
    nameTextStyle: { color: color(element, "--trend-text") },
  });
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

function words(element, points) {
  const { told, kept, of } = element.dataset;
  const say = (value) => value.toFixed(1);
  return (place) => {
    const point = points[place];
    return [
      `${point.n} ${of}`,
      `${told}: ${say(point.predicted)}`,
      `${kept}: ${say(point.observed)} (${say(point.low)} – ${say(point.high)})`,
    ];
  };
}

function even(element) {
  const dashed = color(element, "--trend-gap");
  return {
    name: element.dataset.even,
    type: "line",
    data: [[0, 0], [100, 100]],
    showSymbol: false,
    silent: true,
    tooltip: { show: false },
    itemStyle: { color: dashed },
    lineStyle: { width: 1.5, type: "dashed", color: dashed },
  };
}

register("calibration", (element) => {
  const points = data(element.dataset.points);
  const { told, kept } = element.dataset;
  const narrow = element.clientWidth < 480;
  const say = words(element, points);
  return {
    count: points.length,
    say,
    series: points.length + 1,
    option: {
      grid: { left: narrow ? 24 : 32, right: 16, top: 36, bottom: narrow ? 24 : 28, containLabel: true },
      legend: {
        top: 0,
        left: 0,
        textStyle: { color: color(element, "--trend-text") },
        data: [kept, { name: element.dataset.even, icon: "roundRect" }],
      },
      tooltip: tooltip(element, (found) => say(found.dataIndex).join("\n"), "item"),
      xAxis: chances(element, told, narrow),
      yAxis: chances(element, kept, narrow),
      series: [
        even(element),
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
    },
  };
});
