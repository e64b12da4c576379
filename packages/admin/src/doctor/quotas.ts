import { type Limits, limitPeriods } from '@org/contract';
import type { ProxyConfig, Quota } from '@org/infra/config';
import { windowsIn } from '../windows-in.ts';
import { type Finding, warning } from './finding.ts';

const periods = { DAY: 'day', WEEK: 'week', MONTH: 'month' } as const;

/**
 * Finds plans whose callers meet API Gateway's quota before the exact limit on requests. They then get no numbers,
 * and cannot ask for their usage, because that counts in the quota too.
 */
export function checkQuotas({ plans, timeZone }: ProxyConfig): Finding[] {
  return Object.entries(plans).flatMap(([name, { quota, limits }]) => {
    const most = mostRequests(limits, quota.period, timeZone);
    if (most === undefined || quota.limit > most) return [];
    const period = quota.period.toLowerCase();
    return [
      warning(
        { check: 'plan', of: name },
        `the quota of API Gateway, ${quota.limit} requests of a key a ${period}, can end before limits.requests, which let ` +
          `through ${most}; its error gives no numbers, and GET /usage is refused as well`,
        `Set plans.${name}.quota.limit well above ${most}: the quota counts every request, refused ones too.`,
      ),
    ];
  });
}

/** The most requests that the limits let through in a period of the quota. */
function mostRequests(
  limits: Limits | undefined,
  period: Quota['period'],
  timeZone: string,
): number | undefined {
  const bounds = limitPeriods.flatMap((counted) => {
    const max = limits?.requests?.[counted] ?? undefined;
    return max === undefined ? [] : [max * windowsIn(counted, periods[period], timeZone)];
  });
  return bounds.length === 0 ? undefined : Math.min(...bounds);
}
