// Runs in the reader's browser, after uPlot.
(() => {
  const { model, columns } = JSON.parse(document.getElementById("curves-data").textContent);
  const [x, train, discrete, iwae, tau] = columns;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  let plots = [];

  function draw() {
    for (const plot of plots) plot.destroy();
    plots = [bounds(), temperature()];
  }

  function bounds() {
    const known = [...discrete, ...iwae].filter((value) => value !== null);
    const settled = train.filter((value, i) => value !== null && x[i] >= 0.25);
    const range = [Math.min(...known, ...settled) - 4, Math.max(...known, ...settled) + 4];
    return plot(
      "bounds-plot",
      340,
      range,
      "nats per image",
      [
        curve(`${model}, training`, "--curve-1", 2),
        curve("discrete, test", "--curve-2", 2, 7),
        curve("importance-weighted, test", "--curve-3", 2, 7),
      ],
      [x, train, discrete, iwae],
    );
  }

  function temperature() {
    return plot("tau-plot", 170, [0, 1.05], "τ", [curve("temperature τ", "--muted", 2)], [x, tau]);
  }

  function plot(id, height, range, label, series, data) {
    const holder = document.getElementById(id);
    const axis = {
      stroke: colour("--muted"),
      grid: { stroke: colour("--rule"), width: 1 },
      ticks: { show: false },
      font: "12px system-ui",
      labelFont: "13px system-ui",
    };
    return new uPlot(
      {
        width: holder.clientWidth,
        height,
        cursor: { points: { size: 7 }, sync: { key: "epochs" } },
        scales: { x: { time: false, range: [0, Math.max(...x)] }, y: { range } },
        axes: [
          { ...axis, label: "epochs" },
          { ...axis, label, size: 56 },
        ],
        series: [{ label: "epoch", value: (_, v) => (v === null ? "" : v.toFixed(2)) }, ...series],
      },
      data,
      holder,
    );
  }

  function curve(label, name, width, point = 0) {
    const stroke = colour(name);
    return {
      label,
      stroke,
      width,
      spanGaps: true,
      points: { show: point > 0, size: point, fill: stroke },
      value: (_, v) => (v === null ? "" : v.toFixed(2)),
    };
  }

  function colour(name) {
    return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  }

  draw();
  dark.addEventListener("change", draw);
  addEventListener("resize", () => {
    for (const plot of plots) plot.setSize({ width: plot.root.parentElement.clientWidth, height: plot.height });
  });
})();
