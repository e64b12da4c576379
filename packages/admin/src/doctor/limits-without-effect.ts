import { type Limits, limitKinds, limitPeriods } from '@org/contract';

/** Those of a key's own limits that its plan's are always reached before, or with; undefined where there are none. */
export function limitsWithoutEffect(own: Limits, plan: Limits | undefined): Limits | undefined {
  const without: Limits = {};
  for (const kind of limitKinds) {
    for (const period of limitPeriods) {
      const max = own[kind]?.[period];
      const bound = plan?.[kind]?.[period];
      if (typeof max === 'number' && typeof bound === 'number' && max >= bound) {
        without[kind] = { ...without[kind], [period]: max };
      }
    }
  }
  return Object.keys(without).length > 0 ? without : undefined;
}
