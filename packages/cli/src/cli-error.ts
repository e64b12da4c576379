import type { Invocation } from './invocation.ts';

/** What to do: a string, or one that names commands as the reader would call them. */
type Advice = string | ((invocation: Invocation) => string);

/** Something that the one who ran the command can put right. */
export class CliError extends Error {
  override readonly name = 'CliError';
  /** What to do. */
  readonly advice: Advice;

  constructor(message: string, advice: Advice) {
    super(message);
    this.advice = advice;
  }
}
