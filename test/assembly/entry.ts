// biome-ignore-all lint: this is AssemblyScript, compiled by instance.ts
// @ts-nocheck: likewise
import { exp } from "../../assembly/exp";
import { add, load, size, splat, store } from "../../assembly/lanes";
import { log, log1p, logNormal } from "../../assembly/log";
import { sigmoid, softplus } from "../../assembly/sigmoid";
import { tanh } from "../../assembly/tanh";
import { exponentOf, high, low, rate, reach, scale, setTemperature, term, wildTerm } from "../../assembly/tempered";
import { cosQuarter, sinQuarter } from "../../assembly/trig";
import { exponential, gumbelBound, logistic, longTail, MOST_GUMBEL, uniform } from "../../assembly/variates";

/**
 * The elementwise functions of the core over arrays, so that a test can hand them any float and any random word.
 * out, x, words, spare: 32-bit elements, each array with room for a multiple of 4.
 */
const enum Fn {
  Exp,
  Log,
  LogNormal,
  Log1p,
  SinQuarter,
  CosQuarter,
  Tanh,
  Sigmoid,
  Softplus,
  Uniform,
  Exponential,
  Logistic,
  GumbelBound,
}

function apply<V>(f: Fn, x: V): V {
  if (f == Fn.Exp) return exp<V>(x);
  if (f == Fn.Log) return log<V>(x);
  if (f == Fn.LogNormal) return logNormal<V>(x);
  if (f == Fn.Log1p) return log1p<V>(x);
  if (f == Fn.SinQuarter) return sinQuarter<V>(x);
  if (f == Fn.CosQuarter) return cosQuarter<V>(x);
  if (f == Fn.Tanh) return tanh<V>(x);
  if (f == Fn.Sigmoid) return sigmoid<V>(x);
  if (f == Fn.Softplus) return softplus<V>(x);
  if (f == Fn.Uniform) return uniform<V>(x);
  if (f == Fn.Exponential) return exponential<V>(x);
  if (f == Fn.Logistic) return logistic<V>(x);
  return gumbelBound<V>(x);
}

function mapAll<V>(f: Fn, out: usize, x: usize, n: usize): void {
  for (let i: usize = 0, end = n << 2; i < end; i += size<V>()) store<V>(out + i, apply<V>(f, load<V>(x + i)));
}

function map(f: Fn, out: usize, x: usize, n: usize): void {
  if (ASC_FEATURE_SIMD) mapAll<v128>(f, out, x, n);
  else mapAll<f32>(f, out, x, n);
}

export function mapExp(out: usize, x: usize, n: usize): void {
  map(Fn.Exp, out, x, n);
}

export function mapLog(out: usize, x: usize, n: usize): void {
  map(Fn.Log, out, x, n);
}

export function mapLogNormal(out: usize, x: usize, n: usize): void {
  map(Fn.LogNormal, out, x, n);
}

export function mapLog1p(out: usize, x: usize, n: usize): void {
  map(Fn.Log1p, out, x, n);
}

export function mapSinQuarter(out: usize, x: usize, n: usize): void {
  map(Fn.SinQuarter, out, x, n);
}

export function mapCosQuarter(out: usize, x: usize, n: usize): void {
  map(Fn.CosQuarter, out, x, n);
}

export function mapTanh(out: usize, x: usize, n: usize): void {
  map(Fn.Tanh, out, x, n);
}

export function mapSigmoid(out: usize, x: usize, n: usize): void {
  map(Fn.Sigmoid, out, x, n);
}

export function mapSoftplus(out: usize, x: usize, n: usize): void {
  map(Fn.Softplus, out, x, n);
}

/** From signed tails, as longTail makes them. */
export function mapUniform(out: usize, x: usize, n: usize): void {
  map(Fn.Uniform, out, x, n);
}

export function mapExponential(out: usize, x: usize, n: usize): void {
  map(Fn.Exponential, out, x, n);
}

export function mapLogistic(out: usize, x: usize, n: usize): void {
  map(Fn.Logistic, out, x, n);
}

/** From words. */
export function mapGumbelBound(out: usize, x: usize, n: usize): void {
  map(Fn.GumbelBound, out, x, n);
}

const temperature = memory.data(8, 8);

function terms<V>(out: usize, x: usize, n: usize, best: f32, tau: f64): void {
  f64.store(temperature, tau);
  setTemperature<V>(temperature, 0, 1);
  const least = add<V>(splat<V>(best), reach<V>());
  const exponent = exponentOf<V>(splat<V>(best));
  for (let i: usize = 0, end = n << 2; i < end; i += size<V>())
    store<V>(out + i, term<V>(load<V>(x + i), least, exponent, scale<V>(), rate<V>(), high<V>(), low<V>()));
}

/** The terms of a softmax over rows whose maximum is `best`. */
export function mapTerm(out: usize, x: usize, n: usize, best: f64, tau: f64): void {
  if (ASC_FEATURE_SIMD) terms<v128>(out, x, n, f32(best), tau);
  else terms<f32>(out, x, n, f32(best), tau);
}

export function mapWildTerm(out: usize, x: usize, n: usize, best: f64, tau: f64): void {
  for (let i: usize = 0, end = n << 2; i < end; i += 4) store<f32>(out + i, wildTerm<f32>(load<f32>(x + i), best, tau));
}

function tailsOf<V>(out: usize, words: usize, spare: usize, n: usize): void {
  for (let i: usize = 0, end = n << 2; i < end; i += size<V>())
    store<V>(out + i, longTail<V>(load<V>(words + i), load<V>(spare + i)));
}

/** The signed tails of words, each followed by its word of `spare`. */
export function tails(out: usize, words: usize, spare: usize, n: usize): void {
  if (ASC_FEATURE_SIMD) tailsOf<v128>(out, words, spare, n);
  else tailsOf<f32>(out, words, spare, n);
}

export function mostGumbel(): f32 {
  return MOST_GUMBEL;
}

/** First free byte. */
export function heapBase(): usize {
  return __heap_base;
}
