import { type Limits, limitKinds, limitPeriods } from '@org/contract';
import { windowsIn } from '../windows-in.ts';

/** A key's own limits that are never reached before its plan's; undefined if there are none. */
export function limitsWithoutEffect(
  own: Limits,
  plan: Limits | undefined,
  timeZone: string,
): Limits | undefined {
  const without: Limits = {};
  for (const kind of limitKinds) {
    for (const period of limitPeriods) {
      const max = own[kind]?.[period];
      const most = limitPeriods.map(
        (counted) =>
          (plan?.[kind]?.[counted] ?? Number.POSITIVE_INFINITY) * windowsIn(counted, period, timeZone),
      );
      if (typeof max === 'number' && max >= Math.min(...most)) {
        without[kind] = { ...without[kind], [period]: max };
      }
    }
  }
  const { callsAtOnce } = own;
  if (typeof callsAtOnce === 'number' && callsAtOnce >= (plan?.callsAtOnce ?? Number.POSITIVE_INFINITY)) {
    without.callsAtOnce = callsAtOnce;
  }
  return Object.keys(without).length > 0 ? without : undefined;
}
