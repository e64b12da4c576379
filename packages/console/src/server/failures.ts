import { AdminError, awsAdvice, failureText } from '@org/admin';
import type { ConfigIssue } from '@org/infra/config';
import type { Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { HTTPException } from 'hono/http-exception';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { Env, Surroundings } from './env.ts';
import { problemOf } from './problems.ts';

/** What went wrong: the body of every answer that is not the one that was asked for. */
export interface Failure {
  readonly error: {
    /** One of admin's, or of {@link ConsoleCode}. */
    readonly code: string;
    /** What happened. */
    readonly message: string;
    /** What to do. */
    readonly advice?: string | undefined;
    /** The places that are wrong, of teams to import. */
    readonly issues?: readonly ConfigIssue[] | undefined;
  };
}

/** Problems of the console itself, with their status. */
const statuses = {
  invalid_request: 400,
  no_session: 401,
  link_is_used: 401,
  foreign_request: 403,
  no_such_page: 404,
  not_json: 415,
  too_large: 413,
} as const satisfies Record<string, ContentfulStatusCode>;

export type ConsoleCode = keyof typeof statuses;

/** A request that the console refuses. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: ConsoleCode;
  readonly advice: string | undefined;

  constructor(code: ConsoleCode, message: string, advice?: string) {
    super(message);
    this.code = code;
    this.advice = advice;
  }
}

/** As many as the routes of the API take. */
const mostBodyBytes = 10_485_760;

export const limitedBody = bodyLimit({
  maxSize: mostBodyBytes,
  onError: () => {
    throw new Refusal('too_large', 'The request is larger than 10 MB.', 'Send less at once.');
  },
});

interface Answered {
  readonly status: ContentfulStatusCode;
  readonly body: Failure;
}

/**
 * What an error means for the page. Never a stack, nor the message of an error that nothing here knows: of that one, the
 * terminal where the console was started gets a line.
 */
export function failureOf(error: unknown, { onFault }: Pick<Surroundings, 'onFault'>): Answered {
  const known = knownFailure(error);
  if (!known) onFault(faultText(error));
  return known ?? unknownFailure;
}

const unknownFailure: Answered = {
  status: 500,
  body: {
    error: {
      code: 'internal',
      message: 'The console failed at this.',
      advice: 'Where it was started, it says why. It may have been done in part: look before you try again.',
    },
  },
};

function knownFailure(error: unknown): Answered | undefined {
  if (error instanceof Refusal) {
    const { code, message, advice } = error;
    return { status: statuses[code], body: { error: { code, message, advice } } };
  }
  // The library's own: a body that is not JSON.
  if (error instanceof HTTPException) {
    return {
      status: error.status,
      body: { error: { code: 'invalid_request', message: 'The request cannot be read.' } },
    };
  }
  if (error instanceof AdminError) {
    const { status, advice } = problemOf(error);
    const issues = error.is('invalid_teams') ? error.data.issues : undefined;
    return { status, body: { error: { code: error.code, message: error.message, advice, issues } } };
  }
  const advice = awsAdvice(error);
  if (advice !== undefined && error instanceof Error) {
    return { status: 502, body: { error: { code: 'aws_failed', message: failureText(error), advice } } };
  }
  return undefined;
}

export function answerFailure(c: Context<Env>, error: unknown): Response {
  const { status, body } = failureOf(error, c.env);
  return c.json(body, status);
}

/** Kind and place of an error. Its message may have what was asked. */
function faultText(error: unknown): string {
  if (!(error instanceof Error)) return 'The console failed.';
  const frames = error.stack?.split('\n').filter((line) => /^ +at /.test(line)) ?? [];
  return [`The console failed: ${error.name}`, ...frames.slice(0, 5)].join('\n');
}
