import type { AuditRecord } from '@org/admin';
import type { Limits } from '@org/contract';
import { type Locale, moment } from '../words.ts';
import { limitsInWords } from './limits-in-words.ts';

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
  const [was, is] = [from, to].map((side) => sideInWords(side, timeZone, locale));
  const what = [was, is].filter((side) => side !== '').join(' → ');
  return `${verb}${of}${what === '' ? '' : `: ${what}`}`;
}

function sideInWords(side: unknown, timeZone: string, locale: Locale): string {
  if (typeof side !== 'object' || side === null) return '';
  const parts: string[] = [];
  if ('plan' in side && typeof side.plan === 'string') parts.push(`plan ${side.plan}`);
  if ('limits' in side && typeof side.limits === 'object') {
    // Records are written by this code, from limits that were checked.
    parts.push(limitsInWords((side.limits as Limits | null) ?? undefined, locale));
  }
  for (const name of ['until', 'end'] as const) {
    if (name in side && typeof Reflect.get(side, name) === 'string')
      parts.push(`until ${moment(Reflect.get(side, name), timeZone, locale)}`);
  }
  return parts.join(', ');
}
