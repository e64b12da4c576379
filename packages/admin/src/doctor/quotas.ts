import type { Limits } from '@org/contract';
import type { ProxyConfig, Quota } from '@org/infra/config';
import { type Finding, warning } from './finding.ts';

const daysOf: Readonly<Record<Quota['period'], number>> = { DAY: 1, WEEK: 7, MONTH: 31 };

/**
 * Finds plans whose callers meet API Gateway's quota before the exact limit on requests. They then get no numbers,
 * and cannot ask for their usage, because that counts in the quota too.
 */
export function checkQuotas({ plans }: ProxyConfig): Finding[] {
  return Object.entries(plans).flatMap(([name, { quota, limits }]) => {
    const most = mostRequests(limits, quota.period);
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
function mostRequests(limits: Limits | undefined, period: Quota['period']): number | undefined {
  const { day, month } = limits?.requests ?? {};
  const bounds = [month ?? [], typeof day === 'number' ? day * daysOf[period] : []].flat();
  return bounds.length === 0 ? undefined : Math.min(...bounds);
}
