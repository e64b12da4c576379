import { type LimitedKey, limitsText } from '@org/admin';
import type { Style, Terminal } from '../terminal.ts';
import { formatDuration } from './duration.ts';
import { renderTable } from './table.ts';

const columns = ['key', 'team', 'plan', 'state', 'own limits', 'created', 'source', 'id'];

/** Keys for people; never their values. Owners and notes are shown if there are any. */
export function keysTable(keys: readonly LimitedKey[], terminal: Terminal, now: number): string {
  const texts = (['owner', 'note'] as const).filter((name) => keys.some((key) => key[name] !== undefined));
  const rows = keys.map((key) => {
    const { text, style } = stateText(key, now);
    return [
      key.replaced ? `${key.name} (replaced)` : key.name,
      key.team,
      key.plan ?? '-',
      style ? terminal.paint(style, text) : text,
      ownLimitsText(key),
      key.createdAt?.slice(0, 10) ?? '',
      key.source,
      key.id ?? '',
      ...texts.map((name) => key[name] ?? ''),
    ];
  });
  return renderTable(
    [...columns, ...texts].map((head) => ({ head })),
    rows,
  );
}

/** Those in force; and if an operator changed them at run time, also what they were. */
function ownLimitsText({ limits, limitsInForce, limitsChanged }: LimitedKey): string {
  const text = (of: LimitedKey['limits']) => (of ? limitsText(of) : '');
  if (!limitsChanged) return text(limitsInForce);
  return `${text(limitsInForce) || 'none'} (changed, was ${text(limits) || 'none'})`;
}

function stateText({ state, endsAt = '', source }: LimitedKey, now: number): { text: string; style?: Style } {
  switch (state) {
    case 'active':
      return { text: 'active' };
    case 'ending':
      return { text: `works for ${formatDuration(Date.parse(endsAt) - now)}`, style: 'yellow' };
    case 'ended':
      return { text: `ended ${endsAt.slice(0, 10)}`, style: 'dim' };
    case 'disabled':
      return { text: 'disabled', style: 'dim' };
    case 'orphaned':
      return { text: 'orphaned', style: 'red' };
    case 'incomplete':
      return { text: source === 'config' ? 'not deployed' : 'incomplete', style: 'red' };
  }
}
