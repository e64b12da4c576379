import type { Team } from '@org/admin';
import type { Terminal } from '../terminal.ts';

/** A team's plan for people; or that there is none, and what to do. */
export function planOfTeam({ plan }: Team, terminal: Terminal): string {
  return plan ?? terminal.paint('red', 'removed: delete what is left of it');
}
