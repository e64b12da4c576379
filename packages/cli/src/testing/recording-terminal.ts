import { CliError } from '../cli-error.ts';
import type { Terminal } from '../terminal.ts';

/** A terminal without colours, on which nobody answers, and what was said on it. */
export interface RecordingTerminal extends Terminal {
  readonly printed: readonly string[];
  readonly noted: readonly string[];
}

export function recordingTerminal(): RecordingTerminal {
  const printed: string[] = [];
  const noted: string[] = [];
  return {
    printed,
    noted,
    print: (text) => void printed.push(text),
    note: (text) => void noted.push(text),
    paint: (_, text) => text,
    confirm: async (question) => {
      throw new CliError(question, 'Nobody answers.');
    },
  };
}
