/** The ABI of distributions.wasm: densities, their functionals and samplers, computed in f64, over the memory of core.wasm. */
export * from "./distributions/assignment";
export * from "./distributions/bernoulli";
export * from "./distributions/categorical";
export * from "./distributions/conversions";
export * from "./distributions/geometric";
export * from "./distributions/normal";
export * from "./distributions/plackett-luce";
export * from "./distributions/sinkhorn";
export * from "./distributions/sorting";
export * from "./distributions/subset";
export * from "./distributions/top-k";
export * from "./extent";
