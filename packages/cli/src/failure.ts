import { AdminError, awsAdvice, failureText, signInAdvice } from '@org/admin';
import { ConfigError } from '@org/infra/config';
import { CommanderError } from 'commander';
import { adviceOn } from './advice.ts';
import { CliError } from './cli-error.ts';
import type { Invocation } from './invocation.ts';

/** What to do about an error; undefined if not known. */
export function whatToDo(error: unknown, invocation: Invocation): string | undefined {
  if (error instanceof AdminError) return adviceOn(error, invocation);
  if (!(error instanceof Error)) return undefined;
  if (error instanceof CliError) {
    return typeof error.advice === 'string' ? error.advice : error.advice(invocation);
  }
  return awsAdvice(error);
}

/** Output of a failed command: what happened and what to do, and never a stack. */
export interface Explanation {
  /** Undefined if it was reported already. */
  readonly text: string | undefined;
  /** 1: it failed. 2: it was called wrongly. */
  readonly exitCode: number;
}

/** @param takesLocal Whether the command works with `--local` too. */
export function explain(error: unknown, invocation: Invocation, takesLocal = false): Explanation {
  if (error instanceof CommanderError) return { text: undefined, exitCode: error.exitCode === 0 ? 0 : 2 };
  if (error instanceof ConfigError) return { text: error.message, exitCode: 1 };
  if (!(error instanceof Error)) return { text: String(error), exitCode: 1 };
  const message = error instanceof CliError ? error.message : failureText(error);
  const advice = whatToDo(error, invocation);
  const more = takesLocal && isAboutCredentials(error) ? ' For the local gateway, add --local.' : '';
  return { text: advice === undefined ? message : `${message}\n${advice}${more}`, exitCode: 1 };
}

function isAboutCredentials(error: Error): boolean {
  return (
    awsAdvice(error) === signInAdvice ||
    (error instanceof AdminError && (error.is('no_credentials') || error.is('no_such_profile')))
  );
}
