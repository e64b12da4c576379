import { type LimitPeriod, type Limits, limitKinds, limitPeriods } from '@org/contract';

const daysOfLongestMonth = 31;

/** A key's own limits that are never reached before its plan's; undefined if there are none. */
export function limitsWithoutEffect(own: Limits, plan: Limits | undefined): Limits | undefined {
  const without: Limits = {};
  for (const kind of limitKinds) {
    const day = plan?.[kind]?.day ?? Number.POSITIVE_INFINITY;
    const month = plan?.[kind]?.month ?? Number.POSITIVE_INFINITY;
    const most: Record<LimitPeriod, number> = {
      day: Math.min(day, month),
      month: Math.min(month, day * daysOfLongestMonth),
    };
    for (const period of limitPeriods) {
      const max = own[kind]?.[period];
      if (typeof max === 'number' && max >= most[period]) {
        without[kind] = { ...without[kind], [period]: max };
      }
    }
  }
  return Object.keys(without).length > 0 ? without : undefined;
}
