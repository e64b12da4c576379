import { type KeyRecord, limitsText } from '@org/admin';
import type { Style, Terminal } from '../terminal.ts';
import { formatDuration } from './duration.ts';
import { renderTable } from './table.ts';

const columns = [
  { head: 'key' },
  { head: 'team' },
  { head: 'plan' },
  { head: 'state' },
  { head: 'own limits' },
  { head: 'created' },
  { head: 'source' },
  { head: 'id' },
];

/** Keys for people; never their values. */
export function keysTable(keys: readonly KeyRecord[], terminal: Terminal, now: number): string {
  const rows = keys.map((key) => {
    const { text, style } = stateText(key, now);
    return [
      key.replaced ? `${key.name} (replaced)` : key.name,
      key.team,
      key.plan ?? '-',
      style ? terminal.paint(style, text) : text,
      key.limits ? limitsText(key.limits) : '',
      key.createdAt?.slice(0, 10) ?? '',
      key.source,
      key.id ?? '',
    ];
  });
  return renderTable(columns, rows);
}

function stateText({ state, endsAt = '', source }: KeyRecord, now: number): { text: string; style?: Style } {
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
