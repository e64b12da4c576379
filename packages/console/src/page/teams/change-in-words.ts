import type { AuditRecord } from '@org/admin';
import type { Limits } from '@org/contract';
import { end, type Locale } from '../words.ts';
import { limitsIn, limitsInWords, type NamedLimit } from './limits-in-words.ts';

/** The actions in words. A newer version may have more, which are shown as they are. */
const verbs: Readonly<Record<string, string>> = {
  'teams create': 'Created the team',
  'teams move': 'Moved the team',
  'teams delete': 'Deleted the team',
  'keys create': 'Created the key',
  'keys rotate': 'Rotated the key',
  'keys revoke': 'Revoked the key',
  'keys disable': 'Disabled the key',
  'keys enable': 'Enabled the key',
  'keys expire': 'Set the end of the key',
  'limits set': 'Set limits',
  'limits raise': 'Raised limits',
  'limits clear': 'Went back to the limits as before',
};

/** `Raised limits of ci: $5.00 a day → $10.00 a day, until 3 Nov 2026, 23:59` */
export function changeInWords(
  { action, key, from, to }: AuditRecord,
  timeZone: string,
  locale?: Locale,
): string {
  const verb = verbs[action] ?? action;
  const of = key === undefined ? '' : action.startsWith('limits') ? ` of ${key}` : ` ${key}`;
  const [was, is] = differing(from, to).map((side) => sideInWords(side, timeZone, locale));
  const what = [was, is].filter((side) => side !== '').join(' → ');
  return `${verb}${of}${what === '' ? '' : `: ${what}`}`;
}

/** Both sides without the limits that are the same on both. */
function differing(from: unknown, to: unknown): readonly [unknown, unknown] {
  if (!hasLimits(from) || !hasLimits(to)) return [from, to];
  const isOther = ({ kind, period, max }: NamedLimit, side: Limits) =>
    (side[kind]?.[period] ?? undefined) !== max;
  const only = (side: Limits, other: Limits): Limits => {
    const limits: Limits = side.callsAtOnce === other.callsAtOnce ? {} : { callsAtOnce: side.callsAtOnce };
    for (const { kind, period, max } of limitsIn(side).filter((limit) => isOther(limit, other)))
      limits[kind] = { ...limits[kind], [period]: max };
    return limits;
  };
  return [
    { ...from, limits: only(from.limits, to.limits) },
    { ...to, limits: only(to.limits, from.limits) },
  ];
}

/** Records are written by this code, from limits that were checked. */
function hasLimits(side: unknown): side is { readonly limits: Limits } {
  return (
    typeof side === 'object' &&
    side !== null &&
    'limits' in side &&
    typeof side.limits === 'object' &&
    side.limits !== null
  );
}

function sideInWords(side: unknown, timeZone: string, locale: Locale): string {
  if (typeof side !== 'object' || side === null) return '';
  const parts: string[] = [];
  if ('plan' in side && typeof side.plan === 'string') parts.push(`plan ${side.plan}`);
  if (hasLimits(side)) parts.push(limitsInWords(side.limits, locale));
  for (const name of ['until', 'end'] as const) {
    if (name in side && typeof Reflect.get(side, name) === 'string')
      parts.push(`until ${end(Reflect.get(side, name), timeZone, locale)}`);
  }
  return parts.join(', ');
}
