import type { Writable } from 'node:stream';
import { styleText } from 'node:util';
import { confirm, isCancel, text } from '@clack/prompts';
import { CliError } from './cli-error.ts';

const styles = ['bold', 'dim', 'red', 'yellow', 'green'] as const;
export type Style = (typeof styles)[number];

/** Output of a command: results on standard output, all else on standard error, so that a pipe gets only results. */
export interface Terminal {
  /** Writes a line of the result. */
  print(text: string): void;
  /** Writes a piece of a line of the result. */
  write(text: string): void;
  /** Says something beside the result. */
  note(text: string): void;
  /** Colours a part of the result; does nothing without a terminal, or if NO_COLOR is set. */
  paint(style: Style, text: string): string;
  /**
   * Asks before something that cannot be undone.
   *
   * @throws {CliError} If there is no user to ask, or the answer is no.
   */
  confirm(question: string): Promise<void>;
  /** Asks the user to type something; undefined if they do not. Absent if there is no user to ask. */
  readonly ask: ((question: string, options?: AskOptions) => Promise<string | undefined>) | undefined;
}

export interface AskOptions {
  /** What is there to be changed or taken as it is. Default: nothing. */
  readonly initial?: string;
  /** What is wrong with an answer, which is then asked for again. */
  readonly faultOf?: (answer: string) => string | undefined;
}

const isAttended = process.stdin.isTTY && process.stderr.isTTY;

export const processTerminal: Terminal = {
  print: (text) => void process.stdout.write(`${text}\n`),
  write: (text) => void process.stdout.write(text),
  note: (text) => void process.stderr.write(`${text}\n`),
  paint: (style, text) => styleText(style, text, { stream: process.stdout }),
  async confirm(question) {
    if (!isAttended) {
      throw new CliError(`There is no terminal to ask on: ${question}`, 'To answer yes, add --yes.');
    }
    const answer = await confirm({ message: question, initialValue: false, output: process.stderr });
    if (isCancel(answer) || !answer)
      throw new CliError('Nothing was changed.', 'To go ahead, run this again and answer yes.');
  },
  ask: isAttended
    ? async (question, { initial = '', faultOf } = {}) => {
        const answer = await text({
          message: question,
          initialValue: initial,
          validate: (typed = '') => faultOf?.(typed),
          output: process.stderr,
        });
        return isCancel(answer) ? undefined : answer;
      }
    : undefined,
};

/** Control characters that may reach a terminal: lines, tabs, and the start and end of a {@link Terminal.paint} style. */
const plain = new Set([
  '\n',
  '\t',
  ...styles.flatMap((style) => styleText(style, ' ', { validateStream: false }).split(' ')),
]);

/**
 * The same terminal, on which every other control character is written as in JSON: names from the table, from a file or
 * from AWS could otherwise move the cursor, set the clipboard, or reverse the following text.
 */
export function guarded(terminal: Terminal): Terminal {
  const { ask } = terminal;
  return {
    print: (text) => terminal.print(escaped(text)),
    write: (text) => terminal.write(escaped(text)),
    note: (text) => terminal.note(escaped(text)),
    paint: (style, text) => terminal.paint(style, text),
    confirm: (question) => terminal.confirm(escaped(question)),
    ask: ask && ((question, options) => ask(escaped(question), options)),
  };
}

/** The same for text that must be one line, such as a table cell. */
export function escapedLine(text: string): string {
  return escaped(text).replace(/[\n\t]/g, escapeOf);
}

function escaped(text: string): string {
  return text.replace(/(\p{Cc})\[\d+m|[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (found, first: string = found) =>
    plain.has(found) ? found : escapeOf(first) + found.slice(first.length),
  );
}

function escapeOf(character: string): string {
  return character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}

/** 128 and SIGPIPE, as a shell reports for any program whose reader has left. */
const readerLeft = 141;

/** Ends the program at once, and silently, when its reader closes the pipe: `| head`. */
export function endWithReader(...streams: readonly Writable[]): void {
  for (const stream of streams) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
      process.exit(readerLeft);
    });
  }
}
