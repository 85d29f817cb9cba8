/** The loop with its turns dealt out. */
import binaryen from "assemblyscript/binaryen";

export class Emitter {
  constructor(module, locals, shape, turns) {
    Object.assign(this, { module, locals, shape, turns });
    this.places = new Map();
    this.before = [];
    this.code = [];
  }

  emit({ values, results }, order) {
    for (const value of values) if (value.kind === "uniform" || value.kind === "address") this.once(value);
    for (const value of order) this.deal(value);
    for (const [index, value] of results) this.code.push(this.module.local.set(index, this.last(value)));

    const { module, turns } = this;
    const { loop, condition, counter, end, step } = this.shape;
    const i32 = module.i32;
    const at = () => module.local.get(counter, binaryen.i32);
    const left = i32.sub(module.copyExpression(end), at());
    const enough = i32.gt_u(left, i32.const(step * (turns - 1)));
    const next = module.local.set(counter, i32.add(at(), i32.const(step * turns)));
    const label = `interleaved${loop}`;
    const body = module.block(null, [...this.code, next, module.br(label)]);
    const dealt = module.loop(label, module.if(i32.and(module.copyExpression(condition), enough), body));
    return module.block(null, [...this.before, dealt, loop]);
  }

  /** A value that all turns share: of uniform ones before the loop, of addresses in it. */
  once(value) {
    const local = this.local(value.type);
    const set = this.module.local.set(local, this.copy(value, 0));
    (value.kind === "uniform" ? this.before : this.code).push(set);
    this.places.set(value, () => local);
  }

  /** One operation of every turn. */
  deal(value) {
    const { module, turns } = this;
    const constants = value.operands.filter(({ kind, type }) => kind === "constant" && type === binaryen.v128);
    for (const constant of constants) {
      const local = this.local(binaryen.v128);
      this.code.push(module.local.set(local, module.copyExpression(constant.expression)));
      this.places.set(constant, () => local);
    }
    const locals = Array.from({ length: turns }, () => this.local(value.type));
    this.places.set(value, (turn) => locals[turn]);
    for (let turn = 0; turn < turns; turn++) {
      const copy = this.copy(value, turn);
      this.code.push(value.id === binaryen.StoreId ? copy : module.local.set(locals[turn], copy));
    }
  }

  copy({ expression, operands, slots, id, offset }, turn) {
    for (const [i, { set }] of slots.entries()) set(this.get(operands[i], turn));
    const copy = this.module.copyExpression(expression);
    for (const [i, { set, child }] of slots.entries()) set(child, i);
    const moved = () => offset + turn * this.shape.step * operands[0].factor;
    if (id === binaryen.LoadId) binaryen.Load.setOffset(copy, moved());
    if (id === binaryen.StoreId) binaryen.Store.setOffset(copy, moved());
    return copy;
  }

  get(value, turn) {
    const place = this.places.get(value);
    if (place) return this.module.local.get(place(turn), value.type);
    return this.module.copyExpression(value.expression);
  }

  /** What the last turn makes of a value. */
  last(value) {
    const result = this.get(value, this.turns - 1);
    const moved = (this.turns - 1) * this.shape.step * value.factor;
    return value.kind === "address" ? this.module.i32.add(result, this.module.i32.const(moved)) : result;
  }

  local(type) {
    if (type === binaryen.none) return -1;
    this.locals.vars.push(type);
    return this.locals.params.length + this.locals.vars.length - 1;
  }
}
