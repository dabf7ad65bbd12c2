// The funnel: each team's volume and kept rate between the limits of chance. A verdict is told by the
// mark's shape and name, its colour only helps. Teams are read by volume, the smallest first.

import { axis, color, data, register, tooltip } from "./charts.js";

const LIMITS = 5; // series drawn before those of the teams
const GROUPS = [["inside"], ["far_below", "below"], ["far_above", "above"]];
const MARKS = {
  far_below: { symbol: "triangle", symbolRotate: 180, size: 15, color: "--trend-gap" },
  below: { symbol: "emptyTriangle", symbolRotate: 180, size: 13, color: "--trend-gap" },
  inside: { symbol: "circle", symbolRotate: 0, size: 9, color: "--trend-kept" },
  above: { symbol: "emptyTriangle", symbolRotate: 0, size: 13, color: "--trend-kept" },
  far_above: { symbol: "triangle", symbolRotate: 0, size: 15, color: "--trend-kept" },
};

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

function words(element, team) {
  const { of, chance } = element.dataset;
  return [team.name, `${filled(of, team)} (${team.rate.toFixed(1)} %)`, filled(chance, team), team.words];
}

function series(element, drawing) {
  const { near, far, inside, below, above } = element.dataset;
  return [
    limit(element, drawing.limits, "farlow", far, "solid"),
    limit(element, drawing.limits, "farhigh", far, "solid"),
    limit(element, drawing.limits, "low", near, "dashed"),
    limit(element, drawing.limits, "high", near, "dashed"),
    level(element, drawing),
    ...GROUPS.map((verdicts, place) => marks(element, drawing, [inside, below, above][place], verdicts)),
  ];
}

// Where a team's mark lies: the series of its verdict, and its place there.
function markOf(drawing, team) {
  const group = GROUPS.findIndex((verdicts) => verdicts.includes(team.verdict));
  const shown = drawing.teams.filter((one) => GROUPS[group].includes(one.verdict));
  return { seriesIndex: LIMITS + group, dataIndex: shown.indexOf(team) };
}

function option(element, drawing) {
  const { kept, volume, company, near, far, inside, below, above } = element.dataset;
  const text = color(element, "--trend-text");
  const named = { nameLocation: "middle", nameTextStyle: { color: text } };
  const narrow = element.clientWidth < 480;
  const lowest = Math.min(...drawing.teams.map((team) => team.rate), ...drawing.limits.map((one) => one.farlow));
  return {
    grid: { left: 28, right: 24, top: narrow ? 84 : 44, bottom: 28, containLabel: true },
    legend: { top: 0, left: 0, textStyle: { color: text }, data: [inside, below, above, company, near, far] },
    tooltip: tooltip(element, (found) => words(element, found.data.team).join("\n"), "item"),
    xAxis: axis(element, {
      ...named,
      name: volume,
      type: "log",
      nameGap: 28,
      min: drawing.limits[0].n,
      max: drawing.limits[drawing.limits.length - 1].n,
    }),
    yAxis: axis(element, {
      ...named,
      name: kept,
      type: "value",
      nameGap: 36,
      min: Math.floor(lowest / 10) * 10,
      max: 100,
    }),
    series: series(element, drawing),
  };
}

register("funnel", (element) => {
  const drawing = data(element.dataset.points);
  const teams = [...drawing.teams].sort((one, other) => one.n - other.n);
  return {
    count: teams.length,
    say: (place) => words(element, teams[place]),
    mark: (place) => markOf(drawing, teams[place]),
    option: option(element, drawing),
  };
});
