/**
 * Expectations over discrete (and other) random variables as nodes of the graph, with a menu of estimators of
 * their gradients.
 *
 * @module reparam/inference
 */

export { type AsyncStepOptions, asyncStep, type Signal } from "./async-step.ts";
export { type ElboEstimator, type ElboOptions, elbo } from "./bounds/elbo.ts";
export type { Bound, BoundOf, LogJoint, Prior } from "./bounds/model.ts";
export {
  type ImportanceWeightedOptions,
  importanceWeightedBound,
  type RenyiOptions,
  renyiBound,
} from "./bounds/renyi.ts";
export { type Answer, type AnyBox, BlackBox, blackBox, type Cost, type PlainSample } from "./cost.ts";
export { diagnose } from "./diagnose/diagnose.ts";
export type { DiagnoseOptions, Measured, Progress } from "./diagnose/options.ts";
export type { DiagnoseParameters, DiagnoseParametersOf, DiagnoseProblem, Plain } from "./diagnose/problem.ts";
export type { Bias, ByParameter, Diagnosis, Report } from "./diagnose/report.ts";
export type { Origin } from "./diagnose/truth.ts";
export { type EstimateOptions, estimate } from "./estimate.ts";
export type { Estimator } from "./estimator.ts";
export { arm } from "./estimators/arm.ts";
export { arms } from "./estimators/arms.ts";
export { type Baseline, type BaselineOption, movingAverage } from "./estimators/baseline.ts";
export { categoricalDisarm } from "./estimators/categorical-disarm.ts";
export { disarm } from "./estimators/disarm.ts";
export { type EnumerationOptions, enumeration } from "./estimators/enumeration.ts";
export { fini } from "./estimators/fini.ts";
export { gappedStraightThrough } from "./estimators/gapped-straight-through.ts";
export { gumbelRao } from "./estimators/gumbel-rao.ts";
export { decoupledGumbelSoftmax, gumbelSoftmax, straightThroughGumbelSoftmax } from "./estimators/gumbel-softmax.ts";
export { localExpectation } from "./estimators/local-expectation.ts";
export { measureValued } from "./estimators/measure-valued.ts";
export { muProp } from "./estimators/mu-prop.ts";
export { pathwise } from "./estimators/pathwise.ts";
export { type RebarOptions, rebar } from "./estimators/rebar.ts";
export { reinMax } from "./estimators/reinmax.ts";
export { type Control, type RelaxOptions, relax } from "./estimators/relax.ts";
export { nvil, rloo, scoreFunction } from "./estimators/score-function.ts";
export { straightThrough } from "./estimators/straight-through.ts";
export { sumAndSample } from "./estimators/sum-and-sample.ts";
export { unorderedSet } from "./estimators/unordered-set.ts";
export { vimco } from "./estimators/vimco.ts";
export { zgr } from "./estimators/zgr.ts";
export { chain, type ExactChain } from "./exact/chain.ts";
export type { LogFactor } from "./exact/factors.ts";
export { type Mixture, mixture } from "./exact/mixture.ts";
export type { ExactSampleOptions } from "./exact/plates.ts";
export { type ExactSum, type SumOutOptions, sumOut } from "./exact/sum-out.ts";
export type { ChainOptions } from "./exact/tables.ts";
export { type Expectation, expectation } from "./expectation/expectation.ts";
export { Moments, type MomentsState } from "./expectation/moments.ts";
export type { ControlVariate, ExpectationOptions, Sampled } from "./expectation/options.ts";
export { type ExplainOptions, Explanation, explain } from "./explain/explain.ts";
export type { GraphEdge, GraphNode } from "./explain/graph.ts";
export type { Factors, FactorsOf, SampleOf } from "./factor.ts";
export type { FitEstimator } from "./fit/choose.ts";
export { type Evidence, type EvidenceOptions, evidence } from "./fit/evidence.ts";
export { type Fit, type FitProgress, fit } from "./fit/fit.ts";
export { type BoundAt, type ModelBoundOptions, modelBound } from "./fit/model-bound.ts";
export type { FitBound } from "./fit/objective.ts";
export type { FitOptions, FitSchedule } from "./fit/options.ts";
export { type Guide, type GuideLaws, type GuideScope, guide } from "./guides/guide.ts";
export { MarkovChain, type MarkovChainOptions } from "./guides/markov-chain.ts";
export { type MeanFieldOptions, meanField } from "./guides/mean-field.ts";
export type { Memory, State } from "./memory.ts";
export { type Density, type Model, model, type Scope } from "./model/model.ts";
export type { Batch, BatchOf, Column, Data } from "./model/table.ts";
export { type ImportanceOptions, importance } from "./posterior/importance.ts";
export { type Mode, type ModeOptions, mode } from "./posterior/mode.ts";
export { type PosteriorOptions, posterior } from "./posterior/of-model.ts";
export { type ParetoSmoothed, paretoSmoothed } from "./posterior/pareto-smoothed.ts";
export type { Marginals, Posterior, VariableMarginals } from "./posterior/posterior.ts";
export type { Predicted } from "./posterior/weighted-mean.ts";
export { type ScrambledSobolOptions, scrambledSobol } from "./quasi/sobol.ts";
export {
  type MeanOfRows,
  type MeanOfRowsOptions,
  meanOfRows,
  type RowsLoss,
  type RowsPiece,
} from "./rows/mean-of-rows.ts";
export type { Cancellation, Executor, Outcome, Task } from "./shards/executor.ts";
export type { Data as PlainData, Typed } from "./shards/wire.ts";
