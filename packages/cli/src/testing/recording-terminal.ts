import { CliError } from '../cli-error.ts';
import { run } from '../program.ts';
import type { Terminal } from '../terminal.ts';

/** A terminal without colours or a user to answer, and its output. */
export interface RecordingTerminal extends Terminal {
  readonly printed: readonly string[];
  readonly noted: readonly string[];
}

export function recordingTerminal(): RecordingTerminal {
  const printed: string[] = [];
  const noted: string[] = [];
  let unfinished = '';
  return {
    printed,
    noted,
    print: (text) => {
      printed.push(unfinished + text);
      unfinished = '';
    },
    write: (text) => {
      unfinished += text;
    },
    note: (text) => void noted.push(text),
    paint: (_, text) => text,
    confirm: async (question) => {
      throw new CliError(question, 'There is no user to answer.');
    },
    ask: undefined,
  };
}

/** Runs a command at noon of 2026-11-22, and returns its output. */
export async function runRecorded(args: readonly string[]) {
  const terminal = recordingTerminal();
  const code = await run(args, terminal, () => Date.parse('2026-11-22T12:00:00Z'));
  return { code, printed: terminal.printed.join('\n'), noted: terminal.noted.join('\n') };
}
