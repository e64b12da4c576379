import type { Team } from '@org/admin';
import type { Terminal } from '../terminal.ts';

/** The plan of a team for people; or that it has none, and what to do. */
export function planOfTeam({ plan }: Team, terminal: Terminal): string {
  return plan ?? terminal.paint('red', 'removed: delete what is left of it');
}
