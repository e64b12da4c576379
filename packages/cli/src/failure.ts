import { AdminError, codeOf, failureText } from '@org/admin';
import { ConfigError } from '@org/infra/config';
import { CommanderError } from 'commander';
import { adviceOn } from './advice.ts';
import { CliError } from './cli-error.ts';
import type { Invocation } from './invocation.ts';

const signIn = 'Sign in (aws sso login, aws configure), or choose a profile with AWS_PROFILE.';

/** What to do about failures of AWS, by the name or the code of the error. */
const advices: Readonly<Record<string, string>> = {
  CredentialsProviderError: signIn,
  ExpiredToken: signIn,
  ExpiredTokenException: signIn,
  InvalidClientTokenId: signIn,
  UnrecognizedClientException: signIn,
  AccessDenied: 'docs/keys.md lists the permissions that the command needs.',
  AccessDeniedException: 'docs/keys.md lists the permissions that the command needs.',
  UnauthorizedException: 'docs/keys.md lists the permissions that the command needs.',
  TooManyRequestsException:
    'API Gateway takes 10 management calls a second from an account and Region. Run it again: what was done stays done.',
  ThrottlingException: 'AWS takes only so many calls a second. Run it again in a minute.',
  LimitExceededException:
    'An account and Region can have 10,000 API keys. Revoke those that nobody uses, then run it again.',
  ResourceNotFoundException: 'Deploy first, or check that the config names the right stage and Region.',
  ECONNREFUSED: 'Nothing listens there. Start it, or check the address.',
  ENOTFOUND: 'Check the network, and that the Region of the config exists.',
  TimeoutError: 'Check the network, then run it again: what was done stays done.',
};

/** What a failed command says: what happened and what to do, and never a stack. */
export interface Explanation {
  /** Undefined where it was said already. */
  readonly text: string | undefined;
  /** 1: it failed. 2: it was called wrongly. */
  readonly exitCode: number;
}

/** @param takesLocal Whether the command works with `--local` too. */
export function explain(error: unknown, invocation: Invocation, takesLocal = false): Explanation {
  if (error instanceof CommanderError) return { text: undefined, exitCode: error.exitCode === 0 ? 0 : 2 };
  if (error instanceof CliError) {
    const { message, advice } = error;
    return {
      text: `${message}\n${typeof advice === 'string' ? advice : advice(invocation)}`,
      exitCode: 1,
    };
  }
  if (error instanceof AdminError) {
    return { text: `${error.message}\n${adviceOn(error, invocation)}`, exitCode: 1 };
  }
  if (error instanceof ConfigError) return { text: error.message, exitCode: 1 };
  if (!(error instanceof Error)) return { text: String(error), exitCode: 1 };
  const code = codeOf(error);
  const advice = advices[error.name] ?? (code === undefined ? undefined : advices[code]);
  const more = advice === signIn && takesLocal ? ' For the gateway of npm start, add --local.' : '';
  const message = failureText(error);
  return { text: advice === undefined ? message : `${message}\n${advice}${more}`, exitCode: 1 };
}
