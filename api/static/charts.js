// Draws every chart of the page with Vega. The page allows no eval: expressions run in Vega's interpreter (ast).
"use strict";

const dark = window.matchMedia("(prefers-color-scheme: dark)");

function configuration() {
  const ink = dark.matches ? "#a3adbd" : "#566072";
  const grid = dark.matches ? "#2a3240" : "#e6e9ee";
  return {
    background: null,
    font: getComputedStyle(document.body).fontFamily,
    view: { stroke: null },
    axis: {
      labelColor: ink, titleColor: ink, gridColor: grid, tickColor: grid, domain: false,
      labelFontSize: 11, titleFontSize: 11, titleFontWeight: "normal",
    },
    title: { color: ink, anchor: "start" },
    legend: { labelColor: ink, titleColor: ink, labelFontSize: 11 },
    text: { color: dark.matches ? "#e3e8f0" : "#1b2330" },
  };
}

function draw(place) {
  const spec = JSON.parse(document.getElementById(place.dataset.spec).textContent);
  const options = {
    ast: true,
    actions: false,
    defaultStyle: false,
    renderer: "svg",
    config: configuration(),
    tooltip: { disableDefaultStyle: true },
  };
  return window.vegaEmbed(place, spec, options).then(() => place.classList.add("drawn"));
}

function drawAll() {
  document.querySelectorAll(".vega").forEach(draw);
}

document.addEventListener("DOMContentLoaded", drawAll);
dark.addEventListener("change", drawAll);
