import type { Limits } from '@org/contract';
import { kinds, periods } from './limits-in-words.ts';

/** Limits as they are typed: by kind and period, or `callsAtOnce`. An empty one is left as it is. */
export type TypedLimits = Readonly<Record<string, string>>;

/** @returns Undefined if one of them is not a number. */
export function limitsTyped(typed: TypedLimits): Limits | undefined {
  const limits: Limits = {};
  for (const kind of kinds) {
    for (const period of periods) {
      const text = typed[`${kind}/${period}`]?.trim() ?? '';
      if (text === '') continue;
      const max = Number(text);
      if (!Number.isFinite(max) || max < 0) return undefined;
      limits[kind] = { ...limits[kind], [period]: max };
    }
  }
  const atOnce = typed['callsAtOnce']?.trim() ?? '';
  if (atOnce !== '') {
    const max = Number(atOnce);
    if (!Number.isInteger(max) || max < 1) return undefined;
    limits.callsAtOnce = max;
  }
  return limits;
}
