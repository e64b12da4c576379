import type { Invocation } from './invocation.ts';

/** What to do: a string, or a function that names commands as the reader would call them. */
type Advice = string | ((invocation: Invocation) => string);

/** A problem that the user of the command can fix. */
export class CliError extends Error {
  override readonly name = 'CliError';
  /** What to do. */
  readonly advice: Advice;

  constructor(message: string, advice: Advice) {
    super(message);
    this.advice = advice;
  }
}
